"""
What is over, by the day on which it last changed: so that it can be forgotten without looking through all that is
known.

    change of an entry that is over --> its day --> days that are long past --> Forget, some at a time
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from schemas.state import FrontierEntry

AT_ONCE = 500
"""Entries that are forgotten in one transaction."""

DAY_S = 86_400


def is_over(entry: FrontierEntry) -> bool:
    """
    Whether nothing more is to be done about an entry. The files of a host are asked for again only where they are
    needed.
    """
    return entry.kind in {"robots", "rights"} or (entry.state != "waiting" and entry.due_at is None)


class Past:
    """
    Keys by day. One that changed later stands under several days: whoever takes it looks whether it is still over.
    """

    def __init__(self, kept: timedelta) -> None:
        self.kept = kept
        self._days: dict[int, list[str]] = {}

    def add(self, key: str, changed_at: datetime) -> None:
        """
        Note that an entry is over since a moment.
        """
        self._days.setdefault(int(changed_at.timestamp()) // DAY_S, []).append(key)

    def take(self, now: datetime) -> list[str]:
        """
        Some keys whose time may be over, and which are noted no more.
        """
        due_at = self.due_at()
        if due_at is None or due_at > now:
            return []
        day = min(self._days)
        keys = self._days[day]
        taken, keys[:AT_ONCE] = keys[:AT_ONCE], []
        if not keys:
            del self._days[day]
        return list(dict.fromkeys(taken))

    def due_at(self) -> datetime | None:
        """
        When there is something to be forgotten next: the oldest day is over for as long as entries are kept.
        """
        if not self._days:
            return None
        return datetime.fromtimestamp((min(self._days) + 1) * DAY_S, UTC) + self.kept
