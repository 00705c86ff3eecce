"""
`news-ingest export ninjs` and `jsonld`: all tagged articles that are there now, in the words of a standard.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

import typer

from services.cli.errors import ExitCode
from services.cli.guard import explained
from services.cli.options import AsJson, Format


def ninjs(as_json: AsJson = False) -> None:
    """
    Write all that is on news.article.tagged as IPTC ninjs 3.1, an item a line; of two with one `uri` the last counts.
    """
    _write(Format.NINJS, as_json=as_json)


def jsonld(as_json: AsJson = False) -> None:
    """
    Write all that is on news.article.tagged as schema.org JSON-LD, one a line; of two with one `@id` the last counts.
    """
    _write(Format.JSONLD, as_json=as_json)


def _write(form: Format, *, as_json: bool) -> None:
    import asyncio
    import os

    from services.cli.connection import kafka_settings
    from services.cli.reading import Limits, show_tagged

    with explained(as_json=as_json):
        limits = Limits(from_start=True, until_end=True)
        if not asyncio.run(show_tagged(kafka_settings(os.environ), limits, form)):
            raise typer.Exit(ExitCode.NOTHING)
