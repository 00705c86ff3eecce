"""
Reading the letters that stand, and their originals.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass

from schemas.topics import DEAD_LETTERS, partition_of
from services.cli.kafka_errors import told_to_a_person
from services.cli.letters.entries import Entry, Index, Wanted
from services.cli.offsets import spans
from services.cli.progress import Report, progress
from services.runtime.kafka.connection import count_partitions
from services.runtime.kafka.stretches import offsets_at, read_stretches
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings

BATCH_RECORDS = 200


@dataclass(frozen=True)
class Scan:
    """
    What stood when it was looked.

    Attributes:
        ends: By partition, up to where it was read.
        count: Partitions of every topic.
    """

    index: Index
    ends: Mapping[int, int]
    count: int


async def scan(kafka: KafkaSettings, wanted: Wanted) -> Scan:
    """
    Read all letters that may be wanted.

    Raises:
        BrokerError: Kafka is away.
        TopicsError: The topic is not there.
    """
    with told_to_a_person("ask again"):
        count = await count_partitions(kafka, [DEAD_LETTERS.name])
        stretches = await spans(kafka, DEAD_LETTERS)
        if wanted.keys:
            places = {partition_of(key, count) for key in wanted.keys}
            stretches = {number: stretch for number, stretch in stretches.items() if number in places}
        if wanted.since is not None:
            starts = await offsets_at(kafka, DEAD_LETTERS, dict.fromkeys(stretches, wanted.since))
            stretches = {n: (max(start, starts[n]), end) for n, (start, end) in stretches.items()}
        with progress("reading dead letters", sum(end - start for start, end in stretches.values())) as report:
            index = await _read(kafka, wanted, stretches, report)
    return Scan(index, {number: end for number, (_, end) in stretches.items()}, count)


async def _read(
    kafka: KafkaSettings, wanted: Wanted, stretches: Mapping[int, tuple[int, int]], report: Report
) -> Index:
    index = Index(wanted)
    async with aclosing(read_stretches(kafka, DEAD_LETTERS, stretches)) as chunks:
        async for chunk in chunks:
            for record in chunk.records:
                index.take(record)
            report(sum(at - stretches[number][0] for number, at in chunk.positions.items()), "")
    return index


async def changed_since(kafka: KafkaSettings, partition: int, start: int, end: int) -> set[str]:
    """
    The keys of a partition that were written to between two offsets.

    Raises:
        KafkaError, TimeoutError: The broker is away, or a transaction stays open.
    """
    keys: set[str] = set()
    async with aclosing(read_stretches(kafka, DEAD_LETTERS, {partition: (start, end)})) as chunks:
        async for chunk in chunks:
            keys |= {(record.key or b"").decode(errors="replace") for record in chunk.records}
    return keys


async def originals(kafka: KafkaSettings, entries: Iterable[Entry]) -> AsyncGenerator[list[Record], None]:
    """
    Read letters again, whole, some at a time.

    Raises:
        KafkaError, TimeoutError: The broker is away.
    """
    wanted = {(entry.partition, entry.offset) for entry in entries}
    stretches: dict[int, tuple[int, int]] = {}
    for partition, offset in wanted:
        first, end = stretches.get(partition, (offset, offset + 1))
        stretches[partition] = min(first, offset), max(end, offset + 1)
    async with aclosing(read_stretches(kafka, DEAD_LETTERS, stretches, BATCH_RECORDS)) as chunks:
        async for chunk in chunks:
            if found := [record for record in chunk.records if (record.partition, record.offset) in wanted]:
                yield found
