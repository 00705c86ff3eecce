"""
Looking at pages again, at set ages, so that edits are seen.

    first answer --> done, due at the next age --> 304, the same bytes: nothing | other bytes: a page
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from schemas.parts import Hints
from schemas.state import FrontierEntry
from services.fetcher.dates import instant_of

LEAST_PAUSE = timedelta(minutes=15)
"""Between two looks at a page: an age that comes sooner is left out."""


def is_look(entry: FrontierEntry) -> bool:
    """
    Whether a page that is being asked for was published before, and nobody asked for it anew.
    """
    return entry.kind == "page" and entry.state == "done"


def born_at(entry: FrontierEntry, hints: Hints, answered_at: datetime) -> datetime:
    """
    From when on a page's ages are counted: its latest date that its source states, where that is past; else its first
    answer. An edit that a source tells of makes it young again.
    """
    if entry.born_at is not None and is_look(entry):
        return entry.born_at
    stated = [at for text in (hints.published, hints.modified) if (at := instant_of(text)) is not None]
    past = [at for at in stated if at <= answered_at]
    return max(past, default=entry.born_at or answered_at)


def next_look(born: datetime, now: datetime, ages_s: Sequence[int]) -> datetime | None:
    """
    When a page is looked at next; None after the last age. One that is late is not made up for.
    """
    moments = (born + timedelta(seconds=age_s) for age_s in sorted(ages_s))
    return next((moment for moment in moments if moment - now >= LEAST_PAUSE), None)
