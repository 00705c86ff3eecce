"""
`news-ingest fetcher`, `cleaner`, `tagger`, `linker`: one service in the foreground, until it is told to stop.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

import typer

from services.cli.guard import explained
from services.cli.options import AsJson


def fetcher(as_json: AsJson = False) -> None:
    """
    Run the fetcher: sources and requests in, pages out. Stops gracefully on Ctrl-C and SIGTERM.
    """
    _run("fetcher", as_json=as_json)


def cleaner(as_json: AsJson = False) -> None:
    """
    Run the cleaner: pages in, clean articles out.
    """
    _run("cleaner", as_json=as_json)


def tagger(as_json: AsJson = False) -> None:
    """
    Run the tagger: clean articles in, tagged articles out.
    """
    _run("tagger", as_json=as_json)


def linker(as_json: AsJson = False) -> None:
    """
    Run the linker: which articles say the same, from the fingerprints that the tagger writes.
    """
    _run("linker", as_json=as_json)


def _run(name: str, *, as_json: bool) -> None:
    from services.cli.processes import run_in_foreground

    with explained(as_json=as_json):
        raise typer.Exit(run_in_foreground(name, as_json=as_json))
