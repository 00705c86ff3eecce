"""
The cleaner's stage with what it learns of sites: lines that recur, as snapshots that never change; and how well their
pages can be read (`drift`).

    page + lines known when it was fetched --> work --> article, and what was seen --> decide --> article
                                                                                           +----> a new snapshot, rarely

A page uses the newest snapshot of its site that is valid from its `fetched_at` or before, for at most `IN_FORCE`. A
snapshot is valid an hour after it is known at the earliest, so no page that was cleaned without it is ever cleaned with
it: a replay gives the same bytes and ids, whatever was learned since. Only live pages are counted.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from schemas import topics
from schemas.base import Event, rfc3339
from schemas.events import ArticleCleaned, PageFetched
from schemas.ids import sha256_hex
from schemas.state import SiteLines
from services.cleaner.settings import CleanerSettings
from services.cleaner.sites.drift import Drift
from services.cleaner.sites.line_counts import SiteCounts, joined, learned
from services.cleaner.sites.quality import Seen, measure
from services.cleaner.sites.recent_sites import RecentSites
from services.cleaner.sites.site_lines import NO_LINES, KnownLines, Sighting
from services.cleaner.stage import study
from services.runtime.outcome import Change, Emit, Outcome
from services.runtime.stage import Assignment, Cause, Tables
from services.runtime.table import Table

LEAD = timedelta(hours=1)
"""Between a snapshot and its first page: longer than any page is under way, and than clocks differ."""

PAUSE, PER_PAUSE = timedelta(hours=6), 8
"""Between two snapshots of a site; once more for every eight that it has, so that a restless one stays small."""

RENEW_AFTER, IN_FORCE, KEPT = timedelta(days=30), timedelta(days=60), timedelta(days=330)
"""
An unchanged snapshot is written anew after the first, used for no longer than the second, and deleted after the third.
The topic keeps records for longer, and pages are kept for 90 days, so what a page was cleaned with outlives the page.
"""

LAST_MOMENT = datetime(9999, 1, 1, tzinfo=UTC)
"""A page that claims to be fetched later teaches nothing."""


@dataclass(frozen=True)
class Cleaned:
    """
    What `work` made of a page, and what is to be counted of it (None: nothing): its lines, and how well it was read.
    """

    outcome: Outcome
    sighting: Sighting | None = None
    seen: Seen | None = None


class Snapshots:
    """
    The snapshots of this partition's sites.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._starts: defaultdict[str, list[datetime]] = defaultdict(list)
        for key in table:
            site, _, start = key.rpartition("@")
            self._starts[site].append(datetime.fromisoformat(start))
        for starts in self._starts.values():
            starts.sort()

    def newest(self, site: str, moment: datetime) -> SiteLines | None:
        """
        The newest snapshot of a site that is valid from a moment or before.
        """
        starts = self._starts.get(site, [])
        for start in reversed(starts[: bisect_right(starts, moment)]):
            found = self._table.get(key_of(site, start))
            if isinstance(found, SiteLines):
                return found
        return None

    def in_force(self, site: str, moment: datetime) -> SiteLines | None:
        """
        The snapshot that pages of a site that were fetched at a moment are cleaned with.
        """
        found = self.newest(site, moment)
        return found if found is not None and moment - found.valid_from < IN_FORCE else None

    def count(self, site: str) -> int:
        """
        How many a site has.
        """
        return len(self._starts.get(site, ()))

    def __len__(self) -> int:
        return len(self._table)

    def add(self, snapshot: SiteLines, moment: datetime) -> tuple[Change, ...]:
        """
        Take a new one in, and let go of the site's that are old by a moment; say how the table changes.
        """
        starts = self._starts[snapshot.site]
        old = [start for start in starts if moment - start >= KEPT]
        for start in old:
            starts.remove(start)
        insort(starts, snapshot.valid_from)
        return (
            Change(topics.SITE_LINES, topics.SITE_LINES.key(snapshot), snapshot),
            *(Change(topics.SITE_LINES, key_of(snapshot.site, start), None) for start in old),
        )


class Memory:
    """
    The task's state: snapshots, and what was told of sites, which last; counts, which begin anew with every task.
    """

    def __init__(self, snapshots: Snapshots, drift: Drift) -> None:
        self.snapshots = snapshots
        self.drift = drift
        self._counts: RecentSites[SiteCounts] = RecentSites()

    def __len__(self) -> int:
        return len(self._counts)

    def counts(self, site: str, moment: datetime) -> SiteCounts:
        """
        What was seen of a site.
        """
        return self._counts.of(
            site, lambda: SiteCounts.after(known_lines(self.snapshots.newest(site, moment + LEAD)).shares)
        )


def open_memory(assignment: Assignment, tables: Tables) -> Memory:  # noqa: ARG001 - a stage's signature
    """
    Make the task's state from its restored tables.
    """
    return Memory(Snapshots(tables[topics.SITE_LINES.name]), Drift(tables[topics.SOURCE_HEALTH.name]))


def figures(memory: Memory) -> Mapping[str, float]:
    """
    What is to be seen of it in metrics.
    """
    return {
        "sites_counted": len(memory.drift),
        "sites_degraded": len(memory.drift.degraded),
        "snapshots": len(memory.snapshots),
    }


def key_of(site: str, valid_from: datetime) -> str:
    """
    The key of a snapshot.
    """
    return f"{site}@{rfc3339(valid_from)}"


def known_lines(snapshot: SiteLines | None) -> KnownLines:
    """
    What a snapshot says, as pages are cleaned with it. Equal lines and shares have equal digests, whenever valid.
    """
    if snapshot is None:
        return NO_LINES
    lines = sorted(snapshot.lines.items())
    digest = sha256_hex("\n".join(f"{line} {share}" for line, share in lines).encode())[:16]
    return KnownLines(digest, {bytes.fromhex(line): share for line, share in lines})


def lines_for(memory: Memory, page: Event, *, settings: CleanerSettings) -> KnownLines:
    """
    What `work` is to know of a page's site.
    """
    assert isinstance(page, PageFetched)
    if not _takes_part(page.meta.site, settings):
        return NO_LINES
    return known_lines(memory.snapshots.in_force(page.meta.site, page.meta.fetched_at))


def work(page: PageFetched, lines: KnownLines = NO_LINES, *, settings: CleanerSettings) -> Cleaned:
    """
    Clean a page. Pure: equal pages, lines and settings give equal outcomes; the lines are named in the event's id.
    """
    studied = study(page, settings, lines)
    outcome = studied.outcome
    if isinstance(outcome, Emit):
        events = tuple(replace(emission, depends_on=lines.digest) for emission in outcome.events)
        outcome = replace(outcome, events=events)
    is_counted = studied.draft is not None and _takes_part(page.meta.site, settings)
    sighting = studied.draft.sighting if studied.draft and is_counted else None
    return Cleaned(outcome, sighting, measure(page, outcome))


def decide(memory: Memory, cleaned: Cleaned, cause: Cause, now: datetime) -> Outcome:
    """
    Emit what `work` made, count what was seen of a live page, and now and then say what was learned.

    The time of day sets from when on a new snapshot is valid, which are old enough to be deleted, and for how long a
    site has been degraded; nothing else.
    """
    outcome = cleaned.outcome
    is_live = cause.record is not None and cause.record.origin.topic == topics.PAGE_FETCHED.name
    if not is_live:
        return outcome
    changes = memory.drift.count(cleaned.seen, now) if cleaned.seen else ()
    if cleaned.sighting is not None and isinstance(outcome, Emit):
        article = outcome.events[0].event
        assert isinstance(article, ArticleCleaned)
        changes = (*changes, *learn(memory, article, cleaned.sighting, now))
    return replace(outcome, changes=(*outcome.changes, *changes)) if changes else outcome


def learn(memory: Memory, article: ArticleCleaned, sighting: Sighting, now: datetime) -> tuple[Change, ...]:
    """
    Count one article; return the table's changes if the lines of its site are others than those last known.
    """
    fetched_at = article.timeline.fetched_at
    if fetched_at >= LAST_MOMENT:
        return ()
    counts = memory.counts(article.site, max(now, fetched_at))
    counts.latest = max(counts.latest, fetched_at)
    if not counts.count(article.article_id, sighting):
        return ()
    start = first_valid(now, counts.latest)
    before = memory.snapshots.newest(article.site, start)
    lines = _new_lines(memory, counts, before, start)
    if lines is None:
        return ()
    counts.know(lines)
    snapshot = SiteLines(
        site=article.site,
        valid_from=start,
        lines={digest.hex(): share for digest, share in lines.items()},
        articles=len(counts.window),
        page_id=article.page_id,
    )
    return memory.snapshots.add(snapshot, min(now, fetched_at))


def first_valid(now: datetime, latest: datetime) -> datetime:
    """
    From when on a snapshot made now may be valid, in whole seconds: when no page under way can have been fetched yet.
    """
    moment = max(now, latest) + LEAD
    return moment.replace(microsecond=0) + timedelta(seconds=moment.microsecond > 0)


def _new_lines(
    memory: Memory, counts: SiteCounts, before: SiteLines | None, start: datetime
) -> Mapping[bytes, int] | None:
    age = start - before.valid_from if before else None
    held = memory.snapshots.count(before.site) if before else 0
    if age is not None and age < PAUSE * (1 + held // PER_PAUSE):
        return None
    known = known_lines(before).shares
    if counts.seen.keys() != known.keys():
        counts.know(known)
    lines = joined(learned(counts.window), known, counts.lasting())
    is_same = lines.keys() == known.keys()
    if is_same and (not known or age is None or age < RENEW_AFTER):
        return None
    return lines


def _takes_part(site: str, settings: CleanerSettings) -> bool:
    return settings.site_lines and site not in settings.site_lines_kept
