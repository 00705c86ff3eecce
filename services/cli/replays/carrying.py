"""
Carrying: wait for the turn, write records and the state in one transaction.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeVar

from schemas.replays import Replay
from services.cli.replays.pace import Offsets, Place
from services.cli.replays.states import Held
from services.cli.replays.stretches import advanced
from services.runtime.record import Outgoing

T = TypeVar("T")

BATCH_BYTES = 8 * 1024 * 1024

TICK_S = 0.1
"""Between two looks at whether it is its turn."""

BEAT_S = 5.0
"""A replay that waits says so that often; who paused it meanwhile is noticed then."""

Report = Callable[[Replay, str], None]
"""Told the state at each turn, and what is waited for."""


@dataclass(frozen=True)
class Made:
    """
    What is written for what was given, in its order, and for how much of it nothing is, by why.
    """

    records: Sequence[Outgoing]
    left: Counter[str] = field(default_factory=Counter)


Make = Callable[[Sequence[T]], Awaitable[Made]]
"""Asked right before the commit."""


class Turn(Protocol):
    """
    Whose turn it is.
    """

    async def room(self, now: float) -> tuple[int, str]:
        """
        How many records may go now, and if none, what is waited for.
        """

    def wrote(self, written: Offsets, counts: Mapping[Place, int], given: int) -> None:
        """
        For so much that was given, so many records went, up to these offsets.
        """


class Carrier(Generic[T]):
    """
    One run of a replay or an import: it is given one thing after the other, and told where reading is.
    """

    def __init__(self, held: Held, replay: Replay, make: Make[T], *, turn: Turn, report: Report) -> None:
        self._held, self._make, self._turn, self._report = held, make, turn, report
        self.replay = replay
        self._batch: list[T] = []
        self._room = self._size = 0
        self._positions = {stretch.partition: stretch.next for stretch in replay.stretches}
        self._left = Counter(replay.left)
        self._now = asyncio.get_running_loop().time
        self._committed_at = 0.0

    async def give(self, thing: T, size: int) -> None:
        """
        Take a thing of so many bytes; wait for the turn first, if it may not go yet. Nothing is uncommitted meanwhile.

        Raises:
            TaskFenced: Somebody else has taken the replay over, or paused or stopped it.
            KafkaError, TimeoutError: The broker is away; what is committed is known from the state.
        """
        if len(self._batch) >= self._room or self._size >= BATCH_BYTES:
            if self._batch:
                await self.commit()
            self._room = await self._wait()
        self._batch.append(thing)
        self._size += size

    def leave(self, why: str) -> None:
        """
        Count a thing that is not meant.
        """
        self._left[why] += 1

    def at(self, positions: Mapping[int, int]) -> None:
        """
        Everything before these positions was given or left.
        """
        self._positions.update(positions)

    async def rest(self, positions: Mapping[int, int]) -> None:
        """
        Write what was given, and now and then the state alone: everything before these positions is read. Raises as
        `give` does.
        """
        if self._batch:
            await self.commit()
        self.at(positions)
        await self.beat()

    async def beat(self) -> None:
        """
        Write what there is, if nothing was written for long. Raises as `give` does.
        """
        if self._now() - self._committed_at > BEAT_S:
            await self.commit()

    async def commit(self, state: str | None = None) -> None:
        """
        Write what is made of what was given, and the state. Raises as `give` does.
        """
        made = await self._make(self._batch)
        self._left += made.left
        changes = {
            "changed_at": datetime.now(UTC),
            "copied": self.replay.copied + len(made.records),
            "left": dict(self._left),
            "stretches": advanced(self.replay, self._positions),
            "state": state or self.replay.state,
        }
        replay = self.replay.model_copy(update=changes)
        written = await self._held.writer.commit([*made.records, self._held.record(replay)], {})
        counts = Counter((record.topic, record.partition) for record in made.records)
        self._turn.wrote(written, counts, len(self._batch))
        self._batch, self._room, self._size = [], 0, 0
        self.replay, self._committed_at = replay, self._now()
        self._report(replay, "")

    async def _wait(self) -> int:
        while True:
            room, why = await self._turn.room(self._now())
            if room:
                return room
            self._report(self.replay, why)
            await self.beat()
            await asyncio.sleep(TICK_S)
