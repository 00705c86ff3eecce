"""
Filling a sink: from where it is, portion by portion, to the end of the topic or for ever.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Literal

from schemas.topics import Topic
from services.cli.errors import SinkStateError
from services.cli.output import remark
from services.cli.sinks.portions import Places, Sink, portion_of
from services.cli.takedowns.known import taken_down
from services.runtime.errors import TopicsError
from services.runtime.kafka import admin
from services.runtime.kafka.stretches import Chunk, read_on, read_stretches
from services.runtime.settings import KafkaSettings

NOTHING = Chunk((), {})

Report = Callable[[Counter[str]], None]
"""Told what a portion brought, when it is kept; `offsets`: how far that is in the topic."""


@dataclass(frozen=True)
class Wish:
    """
    How a sink is to be filled.

    Attributes:
        since: Where the first start begins.
        until_end: End when all is read that was there at the start.
    """

    topic: Topic[Any]
    since: Literal["beginning", "now"]
    until_end: bool


@dataclass(frozen=True)
class Stretch:
    """
    By partition, where reading begins and where the topic ends now.
    """

    starts: Places
    ends: Places

    @property
    def size(self) -> int:
        """
        How many offsets there are in it.
        """
        return sum(max(end - self.starts[number], 0) for number, end in self.ends.items())


async def stretch_of(kafka: KafkaSettings, sink: Sink, wish: Wish) -> Stretch:
    """
    Find where the sink goes on; at the first start, note where it begins.

    Raises:
        TopicsError: There is no such topic.
        SinkStateError: The sink is further than the topic.
    """
    known, spans = await sink.places(), await admin.spans(kafka, wish.topic)
    if not spans:
        raise TopicsError(f"topic {wish.topic.name} does not exist", "run `news-ingest topics create`")
    ends = {number: span.end for number, span in spans.items()}
    if beyond := [number for number, at in known.items() if at > ends.get(number, 0)]:
        raise SinkStateError(
            f"the sink is behind the end of {wish.topic.name}, partitions {beyond}: the topic was created anew",
            "fill a new table or folder",
        )
    first = ends if wish.since == "now" else {number: span.start for number, span in spans.items()}
    if not known:
        await sink.begin(first)
    return Stretch({**first, **known}, ends)


async def fill(kafka: KafkaSettings, sink: Sink, wish: Wish, stretch: Stretch, report: Report) -> None:
    """
    Read on, and let the sink keep what comes. What is taken down is asked for before each portion: its events are not
    kept, and its rows go at once, whether the record that deletes it has come, is to come, or is gone already.

    Raises:
        BrokerError: Kafka is away.
        KafkaError, TimeoutError: Kafka went away.
        SinkTargetError, SinkStateError: The sink does not take it.
    """
    places = stretch.starts
    async with taken_down(kafka) as known, aclosing(_chunks(kafka, wish, stretch)) as chunks:
        heeded = known.names
        await sink.write(portion_of(NOTHING, places, erased=heeded))
        async for chunk in chunks:
            await known.refresh()
            portion = portion_of(chunk, places, barred=known.names, erased=known.names - heeded)
            if not portion.moved and not portion.erased:
                continue
            await sink.write(portion)
            places, heeded = portion.after, known.names
            for record in portion.unreadable:
                remark(f"left out, as it holds no event: {record.origin}")
            report(portion.counts + Counter(offsets=sum(after - before for before, after in portion.moved.values())))


def _chunks(kafka: KafkaSettings, wish: Wish, stretch: Stretch) -> AsyncGenerator[Chunk, None]:
    if not wish.until_end:
        return read_on(kafka, wish.topic, stretch.starts)
    return read_stretches(kafka, wish.topic, {n: (stretch.starts[n], end) for n, end in stretch.ends.items()})
