"""
`news-ingest fetch`: ask for one page (or one look at a feed).
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.guard import explained
from services.cli.options import AsJson

if TYPE_CHECKING:
    from schemas.events import FetchRequested


def fetch(
    urls: Annotated[list[str], typer.Argument(help="Pages to fetch.", metavar="URL...")],
    feed: Annotated[bool, typer.Option("--feed", help="They are feeds: look at them once.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Request pages once; the fetcher asks for them as soon as politeness allows.

    A page that is known already is not asked for again: that is the business of its source.
    """
    from services.cli.output import printable, say, say_json

    with explained(as_json=as_json):
        for request in _request(urls, is_feed=feed):
            if as_json:
                say_json(request.model_dump(mode="json", by_alias=True, exclude_none=True))
            else:
                say(f"requested  {printable(request.url)}")
        if not as_json:
            say("What becomes of it: news-ingest tail")


def _request(urls: list[str], *, is_feed: bool) -> list[FetchRequested]:
    import asyncio
    import os
    from datetime import UTC, datetime

    from schemas.base import rfc3339
    from schemas.events import FetchRequested
    from schemas.ids import request_id
    from schemas.topics import FETCH_REQUESTED
    from services.cli.addresses import checked_url
    from services.cli.connection import kafka_settings
    from services.runtime.kafka.access import publish

    now = datetime.now(UTC)
    kind = "feed" if is_feed else "page"
    requests = [FetchRequested(url=checked_url(url), kind=kind, requested_at=now) for url in urls]
    events = [(request, request_id(rfc3339(now), request.url)) for request in requests]
    asyncio.run(publish(kafka_settings(os.environ), FETCH_REQUESTED, events, source="cli"))
    return requests
