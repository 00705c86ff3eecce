"""
The promise: kill any process at any moment, and a subscriber still sees each article once.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from datetime import UTC, datetime

from schemas import topics
from schemas.events import FetchRequested
from schemas.ids import request_id
from services.runtime.kafka import access
from services.runtime.settings import KafkaSettings
from tests.kafka.fleet import Fleet
from tests.kafka.watching import Subscriber, counted, settled

ARTICLES = 2000
TORMENT_S = float(os.environ.get("KILL_SECONDS", "60"))
SEED = int(os.environ.get("KILL_SEED", "20261122"))
ENVIRON = {
    "NEWS_RUNTIME_DELIVERY": os.environ.get("KILL_DELIVERY", "exactly-once"),
    "STUB_WORK_S": "0.05",
    "NEWS_RUNTIME_RECORD_TIMEOUT_S": "10",
}
"""With KILL_DELIVERY=unfenced, transactional ids are random, and this test fails: it can tell the difference."""


async def test_each_article_is_seen_once_while_replicas_are_killed_and_frozen(
    kafka: KafkaSettings, fleet: Fleet
) -> None:
    """
    Three replicas of two stages, SIGKILL and SIGSTOP for a minute while 2,000 records flow: none missing, none doubled,
    neither for a reader during it nor for one at the end; no lag is left.
    """
    urls = [f"https://site-{number % 40}.test/{number}" for number in range(ARTICLES)]
    during = Subscriber(kafka, topics.ARTICLE_CLEANED)
    for stage in ("first", "second"):
        fleet.start(stage, ["tests.kafka.stub_service", stage], replicas=3, environ=ENVIRON)

    flow = asyncio.create_task(publish_over(kafka, urls, TORMENT_S * 0.9))
    done = await fleet.torment(TORMENT_S, SEED)
    await flow
    await during.wait_for(ARTICLES, 90)
    lags = [
        await settled(kafka, "first", topics.FETCH_REQUESTED),
        await settled(kafka, "second", topics.PAGE_FETCHED),
    ]
    await during.stop()
    after = await counted(kafka, topics.ARTICLE_CLEANED)

    assert {"kill", "stop"} <= set(done), f"seed {SEED} tormented nobody"
    assert missing(urls, during.seen) == [], f"seed {SEED}"
    assert doubled(during.seen) == {}, f"seed {SEED}"
    assert after == during.seen
    assert [sum(lag.values()) for lag in lags] == [0, 0]


async def publish_over(kafka: KafkaSettings, urls: list[str], seconds: float) -> None:
    """
    Request all URLs, spread over a time.
    """
    step = 50
    for start in range(0, len(urls), step):
        now = datetime.now(UTC)
        events = [FetchRequested(url=url, requested_at=now) for url in urls[start : start + step]]
        await access.publish(kafka, topics.FETCH_REQUESTED, [(e, request_id("test", e.url)) for e in events], "test")
        await asyncio.sleep(seconds * step / len(urls))


def missing(urls: Iterable[str], seen: dict[str, int]) -> list[str]:
    """
    What was never seen.
    """
    return [url for url in urls if url not in seen]


def doubled(seen: dict[str, int]) -> dict[str, int]:
    """
    What was seen more than once.
    """
    return {url: count for url, count in seen.items() if count > 1}
