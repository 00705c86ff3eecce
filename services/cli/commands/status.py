"""
`news-ingest status`: how the whole is doing, on one screen.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.errors import ExitCode
from services.cli.guard import explained
from services.cli.options import AsJson


def status(
    check: Annotated[
        bool, typer.Option("--check", help="Exit code 22 when something keeps articles from coming.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Show rates, lag, how fresh articles are, silent and failing sources, dead letters, and what to do. Reads Kafka only.
    """
    import asyncio
    import os

    from services.cli.connection import kafka_settings
    from services.cli.output import say_json
    from services.cli.status.judgement import remarks
    from services.cli.status.look import look
    from services.cli.status.screen import show

    with explained(as_json=as_json):
        found = asyncio.run(look(kafka_settings(os.environ)))
        if as_json:
            say_json({**found.as_json(), "remarks": [remark.as_json() for remark in remarks(found)]})
        else:
            show(found)
        if check and any(remark.is_fault for remark in remarks(found)):
            raise typer.Exit(ExitCode.UNWELL)
