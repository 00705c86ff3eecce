"""
What is remembered of how well each site can be read, and what is told of it: that it is degraded, and that it is well.

    Seen --> one article once --> Pages --> fallen | is_back --> SourceHealth, only where it is news

The topic is the memory: the last event of a site says what was told, against which baseline, and is all that lasts.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schemas import topics
from schemas.base import Event
from schemas.state import Measure, SourceHealth
from services.cleaner.sites.falls import MIN_BASELINE, again, fallen, is_back
from services.cleaner.sites.quality import KEPT, MEASURES, NO_BODY, RECENT, Pages, Seen
from services.cleaner.sites.recent_sites import RecentSites
from services.runtime.outcome import Change
from services.runtime.table import Table

LASTED = timedelta(days=14)
"""A fall that has lasted so long, and for as many pages as make a baseline, is how the site is from now on."""

MAX_AGE = timedelta(days=7)
"""A page that was fetched longer ago, such as an imported one, says nothing about how its site is now."""

MAX_SOURCES = 255
"""Of a site, that are told apart; the others count as one."""


@dataclass(slots=True)
class _Site:
    """
    What was seen of a site since the task took over.

    Attributes:
        pages: The last ones.
        before: The baseline, once the site is degraded; None where that is from before the task took over.
        keys: Of the articles that `pages` is of, a ring.
        sources: Their numbers, 0 is for all that came late.
        number: Articles that were counted.
        told_at: `number` when the site was told of last.
    """

    pages: Pages = field(default_factory=Pages)
    before: Pages | None = None
    keys: array[int] = field(default_factory=lambda: array("Q"))
    sources: dict[str, int] = field(default_factory=dict)
    number: int = 0
    told_at: int = 0

    def take(self, seen: Seen) -> bool:
        """
        Count a page, unless its article was counted before; say whether it was.
        """
        if seen.key in self.keys:
            return False
        self.keys.append(seen.key)
        del self.keys[:-KEPT]
        if seen.source not in self.sources and len(self.sources) < MAX_SOURCES:
            self.sources[seen.source] = len(self.sources) + 1
        self.pages.add(seen, self.sources.get(seen.source, 0))
        self.number += 1
        return True


class Drift:
    """
    The sites of a task: what was told of them, which lasts, and their pages, which are counted anew by every task.

    Attributes:
        degraded: Those that are told to be.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._sites: RecentSites[_Site] = RecentSites()
        self.degraded: set[str] = set()
        table.watch(self._changed)

    def __len__(self) -> int:
        return len(self._sites)

    def count(self, seen: Seen, now: datetime) -> tuple[Change, ...]:
        """
        Count a page; say what is to be told of its site, if that is news.
        """
        if now - seen.fetched_at > MAX_AGE:
            return ()
        site = self._sites.of(seen.site, _Site)
        if not site.take(seen):
            return ()
        told = self.told(seen.site) if seen.site in self.degraded else None
        event = _worse(site, seen, now) if told is None else _since(site, told, seen, now)
        if event is None:
            return ()
        site.told_at = site.number
        return (Change(topics.SOURCE_HEALTH, topics.SOURCE_HEALTH.key(event), event),)

    def told(self, site: str) -> SourceHealth | None:
        """
        What was told of a site last.
        """
        found = self._table.get(site)
        return found if isinstance(found, SourceHealth) else None

    def _changed(self, key: str, value: Event | None) -> None:
        is_degraded = isinstance(value, SourceHealth) and value.site is not None and value.state == "degraded"
        (self.degraded.add if is_degraded else self.degraded.discard)(key)


def _worse(site: _Site, seen: Seen, now: datetime) -> SourceHealth | None:
    """
    The news that a site is degraded. Its baseline stays what it was, from here on.
    """
    fall = fallen(site.pages)
    if fall is None:
        return None
    site.before, site.pages = fall.before, site.pages.last(RECENT)
    return _event(seen, ("ok", "degraded"), fall.measures, now)


def _since(site: _Site, told: SourceHealth, seen: Seen, now: datetime) -> SourceHealth | None:
    """
    The news of a degraded site: it is well again, or this is how it is now, or its texts are lost too.
    """
    counted = site.number - site.told_at
    if counted < RECENT:
        return None
    measures = [again(measure, site.pages) for measure in told.measures or () if measure.name in MEASURES]
    if all(map(is_back, measures)):
        site.before, site.pages = None, (site.before or Pages()).then(site.pages.last(RECENT))
        return _event(seen, ("degraded", "ok"), measures, now, "BACK")
    if counted >= MIN_BASELINE and now - told.changed_at >= LASTED:
        site.before = None
        return _event(seen, ("degraded", "ok"), measures, now, "NEW_NORMAL")
    return _lost(site, measures, seen, now)


def _lost(site: _Site, measures: Sequence[Measure], seen: Seen, now: datetime) -> SourceHealth | None:
    """
    What is worst is told even of a site that is degraded already.
    """
    if any(measure.name == NO_BODY for measure in measures):
        return None
    lost = fallen(site.pages, (NO_BODY,), site.before)
    return _event(seen, ("degraded", "degraded"), [*lost.measures, *measures], now) if lost else None


def _event(
    seen: Seen, turn: tuple[str, str], measures: Sequence[Measure], now: datetime, reason: str = ""
) -> SourceHealth:
    was, state = turn
    return SourceHealth.model_validate(
        {
            "url": f"https://{seen.site}/",
            "source_url": f"https://{seen.site}/",
            "state": state,
            "was": was,
            "changed_at": now,
            "reason": reason or measures[0].name.replace("-", "_").upper(),
            "site": seen.site,
            "page_url": seen.url,
            "measures": measures,
        }
    )
