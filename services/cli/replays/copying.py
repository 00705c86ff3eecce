"""
Copying: read, choose, wait for the turn, write the copies and the state in one transaction.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from schemas.envelope import Headers
from schemas.replays import Replay
from services.cli.replays.pace import Bucket, LiveLag, Pace, Place
from services.cli.replays.selection import Way, is_aside, refusal, way_of
from services.cli.replays.states import Held
from services.cli.replays.stretches import advanced, left_to_read
from services.runtime.kafka.group_view import GroupView
from services.runtime.kafka.stretches import Chunk, read_stretches
from services.runtime.record import Outgoing, Record
from services.runtime.settings import KafkaSettings

REPLAY_HEADER, ORIGIN_HEADER = "replay_id", "replayed_from"
"""Which replay made a copy, and the record that it is a copy of: topic/partition/offset."""

CHUNK_RECORDS, BATCH_BYTES = 200, 8 * 1024 * 1024

TICK_S, LOOK_S = 0.1, 0.5
"""Between two looks at what waits in the lane; and between two at the live inputs, which are more to ask for."""

BEAT_S = 5.0
"""A replay that waits says so that often; who paused it meanwhile is noticed then."""

Report = Callable[[Replay, str], None]
"""Told the state at each turn, and what is waited for."""


@dataclass(frozen=True)
class Made:
    """
    What is written for some records, in their order, and for how many of them nothing is, by why.
    """

    records: Sequence[Outgoing]
    left: Counter[str] = field(default_factory=Counter)


Make = Callable[[Sequence[Record]], Awaitable[Made]]

Making = Callable[[Replay], AbstractAsyncContextManager[Make]]
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
async def copies(replay: Replay) -> AsyncIterator[Make]:
    """
    Copies for the lane, each record for itself.
    """

    async def make(batch: Sequence[Record]) -> Made:
        return Made([copy_of(record, replay.lane, replay.replay_id) for record in batch])

    yield make


class Watch:
    """
    Looks at the groups that are on the way, and tells the pace.
    """

    def __init__(self, way: Way, pace: Pace, views: list[GroupView], partitions: int) -> None:
        self.pace, self._views = pace, views
        self._live = [[(topic.name, number) for number in range(partitions)] for _, topic in way.live]
        self._lags = list(pace.lags.values())
        self._empty: list[set[tuple[Place, int]]] = []
        self._looked_at = 0.0

    async def look(self, now: float) -> None:
        """
        Look at the lane, and at the live inputs if the last look is long enough ago.
        """
        waiting = self.pace.lane.places
        self.pace.lane.see(now, await self._views[0].committed(waiting) if waiting else {})
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
    Who tells the pace of a replay how the services are doing, within a block.

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


class Copier:
    """
    One run of a replay, from where it is to its end.
    """

    def __init__(self, held: Held, replay: Replay, make: Make, *, watch: Watch, report: Report) -> None:
        self._held, self._make, self._watch, self._report = held, make, watch, report
        self._pace = watch.pace
        self._way = way_of(replay.topic)
        self.replay = replay
        self._positions = {stretch.partition: stretch.next for stretch in replay.stretches}
        self._left = Counter(replay.left)
        self._now = asyncio.get_running_loop().time
        self._committed_at = 0.0

    async def run(self, kafka: KafkaSettings) -> Replay:
        """
        Copy what is left; return the last state.

        Raises:
            TaskFenced: Somebody else has taken the replay over, or paused or stopped it.
            KafkaError, TimeoutError: The broker is away; what is committed is known from the state.
        """
        await self._commit([])
        stretches = left_to_read(self.replay)
        async with aclosing(read_stretches(kafka, self._way.topic, stretches, CHUNK_RECORDS)) as chunks:
            async for chunk in chunks:
                await self._copy(chunk)
        self.replay = self.replay.model_copy(update={"state": "done"})
        await self._commit([])
        return self.replay

    async def _copy(self, chunk: Chunk) -> None:
        batch: list[Record] = []
        room = size = 0
        await self._held.taken_down.refresh()
        for record in chunk.records:
            why = self._refusal(record)
            if why is not None:
                self._left[why] += 1
            else:
                if len(batch) >= room or size >= BATCH_BYTES:
                    if batch:
                        await self._commit(batch)
                    batch, size, room = [], 0, await self._turn()
                batch.append(record)
                size += record.size
            self._positions[record.partition] = record.offset + 1
        if batch:
            await self._commit(batch)
        self._positions.update(chunk.positions)
        await self._beat()

    def _refusal(self, record: Record) -> str | None:
        topic = self._way.topic
        return refusal(topic, self.replay.selection, record) or self._held.taken_down.refusal(topic, record)

    async def _turn(self) -> int:
        """
        Wait until records may go; return how many. Nothing is uncommitted meanwhile.
        """
        while True:
            await self._watch.look(self._now())
            room, why = self._pace.room(self._now())
            if room:
                return room
            self._report(self.replay, why)
            await self._beat()
            await asyncio.sleep(TICK_S)

    async def _beat(self) -> None:
        if self._now() - self._committed_at > BEAT_S:
            await self._commit([])

    async def _commit(self, batch: list[Record]) -> None:
        made = await self._make(batch)
        self._left += made.left
        changes = {
            "changed_at": datetime.now(UTC),
            "copied": self.replay.copied + len(made.records),
            "left": dict(self._left),
            "stretches": advanced(self.replay, self._positions),
        }
        replay = self.replay.model_copy(update=changes)
        written = await self._held.writer.commit([*made.records, self._held.record(replay)], {})
        if not is_aside(replay):
            self._pace.lane.wrote(written, Counter((copy.topic, copy.partition) for copy in made.records))
        self._pace.bucket.take(len(batch))
        self.replay, self._committed_at = replay, self._now()
        self._report(replay, "")
