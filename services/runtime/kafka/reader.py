"""
One partition, read without a group: a lane, or a table at restore.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from aiokafka import TopicPartition

from services.runtime.kafka.connection import BRIEF, Place, bounded, close, consumer, record_of
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings


class PartitionReader:
    """
    Reads one partition without a group: a lane, or a table at restore.
    """

    def __init__(self, kafka: KafkaSettings, topic: str, partition: int, **settings: Any) -> None:
        self._here = TopicPartition(topic, partition)
        self._consumer = consumer(kafka, **settings)

    async def start(self, offset: int | None) -> None:
        """
        Begin at an offset (none: at the beginning).

        Raises:
            KafkaError, TimeoutError: The broker is away; so does everything else here.
        """
        await bounded(self._consumer.start())
        self._consumer.assign([self._here])
        if offset is None:
            await self._consumer.seek_to_beginning(self._here)
        else:
            self._consumer.seek(self._here, offset)

    async def poll(self, max_records: int, timeout_s: float) -> list[Record]:
        """
        Return the next records, waiting for them at most `timeout_s`.
        """
        batches = await self._consumer.getmany(self._here, timeout_ms=int(timeout_s * 1000), max_records=max_records)
        return [record_of(message) for message in batches.get(self._here, [])]

    async def end(self) -> int:
        """
        The end of what is committed now.
        """
        ends = await bounded(self._consumer.end_offsets([self._here]))
        return int(ends[self._here])

    async def position(self) -> int:
        """
        The next offset. Control records and compaction leave gaps, so only this tells that the end is reached.
        """
        return int(await bounded(self._consumer.position(self._here)))

    async def stop(self) -> None:
        """
        Close the connection.
        """
        await close(self._consumer)


async def open_places(kafka: KafkaSettings, places: Iterable[Place]) -> list[Place]:
    """
    Return those of some partitions in which a transaction is open, whoever's it is.

    Raises:
        KafkaError, TimeoutError: The broker is away.
    """
    parts = [TopicPartition(*place) for place in places]
    committed, written = await asyncio.gather(
        *(_ends(kafka, parts, level) for level in ("read_committed", "read_uncommitted"))
    )
    return [(part.topic, part.partition) for part in parts if committed[part] < written[part]]


async def written_end(kafka: KafkaSettings, place: Place) -> int:
    """
    The end of a partition, behind what open transactions have written so far too.

    Raises:
        KafkaError, TimeoutError: The broker is away.
    """
    here = TopicPartition(*place)
    return (await _ends(kafka, [here], "read_uncommitted"))[here]


async def _ends(kafka: KafkaSettings, parts: Sequence[TopicPartition], level: str) -> dict[TopicPartition, int]:
    reader = consumer(kafka, isolation_level=level)
    try:
        await bounded(reader.start())
        ends: dict[TopicPartition, int] = await bounded(reader.end_offsets(parts))
        return ends
    finally:
        await close(reader)


async def read_to_end(
    kafka: KafkaSettings, topic: str, partition: int, *, start: int | None, apply: Callable[[Record], None]
) -> int:
    """
    Apply every committed record from `start` (none: the beginning) to the end as it is now; return the next offset.
    """
    reader = PartitionReader(kafka, topic, partition, **BRIEF)
    try:
        await reader.start(start)
        end = await reader.end()
        while await reader.position() < end:
            for record in await reader.poll(max_records=5000, timeout_s=1.0):
                apply(record)
        return await reader.position()
    finally:
        await reader.stop()
