"""
Copying: read, choose, hand over to who carries; and the looks by which he is told when.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from typing import Any

from schemas.envelope import Headers
from schemas.replays import Replay
from schemas.topics import Topic
from services.cli.replays.carrying import Carrier, Made, Make
from services.cli.replays.pace import Bucket, LiveLag, Offsets, Pace, Place
from services.cli.replays.selection import Way, refusal, way_of
from services.cli.replays.stretches import left_to_read
from services.cli.takedowns.known import TAKEN_DOWN_OPTION, TakenDown
from services.runtime.kafka.group_view import GroupView
from services.runtime.kafka.stretches import read_stretches
from services.runtime.record import Outgoing, Record
from services.runtime.settings import KafkaSettings

REPLAY_HEADER, ORIGIN_HEADER = "replay_id", "replayed_from"
"""Which replay made a copy, and the record that it is a copy of: topic/partition/offset."""

CHUNK_RECORDS = 200

LOOK_S = 0.5
"""Between two looks at the live inputs, which are more to ask for than what waits in the lane."""


Making = Callable[[Replay], AbstractAsyncContextManager[Make[Record]]]
"""Whoever makes the records of a replay, within a block."""


def marks(record: Record, replay_id: str) -> Headers:
    """
    What is said with whatever a replay writes for a record.
    """
    return (REPLAY_HEADER, replay_id.encode()), (ORIGIN_HEADER, str(record.origin).encode())


def copy_of(record: Record, lane: str, replay_id: str) -> Outgoing:
    """
    A record as it goes into the lane: partition, key, value and headers as they were, and two headers more.
    """
    headers = (*record.headers.items(), *marks(record, replay_id))
    return Outgoing(lane, record.partition, record.key or b"", record.value, headers)


@asynccontextmanager
async def copies(replay: Replay) -> AsyncIterator[Make[Record]]:
    """
    Copies for the lane, each record for itself.
    """

    async def make(batch: Sequence[Record]) -> Made:
        return Made([copy_of(record, replay.lane, replay.replay_id) for record in batch])

    yield make


def unless_taken_down(known: TakenDown, topic: Topic[Any], make: Make[Record]) -> Make[Record]:
    """
    The same without what is taken down at that moment.
    """

    async def checked(batch: Sequence[Record]) -> Made:
        await known.refresh()
        kept = [record for record in batch if known.refusal(topic, record) is None]
        made = await make(kept)
        return Made(made.records, made.left + Counter({TAKEN_DOWN_OPTION: len(batch) - len(kept)}))

    return checked


class Watch:
    """
    Looks at the groups that are on the way, and tells the pace.
    """

    def __init__(self, way: Way, pace: Pace, views: list[GroupView], partitions: int) -> None:
        self._pace, self._views, self._lane = pace, views, way.lane.name
        self._live = [[(topic.name, number) for number in range(partitions)] for _, topic in way.live]
        self._lags = list(pace.lags.values())
        self._empty: list[set[tuple[Place, int]]] = []
        self._looked_at = 0.0

    async def room(self, now: float) -> tuple[int, str]:
        """
        How many records may go now, and if none, what is waited for.
        """
        await self._look(now)
        return self._pace.room(now)

    def wrote(self, written: Offsets, counts: Mapping[Place, int], given: int) -> None:
        """
        For so much that was given, so many records went, up to these offsets; nobody works off what is not in the lane.
        """
        self._pace.lane.wrote(written, {place: count for place, count in counts.items() if place[0] == self._lane})
        self._pace.bucket.take(given)

    async def _look(self, now: float) -> None:
        """
        Look at the lane, and at the live inputs if the last look is long enough ago.
        """
        waiting = self._pace.lane.places
        self._pace.lane.see(now, await self._views[0].committed(waiting) if waiting else {})
        if now - self._looked_at < LOOK_S:
            return
        self._looked_at = now
        if not self._empty:
            self._empty = [await _empty(view, places) for view, places in zip(self._views, self._live, strict=True)]
        for view, places, lag, empty in zip(self._views, self._live, self._lags, self._empty, strict=True):
            ends, committed = await asyncio.gather(view.ends(places), view.committed(places))
            lag.see(now, {place: end for place, end in ends.items() if (place, end) not in empty}, committed)


async def _empty(view: GroupView, places: list[Place]) -> set[tuple[Place, int]]:
    """
    Partitions in which there is nothing, and their ends: nobody may ever have committed there.
    """
    ends, starts = await asyncio.gather(view.ends(places), view.starts(places))
    return {(place, end) for place, end in ends.items() if end == starts[place]}


@asynccontextmanager
async def watching(kafka: KafkaSettings, way: Way, rate: float, partitions: int) -> AsyncIterator[Watch]:
    """
    Who says, within a block, when a replay may go on: he looks at how the services are doing.

    Raises:
        BrokerError: Kafka is away.
    """
    pace = Pace(Bucket(rate), {group: LiveLag() for group, _ in way.live})
    async with AsyncExitStack() as stack:
        views = []
        for group, _ in way.live:
            view = GroupView(kafka, group)
            stack.push_async_callback(view.stop)
            await view.start()
            views.append(view)
        yield Watch(way, pace, views, partitions)


async def copy(kafka: KafkaSettings, carrier: Carrier[Record]) -> Replay:
    """
    Copy what is left of a replay; return its last state. Raises as `Carrier.give` does.
    """
    replay = carrier.replay
    topic = way_of(replay.topic).topic
    await carrier.commit()
    async with aclosing(read_stretches(kafka, topic, left_to_read(replay), CHUNK_RECORDS)) as chunks:
        async for chunk in chunks:
            for record in chunk.records:
                if (why := refusal(topic, replay.selection, record)) is not None:
                    carrier.leave(why)
                else:
                    await carrier.give(record, record.size)
                carrier.at({record.partition: record.offset + 1})
            await carrier.rest(chunk.positions)
    await carrier.commit("done")
    return carrier.replay
