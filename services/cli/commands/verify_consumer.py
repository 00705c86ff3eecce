"""
`news-ingest verify-consumer`: golden events for a stranger's consumer, and a judgement of its table.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.cli.guard import explained
from services.cli.options import AsJson


def verify_consumer(
    name: Annotated[str | None, typer.Option(help="Of the topic: news.verify.NAME; by default after the time.")] = None,
    partitions: Annotated[int, typer.Option(min=1, help="Of that topic.")] = 3,
    check: Annotated[Path | None, typer.Option(help="The consumer's table: a SQLite file, or JSON.")] = None,
    table: Annotated[str, typer.Option(help="With --check: the table in a SQLite file.")] = "articles",
    as_json: AsJson = False,
) -> None:
    """
    Write events that a consumer of articles meets sooner or later to a topic of their own, and show the table that has
    to come of them; or, with --check, name each difference and the likely mistake.

    New, updated, published again, withdrawn, returned, taken down, aborted, of long ago, of a later release, in many
    scripts, and one of 5 MiB. Exit code 15 when the table differs.
    """
    import os
    import re
    from datetime import UTC, datetime

    from services.cli.connection import kafka_settings
    from services.cli.verifying import run

    with explained(as_json=as_json):
        if check is not None:
            raise typer.Exit(run.check(check, table, as_json=as_json))
        called = name or f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", called):
            raise typer.BadParameter("a name has letters, digits, dots, hyphens and underscores, at most 100")
        raise typer.Exit(run.write(kafka_settings(os.environ), called, partitions, as_json=as_json))
