"""
Looks at topics from outside, for people: how fast they grow, and what was written lately.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.topics import Topic
from services.runtime.kafka.connection import close, consumer, partition_counts, reach, record_of
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings

POLL_MS = 500


async def ends(kafka: KafkaSettings, topics: Iterable[Topic[Any]]) -> dict[str, int]:
    """
    The ends of topics, as sums of offsets over their partitions.

    Raises:
        BrokerError: Kafka is away.
    """
    names = [topic.name for topic in topics]
    reader = consumer(kafka)
    try:
        await reach(reader, kafka)
        counts = await partition_counts(kafka, names)
        found = await reader.end_offsets(
            [TopicPartition(name, number) for name in names for number in range(counts[name])]
        )
    finally:
        await close(reader)
    sums = dict.fromkeys(names, 0)
    for part, end in found.items():
        sums[part.topic] += end
    return sums


async def recent(kafka: KafkaSettings, topic: Topic[Any], *, since: datetime, limit: int) -> list[Record]:
    """
    Committed records that were written since a moment, at most `limit` of each partition, the newest.

    Raises:
        BrokerError: Kafka is away.
    """
    reader = consumer(kafka)
    try:
        await reach(reader, kafka)
        count = (await partition_counts(kafka, [topic.name]))[topic.name]
        parts = [TopicPartition(topic.name, number) for number in range(count)]
        reader.assign(parts)
        stops = await _seek(reader, parts, since, limit)
        return await _read(reader, stops)
    finally:
        await close(reader)


async def _seek(
    reader: AIOKafkaConsumer, parts: list[TopicPartition], since: datetime, limit: int
) -> dict[TopicPartition, int]:
    """
    Go to where reading begins in each partition; return where it ends.
    """
    found_ends = await reader.end_offsets(parts)
    at = await reader.offsets_for_times(dict.fromkeys(parts, int(since.timestamp() * 1000)))
    stops = {}
    for part in parts:
        first = at[part].offset if at[part] is not None else found_ends[part]
        start = max(first, found_ends[part] - limit)
        if start < found_ends[part]:
            reader.seek(part, start)
            stops[part] = found_ends[part]
        else:
            reader.pause(part)
    return stops


async def _read(reader: AIOKafkaConsumer, stops: dict[TopicPartition, int]) -> list[Record]:
    records: list[Record] = []
    while any([await reader.position(part) < stop for part, stop in stops.items()]):
        for messages in (await reader.getmany(timeout_ms=POLL_MS)).values():
            records += map(record_of, messages)
    return records
