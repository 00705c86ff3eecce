"""
What was published of the inputs in the spool, and what was buried: read once, from the arrival of the first input on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import aclosing
from datetime import datetime
from typing import Any

from schemas import topics
from schemas.dead_letters import DeadLettered
from schemas.topics import Topic
from services.cli.comparing.spool import Spool
from services.cli.offsets import spans
from services.cli.progress import Report
from services.runtime.kafka.stretches import Stretches, offsets_at, read_stretches
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings

Sources = tuple[tuple[Topic[Any], Stretches], ...]

BY_INPUT: Mapping[str, tuple[Topic[Any], ...]] = {
    topics.PAGE_FETCHED.name: (topics.ARTICLE_CLEANED, topics.ARTICLE_TAGGED, topics.DEAD_LETTERS),
    topics.ARTICLE_CLEANED.name: (topics.ARTICLE_TAGGED, topics.DEAD_LETTERS),
}
"""Where to look for what became of an input, in this order: a letter may be about what was cleaned."""


async def sources(kafka: KafkaSettings, given: Topic[Any], since: datetime) -> Sources:
    """
    All that was written since a time, up to now.

    Raises:
        BrokerError: Kafka is away.
    """
    found = []
    for topic in BY_INPUT[given.name]:
        here = await spans(kafka, topic)
        starts = await offsets_at(kafka, topic, dict.fromkeys(here, since))
        found.append((topic, {n: (max(start, starts[n]), end) for n, (start, end) in here.items() if starts[n] < end}))
    return tuple(found)


async def gather(kafka: KafkaSettings, found: Sources, spool: Spool, report: Report) -> int:
    """
    Put what was published beside the inputs that it is of; return how many inputs were left out because their articles
    were taken down. `report` is told how many offsets were read.

    Raises:
        KafkaError, TimeoutError: Kafka went away.
    """
    taken_down = done = 0
    for topic, stretches in found:
        async with aclosing(read_stretches(kafka, topic, stretches)) as chunks:
            async for chunk in chunks:
                taken_down += sum(take(spool, record) for record in chunk.records)
                report(done + sum(at - stretches[n][0] for n, at in chunk.positions.items()), "")
        done += sum(end - start for start, end in stretches.values())
    return taken_down


def take(spool: Spool, record: Record) -> int:
    """
    Put one record into the spool; return how many inputs it takes out.
    """
    key = (record.key or b"").decode(errors="replace")
    if record.topic == topics.DEAD_LETTERS.name:
        spool.was_buried(key, _reason(record))
        return 0
    if record.value is None:
        return spool.forget(key)
    if spool.knows(key):
        page_id = str(json.loads(record.value)["pageId"])
        if record.topic == topics.ARTICLE_TAGGED.name:
            spool.was_tagged(page_id, record.value)
        else:
            spool.was_cleaned(page_id, record.value, record.origin)
            spool.was_followed(key, page_id, record.timestamp)
    return 0


def _reason(record: Record) -> str | None:
    if record.value is None:
        return None
    try:
        return DeadLettered.from_wire(record.value, record.headers).letter.reason
    except ValueError:
        return "UNREADABLE"
