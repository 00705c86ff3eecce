"""
The demo over a real page or feed: `make demo URL=...`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from time import monotonic

from deploy.demo.run import explain_nothing
from deploy.demo.staging import LIGHT, Staging, staged
from deploy.demo.watching import Watch
from schemas.base import rfc3339
from schemas.events import FetchRequested, PageFetched
from schemas.ids import request_id
from schemas.state import Source
from schemas.topics import FETCH_REQUESTED
from services.cli.asking import ask
from services.cli.lifetimes import together
from services.cli.output import printable, say
from services.cli.trial import End
from services.cli.watching import publish_sources
from services.runtime.kafka.access import publish

PATIENCE_S = 120.0
IDLE_S = 20.0
"""After the last news, of whatever kind; a feed's pages come one by one, politely."""

ENOUGH = 10

FEED_REASONS = frozenset({"FEED_READ", "EMPTY_FEED", "FEED_UNCHANGED"})


async def run_real(url: str, environ: Mapping[str, str]) -> bool:
    """
    Take one real URL through the whole pipeline; tell whether an article came.

    Raises:
        NewsIngestError: Kafka cannot be started, or a service does not live.
    """
    began = monotonic()
    say("Starting Kafka (its data lie in a temporary folder) ...")
    async with staged({**environ, **LIGHT}) as staging:
        watch = Watch()
        await together(
            staging.supervisor.run(),
            watch.articles(staging),
            watch.letters(staging),
            watch.outcomes(staging),
            _play(url, environ, staging, watch),
        )
        say()
        if watch.lines:
            say(f"{len(watch.lines)} articles in {monotonic() - began:.0f} s.")
        else:
            say(explain_nothing(watch))
    return bool(watch.lines)


async def _play(url: str, environ: Mapping[str, str], staging: Staging, watch: Watch) -> None:
    found = await ask(url, environ)
    now = datetime.now(UTC)
    if is_feed(found):
        await publish_sources(staging.kafka, [Source(url=url, changed_at=now)])
        say(f"{printable(url)} is a feed: added as a source. The first {ENOUGH} articles:\n")
    else:
        request = FetchRequested(url=url, requested_at=now)
        await publish(staging.kafka, FETCH_REQUESTED, [(request, request_id(rfc3339(now), url))], source="cli")
        say(f"{printable(url)} is requested, as by `news-ingest fetch`.\n")
    deadline = monotonic() + PATIENCE_S
    while len(watch.lines) < (ENOUGH if is_feed(found) else 1) and monotonic() < deadline:
        watch.moved.clear()
        try:
            await asyncio.wait_for(watch.moved.wait(), timeout=IDLE_S if watch.seen.outcomes else PATIENCE_S / 2)
        except TimeoutError:
            return


def is_feed(found: PageFetched | End) -> bool:
    """
    Whether the fetcher took it for a feed.
    """
    return isinstance(found, End) and found.reason in FEED_REASONS
