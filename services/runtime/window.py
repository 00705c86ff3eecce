"""
The inputs of a task that are under way: records in order, results of actions as they come.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.runtime.pool import Worked
from services.runtime.processor import Input
from services.runtime.record import Record
from services.runtime.stage import Action


@dataclass(frozen=True)
class UnderWay:
    """
    An input and the work on it. `taken_at` is in seconds of the event loop's clock; nobody waits for a patient one.
    """

    given: Input
    work: asyncio.Task[Worked]
    taken_at: float
    is_patient: bool = False


class Window:
    """
    Work goes on in any order; records leave in the order in which they came, as a finished prefix.

    Attributes:
        patient: How many records under way are patient.
        bytes: What the records under way take in memory.
    """

    def __init__(self, on_done: Callable[[], None]) -> None:
        self._records: deque[UnderWay] = deque()
        self._actions: list[UnderWay] = []
        self._on_done = on_done
        self._unfinished = 0
        self.patient = 0
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._records)

    @property
    def oldest(self) -> datetime | None:
        """
        When the first record under way was written, if there is one.
        """
        first = self._records[0].given if self._records else None
        return first.timestamp if isinstance(first, Record) else None

    @property
    def is_idle(self) -> bool:
        """
        Nothing is under way.
        """
        return not self._records and not self._actions

    def add_record(self, record: Record, work: Coroutine[Any, Any, Worked], *, is_patient: bool = False) -> None:
        """
        Start work on the next record.
        """
        under_way = self._start(record, work, is_patient=is_patient)
        self._records.append(under_way)
        self.bytes += record.size
        if is_patient:
            self.patient += 1
            return
        self._unfinished += 1
        under_way.work.add_done_callback(self._one_finished)

    def _one_finished(self, _work: asyncio.Task[Worked]) -> None:
        self._unfinished -= 1

    def add_action(self, action: Action, work: Coroutine[Any, Any, Worked]) -> None:
        """
        Start an action.
        """
        self._actions.append(self._start(action, work))

    def _start(self, given: Input, work: Coroutine[Any, Any, Worked], *, is_patient: bool = False) -> UnderWay:
        task = asyncio.create_task(work)
        task.add_done_callback(lambda _: self._on_done())
        return UnderWay(given, task, asyncio.get_running_loop().time(), is_patient)

    @property
    def has_finished(self) -> bool:
        """
        Something could be committed.
        """
        return bool(self._records and self._records[0].work.done()) or any(a.work.done() for a in self._actions)

    @property
    def is_finished(self) -> bool:
        """
        All records but patient ones could be committed: waiting for more gains nothing. (Actions take as long as they
        take.)
        """
        return self._unfinished == 0

    def take_finished(self) -> list[UnderWay]:
        """
        Remove the finished prefix of the records, and the finished actions.
        """
        taken = []
        while self._records and self._records[0].work.done():
            taken.append(self._records.popleft())
        self.patient -= sum(u.is_patient for u in taken)
        self.bytes -= sum(u.given.size for u in taken if isinstance(u.given, Record))
        done = [a for a in self._actions if a.work.done()]
        self._actions = [a for a in self._actions if not a.work.done()]
        return taken + done

    async def abandon(self) -> None:
        """
        Cancel all work.
        """
        left = [u.work for u in (*self._records, *self._actions)]
        for work in left:
            work.cancel()
        await asyncio.gather(*left, return_exceptions=True)
