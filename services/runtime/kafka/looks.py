"""
Looks at topics from outside, for people: how fast they grow, and what was written lately.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError, GroupLoadInProgressError, KafkaError, for_code

from schemas.topics import Topic
from services.runtime.kafka.connection import bounded, close, connection, consumer, partition_counts, reach, record_of
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


@dataclass(frozen=True)
class Recent:
    """
    What was written to a topic since a moment.

    Attributes:
        records: The newest.
        offsets: That were given away since; control records of transactions have some too.
        looked: Those of them that `records` were found among.
    """

    records: tuple[Record, ...]
    offsets: int
    looked: int

    @property
    def count(self) -> int:
        """
        How many records there are since then: exact where all were looked at, else by the share among the newest.
        """
        return round(len(self.records) * self.offsets / self.looked) if self.looked else 0


async def recent(kafka: KafkaSettings, topic: Topic[Any], *, since: datetime, limit: int) -> Recent:
    """
    Look at the last `limit` offsets of each partition, as far as they were given away since a moment.

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
        records = await _read(reader, {part: stop.end for part, stop in stops.items()})
    finally:
        await close(reader)
    offsets, looked = (sum(getattr(stop, name) for stop in stops.values()) for name in ("offsets", "looked"))
    return Recent(tuple(records), offsets, looked)


@dataclass(frozen=True)
class _Stretch:
    """
    Of a partition: where reading ends, how many offsets there are since the moment, and how many of them are read.
    """

    end: int
    offsets: int
    looked: int


async def _seek(
    reader: AIOKafkaConsumer, parts: list[TopicPartition], since: datetime, limit: int
) -> dict[TopicPartition, _Stretch]:
    """
    Go to where reading begins in each partition; return what is read there.
    """
    found_ends = await reader.end_offsets(parts)
    at = await reader.offsets_for_times(dict.fromkeys(parts, int(since.timestamp() * 1000)))
    stops = {}
    for part in parts:
        first = at[part].offset if at[part] is not None else found_ends[part]
        start = max(first, found_ends[part] - limit)
        if start < found_ends[part]:
            reader.seek(part, start)
            stops[part] = _Stretch(found_ends[part], found_ends[part] - first, found_ends[part] - start)
        else:
            reader.pause(part)
    return stops


async def _read(reader: AIOKafkaConsumer, stops: dict[TopicPartition, int]) -> list[Record]:
    records: list[Record] = []
    while any([await reader.position(part) < stop for part, stop in stops.items()]):
        for messages in (await reader.getmany(timeout_ms=POLL_MS)).values():
            records += map(record_of, messages)
    return records


COORDINATION_S = 5.0
"""A new Kafka has to create a topic for its groups first."""


async def members(kafka: KafkaSettings, groups: Iterable[str]) -> dict[str, int]:
    """
    How many members each group has; a group that cannot be asked is left out.

    Raises:
        BrokerError: Kafka is away.
    """
    client = AIOKafkaAdminClient(**connection(kafka))
    found: dict[str, int] = {}
    try:
        await reach(client, kafka)
        for group in groups:
            with suppress(KafkaError, TimeoutError):
                found[group] = await bounded(_members(client, group), COORDINATION_S)
    finally:
        await close(client)
    return found


async def _members(client: AIOKafkaAdminClient, group: str) -> int:
    while True:
        with suppress(GroupCoordinatorNotAvailableError, GroupLoadInProgressError):
            [answer] = await client.describe_consumer_groups([group])
            [(code, _, _, _, _, who, *_)] = answer.groups
            if not code:
                return len(who)
            raise for_code(code)(group)
        await asyncio.sleep(POLL_MS / 1000)
