"""
Where a replay reads: offsets of each partition, fixed before it begins.
"""

from __future__ import annotations

from collections.abc import Mapping

from schemas.replays import Replay, Selection, Stretch
from services.cli.offsets import spans
from services.cli.replays.selection import Way
from services.runtime.kafka.stretches import offsets_at
from services.runtime.settings import KafkaSettings


async def resolve(kafka: KafkaSettings, way: Way, selection: Selection) -> list[Stretch]:
    """
    The offsets that a selection means, as the topic is now; what is empty is left out.

    Raises:
        BrokerError: Kafka is away.
    """
    found = await spans(kafka, way.topic)
    if selection.partitions:
        found = {number: span for number, span in found.items() if number in selection.partitions}
    if selection.by == "offset":
        found = {n: _within(span, selection.first, selection.last) for n, span in found.items()}
    if selection.by == "arrival" and selection.since is not None:
        starts = await offsets_at(kafka, way.topic, dict.fromkeys(found, selection.since))
        found = {n: _within(span, starts[n], None) for n, span in found.items()}
    if selection.by == "arrival" and selection.until is not None:
        ends = await offsets_at(kafka, way.topic, dict.fromkeys(found, selection.until))
        found = {n: _within(span, None, ends[n]) for n, span in found.items()}
    return [Stretch(partition=n, start=a, end=b, next=a) for n, (a, b) in sorted(found.items()) if a < b]


def _within(span: tuple[int, int], first: int | None, last: int | None) -> tuple[int, int]:
    start, end = span
    return max(start, first or 0), end if last is None else min(end, last)


def left_to_read(replay: Replay) -> Mapping[int, tuple[int, int]]:
    """
    By partition, the offsets that a replay has not read yet.
    """
    return {s.partition: (s.next, s.end) for s in replay.stretches if s.next < s.end}


def advanced(replay: Replay, positions: Mapping[int, int]) -> list[Stretch]:
    """
    The stretches with new positions.
    """
    return [s.model_copy(update={"next": positions.get(s.partition, s.next)}) for s in replay.stretches]


def size(stretches: list[Stretch]) -> int:
    """
    How many offsets there are, at least as many as records.
    """
    return sum(s.end - s.start for s in stretches)


def done(stretches: list[Stretch]) -> int:
    """
    How many of them were read.
    """
    return sum(s.next - s.start for s in stretches)
