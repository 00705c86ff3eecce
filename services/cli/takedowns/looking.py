"""
Reading what a takedown is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import aclosing
from functools import partial
from typing import Any

from schemas import topics
from schemas.takedowns import Takedown
from schemas.topics import Topic
from services.cli.kafka_errors import told_to_a_person
from services.cli.offsets import Spans, spans
from services.cli.progress import progress
from services.cli.takedowns.finding import Findings, Trail, numbers_of
from services.runtime.kafka.stretches import read_stretches
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings

Take = Callable[[Record], None]

Bounds = Mapping[str, Spans]
"""By topic, what of it is looked at."""


async def follow_trail(kafka: KafkaSettings, trail: Trail, count: int) -> None:
    """
    Find the other names of an article: the one that was found under a URL, and the URLs that led there.

    Raises:
        BrokerError: Kafka is away.
    """
    with told_to_a_person("ask again"):
        if not trail.sites:
            await _read_of(kafka, topics.LEDGER, numbers_of(topics.LEDGER, trail, count), trail.take_ledger)
        for take in (trail.take_url, trail.take_alias):
            await _read_of(kafka, topics.FRONTIER, numbers_of(topics.FRONTIER, trail, count), take)


async def bounds_of(kafka: KafkaSettings, among: Iterable[Topic[Any]], after: Bounds | None = None) -> Bounds:
    """
    What there is in some topics now, or what has come since an earlier look.

    Raises:
        BrokerError: Kafka is away.
    """
    found = {topic.name: await spans(kafka, topic) for topic in among}
    if after is None:
        return found
    ends = {name: {n: end for n, (_, end) in after[name].items()} for name in found}
    return {name: {n: (max(a, ends[name].get(n, 0)), b) for n, (a, b) in each.items()} for name, each in found.items()}


async def find(kafka: KafkaSettings, trail: Trail, count: int, bounds: Bounds) -> Findings:
    """
    Look within bounds for everything that stands of a takedown.

    Raises:
        BrokerError: Kafka is away.
    """
    findings = Findings(frozenset(trail.names))
    with told_to_a_person("ask again"):
        for name, each in bounds.items():
            topic = topics.by_name(name)
            numbers = numbers_of(topic, trail, count)
            stretches = {number: stretch for number, stretch in each.items() if number in numbers}
            await _read(kafka, topic, stretches, partial(findings.take, topic))
    return findings


async def all_takedowns(kafka: KafkaSettings) -> dict[str, Takedown]:
    """
    The last state of each takedown; one partition has them all.

    Raises:
        BrokerError: Kafka is away.
    """
    known: dict[str, Takedown] = {}

    def take(record: Record) -> None:
        key = (record.key or b"").decode()
        known.pop(key, None)
        if record.value is not None:
            known[key] = Takedown.from_wire(record.value, record.headers)

    with told_to_a_person("ask again"):
        await _read_of(kafka, topics.TAKEDOWNS, {0}, take)
    return known


async def _read_of(kafka: KafkaSettings, topic: Topic[Any], numbers: set[int], take: Take) -> None:
    found = await spans(kafka, topic)
    await _read(kafka, topic, {number: span for number, span in found.items() if number in numbers}, take)


async def _read(kafka: KafkaSettings, topic: Topic[Any], stretches: Spans, take: Take) -> None:
    with progress(topic.name, sum(max(end - start, 0) for start, end in stretches.values())) as report:
        async with aclosing(read_stretches(kafka, topic, stretches)) as chunks:
            async for chunk in chunks:
                for record in chunk.records:
                    take(record)
                report(sum(at - stretches[number][0] for number, at in chunk.positions.items()), "")
