"""
What there is to be read in a topic, seen from outside.
"""

from __future__ import annotations

import asyncio
from typing import Any

from schemas.topics import Topic
from services.cli.flow import Input
from services.runtime.kafka.connection import BRIEF, by_partition, close, consumer, reach
from services.runtime.kafka.reader import PartitionReader
from services.runtime.settings import KafkaSettings

Spans = dict[int, tuple[int, int]]
"""By partition, the first offset to be read and the end; partitions with nothing between the two are left out."""


async def spans(kafka: KafkaSettings, topic: Topic[Any], count: int, group: str | None = None) -> Spans:
    """
    What there is in a topic of `count` partitions: all of it, or what a group has not committed yet.

    Raises:
        BrokerError: Kafka is away.
    """
    reader = consumer(kafka, group_id=group)
    try:
        await reach(reader, kafka)
        parts = list(by_partition({(topic.name, number): 0 for number in range(count)}))
        first, ends = await reader.beginning_offsets(parts), await reader.end_offsets(parts)
        if group is not None:
            first = {part: max(first[part], await reader.committed(part) or 0) for part in parts}
    finally:
        await close(reader)
    return {part.partition: (first[part], ends[part]) for part in parts if first[part] < ends[part]}


async def unread(kafka: KafkaSettings, given: Input, count: int) -> int:
    """
    How many offsets a group has still to read in `count` partitions, but for those that hold nothing.

    Between the last record and the end lie the control records of the last transaction. A service that runs commits
    past them, one that was stopped has not, and nobody does so in a lane.

    Raises:
        BrokerError: Kafka is away.
    """
    found = await spans(kafka, given.topic, count, given.group)
    counts = [
        _unread(PartitionReader(kafka, given.topic.name, partition, **BRIEF), first, end)
        for partition, (first, end) in found.items()
    ]
    return sum(await asyncio.gather(*counts))


async def _unread(reader: PartitionReader, first: int, end: int) -> int:
    try:
        await reader.start(first)
        while await reader.position() < end:
            if records := await reader.poll(max_records=1, timeout_s=1.0):
                return end - records[0].offset
        return 0
    finally:
        await reader.stop()
