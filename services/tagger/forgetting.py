"""
What the ledger forgets, and when: first how a text read (its sketch), then the article. A few at a time, oldest first.

    known for `sketch_days`    thin: which version stands is known; what differs is a new version, never a re-issue
    known for KEPT_DAYS        forgotten: what comes is version 1, for the topic has deleted what it had

An article is known since the day on which it was last published, anew or again, or found unchanged: its event is kept
for as long. Time is the newest page that the ledger has seen, and never later than the time of day: neither one page
with a date in the future nor a clock that is wrong for a moment makes it forget.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from schemas import topics
from schemas.state import LedgerEntry

LOOKS = 8
"""Entries that are looked at with each article that is decided: more than one article leaves behind."""

MARGIN_DAYS = 30
"""Kafka deletes whole segments, which end days after their first record, and clocks differ."""

_RETENTION_MS = topics.ARTICLE_TAGGED.retention_ms
assert _RETENTION_MS is not None
KEPT_DAYS = _RETENTION_MS // topics.DAY_MS + MARGIN_DAYS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ID_BYTES = 16


def day_of(moment: datetime) -> int:
    """
    The number of a day, UTC.
    """
    return (moment - _EPOCH).days


def known_day(entry: LedgerEntry) -> int:
    """
    The day on which an article was last published or seen.
    """
    return day_of(entry.known_on or entry.revised_at)


def seen(entry: LedgerEntry, known: LedgerEntry | None, now: datetime) -> LedgerEntry:
    """
    An entry that is written now, with its day; the day of its page, as it is of live ones, is not written.
    """
    day = max(day_of(now), known_day(known) if known else 0)
    is_told = day == day_of(entry.revised_at)
    return entry.model_copy(update={"known_on": None if is_told else _EPOCH + timedelta(days=day)})


def due_day(entry: LedgerEntry, sketch_days: int) -> int:
    """
    The day on which something of an entry is to be forgotten.
    """
    days = sketch_days if entry.sketch and not entry.is_thin else KEPT_DAYS
    return known_day(entry) + min(days, KEPT_DAYS)


def remains(entry: LedgerEntry, today: int) -> LedgerEntry | None:
    """
    What is left of an entry whose day has come.
    """
    if known_day(entry) + KEPT_DAYS <= today:
        return None
    return entry.model_copy(update={"sketch": [], "is_thin": True})


class Calendar:
    """
    Ids by day, 16 bytes each. One may stand under several days, or twice: whoever takes it looks whether it is its day.
    """

    def __init__(self) -> None:
        self._days: dict[int, bytearray] = {}
        self._sorted: int | None = None

    def __len__(self) -> int:
        return sum(map(len, self._days.values())) // _ID_BYTES

    def add(self, day: int, article_id: bytes) -> None:
        """
        Note an id under a day.
        """
        self._days.setdefault(day, bytearray()).extend(article_id)
        if day == self._sorted:
            self._sorted = None

    def oldest(self, today: int) -> tuple[int, list[bytes]]:
        """
        The first ids of the oldest day that has come, and that day; in one order, however they were noted.
        """
        day = min(self._days, default=None)
        if day is None or day > today:
            return today, []
        if self._sorted != day:
            self._days[day] = bytearray(b"".join(sorted(set(_ids(self._days[day])))))
            self._sorted = day
        return day, list(_ids(self._days[day][: LOOKS * _ID_BYTES]))

    def strike(self, day: int, count: int) -> None:
        """
        Leave out the first ids of a day.
        """
        ids = self._days.get(day, bytearray())
        del ids[: count * _ID_BYTES]
        if not ids:
            self._days.pop(day, None)


def _ids(joined: bytearray) -> Iterable[bytes]:
    return (bytes(joined[i : i + _ID_BYTES]) for i in range(0, len(joined), _ID_BYTES))
