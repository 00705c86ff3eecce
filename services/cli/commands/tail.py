"""
`news-ingest tail`: tagged articles as they come.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.errors import ExitCode
from services.cli.guard import explained
from services.cli.options import AsJson, Format


def tail(
    from_start: Annotated[bool, typer.Option("--from-start", help="Begin with the oldest.")] = False,
    count: Annotated[int | None, typer.Option(min=1, help="End after so many.")] = None,
    until_idle: Annotated[float | None, typer.Option(min=0.1, help="End after so many seconds without one.")] = None,
    form: Annotated[
        Format, typer.Option("--format", help="A line for people, the event, ninjs 3.1, or schema.org JSON-LD.")
    ] = Format.LINE,
    as_json: AsJson = False,
) -> None:
    """
    Show tagged articles as they come, a line each; with --json (or --format json) exactly the events, a line each.
    """
    import asyncio
    import os

    from services.cli.connection import kafka_settings
    from services.cli.reading import Limits, show_tagged

    with explained(as_json=as_json or form is not Format.LINE):
        limits = Limits(from_start=from_start, count=count, idle_s=until_idle)
        form = Format.JSON if as_json and form is Format.LINE else form
        if not asyncio.run(show_tagged(kafka_settings(os.environ), limits, form)):
            raise typer.Exit(ExitCode.NOTHING)
