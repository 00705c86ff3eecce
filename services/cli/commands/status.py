"""
`news-ingest status`: how the whole is doing, on one screen.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.guard import explained
from services.cli.options import AsJson


def status(
    interval: Annotated[float, typer.Option(min=0.1, help="Seconds over which rates are measured.")] = 2.0,
    as_json: AsJson = False,
) -> None:
    """
    Show rates, lag, how fresh articles are, silent and failing sources, and dead letters. Reads Kafka only.
    """
    import asyncio
    import os

    from services.cli.connection import kafka_settings
    from services.cli.output import say_json
    from services.cli.status import look, show

    with explained(as_json=as_json):
        found = asyncio.run(look(kafka_settings(os.environ), interval))
        if as_json:
            say_json(found.as_json())
        else:
            show(found)
