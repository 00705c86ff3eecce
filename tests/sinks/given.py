"""
The golden series as a sink is given it, without a Kafka: the committed records, in portions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from schemas.topics import partition_of
from services.cli.sinks.portions import Places, Portion, portion_of
from services.cli.verifying.series import series
from services.cli.verifying.writing import outgoing
from services.runtime.kafka.stretches import Chunk
from services.runtime.record import Record
from tests.unit.schemas.samples import FETCHED_AT

TOPIC, PARTITIONS = "news.verify.given", 3

START: Places = dict.fromkeys(range(PARTITIONS), 0)


def record(offset: int, key: str, value: bytes | None, **more: Any) -> Record:
    """
    A record of the topic.
    """
    fields: dict[str, Any] = {"partition": partition_of(key, PARTITIONS), "timestamp": FETCHED_AT} | more
    return Record(TOPIC, offset=offset, key=key.encode(), value=value, **fields)


def records() -> Sequence[Record]:
    """
    The committed records; offsets are those of one log, so that there are gaps in each partition.
    """
    writes = [write for step in series() if step.is_committed for write in step.writes]
    return [record(n, write.key, outgoing(write, TOPIC, PARTITIONS).value) for n, write in enumerate(writes)]


def portions(size: int = 7) -> Iterator[Portion]:
    """
    All of it, in portions of some records.
    """
    places = START
    for some in _batched(records(), size):
        portion = portion_of(Chunk(tuple(some), {each.partition: each.offset + 1 for each in some}), places)
        yield portion
        places = portion.after


def _batched(given: Sequence[Record], size: int) -> Iterator[Sequence[Record]]:
    return (given[at : at + size] for at in range(0, len(given), size))
