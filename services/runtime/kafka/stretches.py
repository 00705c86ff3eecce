"""
Stretches of topics, read without a group: from offsets to offsets, of several partitions at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.topics import Topic
from services.runtime.kafka.connection import BRIEF, bounded, close, consumer, reach, record_of
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings

Stretches = Mapping[int, tuple[int, int]]
"""By partition, the first offset and the one behind the last."""

STALL_S = 60.0
"""An open transaction holds its readers back; those of the services are ended after 20 s."""

POLL_MS = 200


@dataclass(frozen=True)
class Chunk:
    """
    The next records, those of a partition in order, and by partition where reading goes on behind them.
    """

    records: tuple[Record, ...]
    positions: Mapping[int, int]


async def read_stretches(
    kafka: KafkaSettings, topic: Topic[Any], stretches: Stretches, max_records: int = 500
) -> AsyncGenerator[Chunk, None]:
    """
    Read the committed records of some stretches, to their ends; a chunk may be empty.

    An end may lie behind what is committed now: then this waits for the transactions that are open before it.

    Raises:
        BrokerError: Kafka is away.
        KafkaError: Kafka went away.
        TimeoutError: Nothing moves: it hangs, or a transaction stays open.
    """
    reader = consumer(kafka, **BRIEF)
    ends = {TopicPartition(topic.name, n): end for n, (start, end) in stretches.items() if start < end}
    try:
        await _begin(reader, kafka, {part: stretches[part.partition][0] for part in ends})
        async for chunk in _chunks(reader, ends, max_records):
            yield chunk
    finally:
        await close(reader)


async def read_on(
    kafka: KafkaSettings, topic: Topic[Any], starts: Mapping[int, int], max_records: int = 500
) -> AsyncGenerator[Chunk, None]:
    """
    Read the committed records of some partitions from their offsets on, without end; a chunk may be empty.

    Raises:
        BrokerError: Kafka is away.
        KafkaError: Kafka went away.
        TimeoutError: It hangs.
    """
    reader = consumer(kafka)
    parts = {TopicPartition(topic.name, number): start for number, start in starts.items()}
    try:
        await _begin(reader, kafka, parts)
        while True:
            batches = await bounded(reader.getmany(*parts, timeout_ms=POLL_MS, max_records=max_records))
            positions = {part.partition: await bounded(reader.position(part)) for part in parts}
            yield Chunk(tuple(record_of(m) for batch in batches.values() for m in batch), positions)
    finally:
        await close(reader)


async def _begin(reader: AIOKafkaConsumer, kafka: KafkaSettings, starts: Mapping[TopicPartition, int]) -> None:
    await reach(reader, kafka)
    reader.assign(list(starts))
    for part, start in starts.items():
        reader.seek(part, start)


async def _chunks(
    reader: AIOKafkaConsumer, ends: dict[TopicPartition, int], max_records: int
) -> AsyncGenerator[Chunk, None]:
    left, stalled_s, clock = dict(ends), 0.0, asyncio.get_running_loop()
    seen: dict[TopicPartition, int] = {}
    while left:
        began_at = clock.time()
        batches = await bounded(reader.getmany(*left, timeout_ms=POLL_MS, max_records=max_records))
        positions = {part: await bounded(reader.position(part)) for part in left}
        stalled_s = 0.0 if positions != seen else stalled_s + clock.time() - began_at
        if stalled_s > STALL_S:
            raise TimeoutError("a transaction stays open before the end of what is to be read")
        seen = positions
        found = (record_of(m) for part, batch in batches.items() for m in batch if m.offset < ends[part])
        yield Chunk(tuple(found), {part.partition: min(ends[part], at) for part, at in positions.items()})
        for part in [part for part, at in positions.items() if at >= ends[part]]:
            reader.pause(part)
            del left[part]


async def offsets_at(kafka: KafkaSettings, topic: Topic[Any], moments: Mapping[int, datetime]) -> dict[int, int]:
    """
    By partition, the first offset that was written at a moment or later; the end of what is committed where none was.

    Raises:
        BrokerError: Kafka is away.
    """
    reader = consumer(kafka)
    try:
        await reach(reader, kafka)
        parts = {TopicPartition(topic.name, number): int(at.timestamp() * 1000) for number, at in moments.items()}
        ends = await bounded(reader.end_offsets(list(parts)))
        found = await bounded(reader.offsets_for_times(parts)) if parts else {}
    finally:
        await close(reader)
    return {part.partition: ends[part] if at is None else min(at.offset, ends[part]) for part, at in found.items()}
