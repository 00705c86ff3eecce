"""
Looks at Kafka, and at nothing else, for how the whole is doing.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas import topics
from schemas.state import Source, SourceHealth
from schemas.topics import Topic
from services.cli.flow import INPUTS
from services.cli.following import following
from services.cli.offsets import Unread, unread
from services.cli.status.facts import Letters, ServiceState, Status, Trouble, latency_of
from services.cli.watching import watched
from services.runtime.kafka.connection import count_partitions
from services.runtime.kafka.looks import members, recent
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings

SERVICES = (
    ("fetcher", topics.FETCH_REQUESTED, topics.PAGE_FETCHED),
    ("cleaner", topics.PAGE_FETCHED, topics.ARTICLE_CLEANED),
    ("tagger", topics.ARTICLE_CLEANED, topics.ARTICLE_TAGGED),
    ("linker", topics.ARTICLE_FINGERPRINTS, topics.STORY_LINKED),
)
"""Name, live input, output."""

MINUTES = 5
"""Over which a rate is the mean."""

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

SAMPLE = 200
"""Newest articles of each partition that latency is measured on."""

FEW = 10
"""Newest records of each partition from which their number is estimated; pages are large."""

LETTERS = 50
"""Newest dead letters of each partition whose reason is counted; each holds up to 64 KiB and more."""


async def look(kafka: KafkaSettings, now: datetime | None = None) -> Status:
    """
    Ask for everything at once.

    Raises:
        BrokerError: Kafka is away.
        TopicsError: Topics are missing.
    """
    now = now or datetime.now(UTC)
    await count_partitions(kafka, [topic.name for topic in topics.ALL])
    processes = await members(kafka, [name for name, _, _ in SERVICES])
    services, tagged, letters, sources, health = await asyncio.gather(
        asyncio.gather(*(_service(kafka, name, output, processes.get(name), now) for name, _, output in SERVICES)),
        recent(kafka, topics.ARTICLE_TAGGED, since=now - HOUR, limit=SAMPLE),
        recent(kafka, topics.DEAD_LETTERS, since=now - DAY, limit=LETTERS),
        watched(kafka),
        _last_health(kafka),
    )
    last = {letter.key: letter for letter in letters.records}
    standing = [letter for letter in last.values() if letter.value is not None]  # not driven again, not let go
    causes = Counter(map(_cause, standing))
    return Status(
        servers=kafka.bootstrap_servers,
        at=now,
        services=tuple(services),
        latency=latency_of(tagged.records),
        sources=len(sources),
        paused=sum(source.paused for source in sources.values()),
        troubles=tuple(troubles(health, sources)),
        letters=Letters(letters.count - len(letters.records) + len(standing), dict(causes.most_common())),
    )


async def _service(
    kafka: KafkaSettings, name: str, output: Topic[Any], processes: int | None, now: datetime
) -> ServiceState:
    lately, hour, waiting = await asyncio.gather(
        recent(kafka, output, since=now - timedelta(minutes=MINUTES), limit=FEW),
        recent(kafka, output, since=now - HOUR, limit=FEW),
        asyncio.gather(*(unread(kafka, given) for given in INPUTS if given.group == name)),
    )
    live, replays = _sorted(name, waiting)
    oldest = min((found.oldest for found in live if found.oldest), default=None)
    return ServiceState(
        name=name,
        processes=processes,
        per_minute=round(lately.count / MINUTES, 1),
        last_hour=hour.count,
        behind=sum(found.count for found in live),
        replays=sum(found.count for found in replays),
        oldest_s=None if oldest is None else max(0.0, (now - oldest).total_seconds()),
    )


def _sorted(name: str, waiting: list[Unread]) -> tuple[list[Unread], list[Unread]]:
    """
    What is new, and what waits to be done again.
    """
    inputs = [given for given in INPUTS if given.group == name]
    pairs = list(zip(inputs, waiting, strict=True))
    return [found for given, found in pairs if not given.is_replay], [
        found for given, found in pairs if given.is_replay
    ]


async def _last_health(kafka: KafkaSettings) -> list[SourceHealth]:
    last: dict[str, SourceHealth] = {}
    async with following(kafka, topics.SOURCE_HEALTH, from_start=True, until_end=True) as records:
        async for record in records:
            key = (record.key or b"").decode()
            last.pop(key, None)
            if record.value is not None:
                last[key] = SourceHealth.from_wire(record.value, record.headers)
    return list(last.values())


def troubles(health: list[SourceHealth], sources: dict[str, Source]) -> list[Trouble]:
    """
    Who is not well, the newest first. A list of a source that nobody watches any more is nobody's trouble.
    """
    ill = [told for told in health if told.state != "ok" and (told.site is not None or told.source_url in sources)]
    ill.sort(key=lambda told: (told.changed_at, told.url), reverse=True)
    return [Trouble(told.url, told.state, told.changed_at, told.reason) for told in ill]


def _cause(letter: Record) -> str:
    return f"{letter.header('ce_stage')} {letter.header('ce_reason')}"
