"""
What there is to be read in a topic, seen from outside.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.topics import Topic
from services.cli.flow import Input
from services.runtime.kafka import admin
from services.runtime.kafka.connection import BRIEF
from services.runtime.kafka.reader import PartitionReader
from services.runtime.settings import KafkaSettings

Spans = dict[int, tuple[int, int]]
"""By partition, the first offset to be read and the end; partitions with nothing between the two are left out."""


async def spans(kafka: KafkaSettings, topic: Topic[Any], group: str | None = None) -> Spans:
    """
    What there is in a topic: all of it, or what a group has not committed yet.

    Raises:
        BrokerError: Kafka is away.
    """
    found = await admin.spans(kafka, topic, group)
    reads = {number: (max(span.start, span.committed or 0), span.end) for number, span in found.items()}
    return {number: (first, end) for number, (first, end) in reads.items() if first < end}


@dataclass(frozen=True)
class Unread:
    """
    What a group has still to read of an input: how many offsets, and since when the oldest record waits.
    """

    count: int
    oldest: datetime | None = None


async def unread(kafka: KafkaSettings, given: Input) -> Unread:
    """
    What a group has still to read, but for offsets that hold nothing.

    Between the last record and the end lie the control records of the last transaction. A service that runs commits
    past them, one that was stopped has not, and nobody does so in a lane.

    Raises:
        BrokerError: Kafka is away.
    """
    found = await spans(kafka, given.topic, given.group)
    counts = [
        _unread(PartitionReader(kafka, given.topic.name, partition, **BRIEF), first, end)
        for partition, (first, end) in found.items()
    ]
    each = await asyncio.gather(*counts)
    return Unread(sum(one.count for one in each), min((one.oldest for one in each if one.oldest), default=None))


async def _unread(reader: PartitionReader, first: int, end: int) -> Unread:
    try:
        await reader.start(first)
        while await reader.position() < end:
            if records := await reader.poll(max_records=1, timeout_s=1.0):
                return Unread(end - records[0].offset, records[0].timestamp)
        return Unread(0)
    finally:
        await reader.stop()
