"""
`news-ingest try`: what would become of this page? Without Kafka.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from services.cli.guard import explained
from services.cli.options import AsJson


def try_(  # noqa: PLR0913, PLR0917 - each parameter is an option
    page: Annotated[str, typer.Argument(help="A URL, a file, or `-` for standard input.", metavar="URL|FILE|-")],
    explain: Annotated[
        bool, typer.Option("--explain", help="Also what was removed, where values came from, and why it has its tags.")
    ] = False,
    view: Annotated[
        Path | None, typer.Option(help="Write the page beside the article here, as HTML: what was kept, and what not.")
    ] = None,
    envelope: Annotated[bool, typer.Option("--envelope", help="The whole CloudEvent as JSON.")] = False,
    url: Annotated[
        str | None, typer.Option(help="The page's URL, for a file. Default: https://try.invalid/NAME.")
    ] = None,
    content_type: Annotated[str | None, typer.Option(help="For a file. Default: by its name, else sniffed.")] = None,
    fetched_at: Annotated[
        str | None, typer.Option(help="ISO 8601, for a file. Default: when the file was written.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Take one page through all three stages and show the event; with --json exactly its bytes.

    A page that is dropped (exit code 10) or could not be handled (11) is an answer too, with its reason.
    """
    import asyncio
    import os

    from services.cli import addresses, showing
    from services.cli.parts import needing

    with explained(as_json=as_json or envelope), needing("fetcher,cleaner,tagger"):
        from services.cli import trial

        given = trial.Given(url and addresses.checked_url(url), content_type, _moment(fetched_at))
        if addresses.looks_like_url(page):
            from services.cli.asking import ask

            found = asyncio.run(ask(addresses.checked_url(page), os.environ))
        else:
            found = trial.read_page(Path(page), given)
        done = trial.Trial((found,)) if isinstance(found, trial.End) else trial.try_page(found, os.environ)
        if view and done.page:
            trial.write_view(done.page, view, os.environ)
        raise typer.Exit(showing.show(done, showing.Form(explain=explain, envelope=envelope, as_json=as_json)))


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("write it as 2026-03-14T08:30:00Z", param_hint="--fetched-at") from None
    return moment if moment.tzinfo else moment.astimezone()
