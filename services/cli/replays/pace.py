"""
How fast a replay may go: its rate, what of it still waits in the lane, and how the live traffic is. Pure: times are
seconds of any steady clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

Place = tuple[str, int]
Offsets = Mapping[Place, int]

MAX_LIVE_LAG_S = 2.0
"""Above it a replay stands still."""

LEAST_AHEAD = 4
"""Records that may wait in the lane at any rate; for a faster one, what it brings in a quarter of a second."""

STUCK_S = 5.0
"""A lane of which nothing is read for so long is worth a word."""

SAMPLES = 100


@dataclass
class LiveLag:
    """
    How long a group needs for what comes: the age of the oldest end of its input that was seen and is not reached yet.
    No two clocks are compared.
    """

    _waiting: deque[tuple[float, Offsets]] = field(default_factory=deque)

    def see(self, now: float, ends: Offsets, committed: Offsets) -> None:
        """
        Take a look into account.
        """
        while self._waiting and _is_reached(self._waiting[0][1], committed):
            self._waiting.popleft()
        if not _is_reached(ends, committed) and len(self._waiting) < SAMPLES:
            self._waiting.append((now, ends))

    def seconds(self, now: float) -> float:
        """
        How far behind it is.
        """
        return now - self._waiting[0][0] if self._waiting else 0.0


def _is_reached(ends: Offsets, committed: Offsets) -> bool:
    return all(committed[place] >= end for place, end in ends.items())


@dataclass
class Lane:
    """
    What was copied into the lane and is not worked off.

    Attributes:
        moved_at: When it was last seen that something was worked off, or nothing waited.
    """

    moved_at: float = 0.0
    _waiting: dict[Place, deque[tuple[int, int]]] = field(default_factory=dict)

    def wrote(self, ends: Offsets, counts: Mapping[Place, int]) -> None:
        """
        So many records were written, up to these offsets.
        """
        for place, end in ends.items():
            if place in counts:
                self._waiting.setdefault(place, deque()).append((end, counts[place]))

    def see(self, now: float, committed: Offsets) -> None:
        """
        The group goes on at these offsets.
        """
        before = self.outstanding
        for place, waiting in self._waiting.items():
            while waiting and committed.get(place, 0) >= waiting[0][0]:
                waiting.popleft()
        if not before or self.outstanding < before:
            self.moved_at = now

    @property
    def outstanding(self) -> int:
        """
        How many records wait.
        """
        return sum(count for waiting in self._waiting.values() for _, count in waiting)

    @property
    def places(self) -> list[Place]:
        """
        Where any wait.
        """
        return [place for place, waiting in self._waiting.items() if waiting]


@dataclass
class Bucket:
    """
    A rate, in records a second; what was not used is kept for a second.
    """

    rate: float
    _filled_at: float | None = None
    _content: float = 0.0

    def room(self, now: float) -> int:
        """
        How many records may go now.
        """
        if self._filled_at is not None:
            self._content = min(max(self.rate, 1.0), self._content + (now - self._filled_at) * self.rate)
        self._filled_at = now
        return int(self._content)

    def take(self, count: int) -> None:
        """
        So many went.
        """
        self._content -= count


@dataclass
class Pace:
    """
    The three together.

    Attributes:
        lags: By group, how it is doing with its live input.
    """

    bucket: Bucket
    lags: Mapping[str, LiveLag]
    lane: Lane = field(default_factory=Lane)

    def room(self, now: float) -> tuple[int, str]:
        """
        How many records may be copied now, and if none, what is waited for.
        """
        for group, lag in self.lags.items():
            if lag.seconds(now) > MAX_LIVE_LAG_S:
                return 0, f"waits: the {group} is behind its live input, which comes first"
        room = self.bucket.room(now)
        ahead = max(LEAST_AHEAD, int(self.bucket.rate / 4)) - self.lane.outstanding
        if ahead <= 0:
            is_stuck = now - self.lane.moved_at > STUCK_S
            return 0, f"waits: the {next(iter(self.lags))} reads nothing of its lane; does it run?" if is_stuck else ""
        return min(room, ahead), ""
