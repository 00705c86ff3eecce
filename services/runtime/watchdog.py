"""
Progress against lag. A Kafka client can stall for good while its process looks healthy; a process that ends is started
again by whoever runs it, one that pretends is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from services.runtime.errors import NewsIngestError

_NEXT_STEP = "the process ends so that it is started again; see its log for what it did last"


class StalledError(NewsIngestError):
    """
    There is work, the group counts on this process, and nothing has moved for too long.
    """

    code = "NI-302"


class Moving(Protocol):
    """
    What it needs to know of a task: how many offsets it is behind, and when it last moved (the event loop's clock).
    """

    @property
    def partition(self) -> int: ...

    @property
    def behind(self) -> int: ...

    @property
    def moved_at(self) -> float: ...


class Watchdog:
    """
    Judges by figures alone. While the broker does not confirm this member, it is the broker that is away, and waiting
    for it is right; unless it answers others.
    """

    def __init__(self, *, stall_timeout_s: float, session_timeout_s: float, rebalance_timeout_s: float) -> None:
        self._stall_timeout_s = stall_timeout_s
        self._session_timeout_s = session_timeout_s
        self._rebalance_timeout_s = rebalance_timeout_s
        self._well_at: dict[int, float] = {}
        self._answers_since: float | None = None

    def stalled(self, confirmed_age_s: float, tasks: Iterable[Moving], now: float) -> StalledError | None:
        """
        Return what to say when a task has lag and has not moved since it has, else nothing. To be asked every second:
        time without lag, or without the broker, is not time without progress.
        """
        is_away = confirmed_age_s > self._session_timeout_s
        for task in tasks:
            if is_away or task.behind <= 0:
                self._well_at[task.partition] = now
            idle_s = now - max(task.moved_at, self._well_at.get(task.partition, task.moved_at))
            if idle_s > self._stall_timeout_s:
                return StalledError(
                    f"partition {task.partition} is {task.behind} records behind and has not moved for {idle_s:.0f} s",
                    _NEXT_STEP,
                )
        return None

    def forgotten(self, confirmed_age_s: float, *, answers: bool, now: float) -> StalledError | None:
        """
        Return what to say when the broker has answered others all the time that a rebalance may take, and more, and
        still does not confirm this member; else nothing. To be asked whenever it is known whether the broker answers.
        """
        if confirmed_age_s <= self._session_timeout_s or not answers:
            self._answers_since = None
            return None
        if self._answers_since is None:
            self._answers_since = now
        silent_s = now - self._answers_since
        if silent_s <= self._rebalance_timeout_s + self._session_timeout_s:
            return None
        return StalledError(f"the broker has answered others for {silent_s:.0f} s, but not this member", _NEXT_STEP)
