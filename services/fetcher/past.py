"""
What is over for long, so that it is forgotten: found by going through all that is known, some at a time, whenever the
oldest of it has had its time.

    all keys --some a step--> over since? --long ago--> Forget
                                   |
                                   +--since then--> the oldest day, which says when to go through it again
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from schemas.state import FrontierEntry

AT_ONCE = 500
"""Entries that are forgotten in one transaction."""

STEP = 1000
"""Entries that are looked at in one go: a hundredth of a second."""

PAUSE = timedelta(seconds=0.1)
"""Between two steps, for everything else."""

DAY_S = 86_400


def is_over(entry: FrontierEntry) -> bool:
    """
    Whether nothing more is to be done about an entry. The files of a host are asked for again only where they are
    needed.
    """
    return entry.kind in {"robots", "rights"} or (entry.state != "waiting" and entry.due_at is None)


class Past:
    """
    Only a day and a place are remembered. What there is at the start is gone through once, to know its oldest day.

    Args:
        kept: How long an entry is remembered after it was over.
        keys: All that is known; entries may change while it is read.
        over_since: Since when an entry is over; None where it is not.
    """

    def __init__(
        self, kept: timedelta, keys: Callable[[], Iterator[str]], over_since: Callable[[str], datetime | None]
    ) -> None:
        self._kept = kept
        self._keys = keys
        self._over_since = over_since
        self._left: Iterator[str] | None = keys()
        self._oldest: int | None = None
        self._next_at: datetime | None = None

    def add(self, since: datetime) -> None:
        """
        Note that an entry is over since a moment.
        """
        day = int(since.timestamp()) // DAY_S
        self._oldest = day if self._oldest is None else min(day, self._oldest)

    def is_old(self, key: str, now: datetime) -> bool:
        """
        Whether the time of an entry is over.
        """
        since = self._over_since(key)
        return since is not None and since + self._kept <= now

    def take(self, now: datetime) -> list[str]:
        """
        Some keys whose time is over. There may be more: `due_at` tells when to ask for them.
        """
        due_at = self.due_at()
        if due_at is not None and due_at > now:
            return []
        if self._left is None:
            if due_at is None:
                return []
            self._left, self._oldest = self._keys(), None
        found: list[str] = []
        for _ in range(STEP):
            if (key := next(self._left, None)) is None:
                self._left = self._next_at = None
                return found
            since = self._over_since(key)
            if since is not None and since + self._kept <= now:
                found.append(key)
            elif since is not None:
                self.add(since)
            if len(found) == AT_ONCE:
                return found
        self._next_at = now + PAUSE
        return found

    def due_at(self) -> datetime | None:
        """
        When to take some again: the oldest day is over for as long as entries are kept, or more of it is to be seen.
        """
        if self._left is not None:
            return self._next_at
        if self._oldest is None:
            return None
        return datetime.fromtimestamp((self._oldest + 1) * DAY_S, UTC) + self._kept
