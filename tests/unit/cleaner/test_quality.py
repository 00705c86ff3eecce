"""
What is measured of a page, when a site's pages are worse than they were, and when they are well again.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas import topics
from schemas.events import PageFetched
from schemas.state import Measure, SourceHealth
from services.cleaner.settings import CleanerSettings
from services.cleaner.sites import drift, recent_sites
from services.cleaner.sites.drift import LASTED, MAX_AGE, Drift
from services.cleaner.sites.falls import MIN_BASELINE, fallen, is_back
from services.cleaner.sites.quality import BASELINE, COUNTED, KEPT, RECENT, Pages, Seen, measure
from services.cleaner.stage import clean
from services.runtime.table import Table

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SITE = "hill.example"
MINUTE = timedelta(minutes=1)


def seen(number: int, *faults: str, chars: int = 2000, at: datetime = NOW, source: str = "", site: str = SITE) -> Seen:
    """
    A page with faults.
    """
    bits = sum(1 << COUNTED.index(name) for name in faults)
    return Seen(site, f"https://{site}/{number}", source, at, number, bits, 0 if "no-body" in faults else chars)


class Task:
    """
    A table, and the sites that are counted beside it.
    """

    def __init__(self, table: Table | None = None) -> None:
        self.table = table or Table(SourceHealth)
        self.drift = Drift(self.table)
        self.now = NOW
        self.number = 0

    def count(self, *pages: Seen) -> list[SourceHealth]:
        """
        Count pages; return what is told.
        """
        told = []
        for page in pages:
            for change in self.drift.count(page, self.now):
                self.table.put(change.key, change.value)
                self.table.commit()
                assert isinstance(change.value, SourceHealth)
                told.append(change.value)
        return told

    def feed(self, *kinds: tuple[str, ...], **fields: Any) -> list[SourceHealth]:
        """
        Count a new page of each kind: its faults.
        """
        start, self.number = self.number, self.number + len(kinds)
        known = {"at": self.now} | fields
        return self.count(*(seen(start + place, *faults, **known) for place, faults in enumerate(kinds)))

    def restarted(self) -> Task:
        """
        The next owner: the table is restored, all else is gone.
        """
        self.table.forget()
        heir = Task(self.table)
        heir.now, heir.number = self.now, self.number
        return heir


WELL: tuple[str, ...] = ()
LOST = ("no-body",)
BROKEN = [LOST, WELL, LOST, LOST, WELL]
"""60 % lose their text."""


def broken() -> Task:
    """
    A task that has told of a site that it is degraded.
    """
    task = Task()
    task.feed(*[WELL] * BASELINE)
    assert task.feed(*BROKEN * 4)
    return task


def test_a_redesign_that_loses_the_texts_is_told_within_twenty_pages() -> None:
    """
    Once, with what it was before and what it is now, and a page that shows it.
    """
    task = Task()
    before = task.feed(*[WELL] * (BASELINE + RECENT))
    told = task.feed(*BROKEN * 4)
    after = task.feed(*BROKEN * 20)

    assert (before, after) == ([], [])
    [event] = told
    assert (event.site, event.was, event.state, event.reason) == (SITE, "ok", "degraded", "NO_BODY")
    [found] = event.measures or []
    assert (found.name, found.pages, found.faulty_before, found.pages_before) == ("no-body", 20, 0, 200)
    assert found.faulty >= 9
    assert event.page_url is not None
    assert event.page_url.startswith(f"https://{SITE}/")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("no-date", "NO_DATE"),
        ("no-author", "NO_AUTHOR"),
        ("weak-headline", "WEAK_HEADLINE"),
        ("unsure", "UNSURE"),
        ("repeats", "REPEATS"),
    ],
)
def test_a_redesign_that_loses_a_field_is_told(fault: str, reason: str) -> None:
    """
    Of each measure.
    """
    task = Task()
    task.feed(*[WELL, WELL, WELL, (fault,), *[WELL] * 6] * 20)
    [event] = task.feed(*[(fault,)] * 20)

    assert event.reason == reason
    assert [found.name for found in event.measures or ()] == [fault]


def test_texts_that_end_early_are_told() -> None:
    """
    A short text has less than half of what is usual on the site.
    """
    task = Task()
    for number in range(BASELINE):
        task.feed(WELL, chars=900 + 10 * number)
    told = [event for number in range(RECENT) for event in task.feed(WELL, chars=300 + number)]

    [event] = told
    assert event.reason == "SHORT_TEXT"
    [found] = event.measures or []
    assert found.name == "short-text"
    assert 900 < (found.below_chars or 0) <= 950


def test_all_that_has_fallen_is_told_together() -> None:
    """
    The texts first.
    """
    task = Task()
    task.feed(*[WELL] * BASELINE)
    [event] = task.feed(*[LOST, ("no-date",)] * 10)

    assert [found.name for found in event.measures or ()] == ["no-body", "no-date"]


def test_a_fall_that_twenty_pages_do_not_tell_is_told_by_sixty() -> None:
    """
    Half of the pages lose their text.
    """
    task = Task()
    task.feed(*[*[WELL] * 19, LOST] * 15)
    soon = task.feed(*[LOST, WELL] * 13)
    later = task.feed(*[LOST, WELL] * 20)

    assert soon == []
    assert [(event.reason, (event.measures or [])[0].pages) for event in later] == [("NO_BODY", 60)]


def test_what_a_site_always_does_is_no_fall() -> None:
    """
    Where most pages have no author, or every fifth is a video, that is the baseline.
    """
    task = Task()

    assert task.feed(*[("no-author",), ("no-author",), LOST, ("no-author",), WELL] * 400) == []


def test_a_source_whose_pages_are_of_another_kind_may_have_its_turn() -> None:
    """
    A batch of videos, as that feed always has them; and the first batch of a new source.
    """
    task = Task()
    for _ in range(10):
        task.feed(*[WELL] * 25, source="news")
        task.feed(LOST, LOST, source="videos")
    told = task.feed(*[LOST] * 16, source="videos") + task.feed(*[LOST] * 16, source="shorts")

    assert told == []


def test_a_burst_is_no_fall() -> None:
    """
    A wall that is gone after ten pages.
    """
    task = Task()

    assert task.feed(*[WELL] * BASELINE, *[LOST] * 10, *[WELL] * 50) == []


def test_nothing_is_told_of_a_site_before_it_has_a_baseline() -> None:
    """
    Nobody knows yet what is usual there.
    """
    task = Task()

    assert task.feed(*[WELL] * (MIN_BASELINE - 1), *[LOST] * RECENT)[:1] == []
    assert Task().feed(*[WELL] * MIN_BASELINE, *[LOST] * RECENT) != []


def test_a_recovery_is_told_once_and_the_old_baseline_holds() -> None:
    """
    When the last pages are what they were; the next fall is told again.
    """
    task = broken()
    told = task.feed(*[WELL] * 60)
    again = task.feed(*BROKEN * 4)

    [event] = told
    assert (event.was, event.state, event.reason) == ("degraded", "ok", "BACK")
    assert [found.faulty for found in event.measures or ()] <= [1]
    assert [(each.state, (each.measures or [])[0].pages_before) for each in again] == [("degraded", 200)]


def test_a_page_that_is_well_is_no_recovery() -> None:
    """
    Nor are a few: as many as were looked at for the fall have to be.
    """
    task = broken()

    assert task.feed(*[WELL] * 15, *[LOST] * 5, *[WELL, WELL, LOST] * 20) == []


def test_what_has_lasted_for_two_weeks_is_how_the_site_is() -> None:
    """
    It is told as such, and is the new baseline: nothing is told of it any more.
    """
    task = broken()
    early = task.feed(*BROKEN * 40)
    task.now += LASTED
    later = task.feed(*BROKEN * 40)

    assert early == []
    assert [(event.state, event.reason) for event in later] == [("ok", "NEW_NORMAL")]


def test_lost_texts_are_told_even_of_a_site_that_lacks_dates() -> None:
    """
    The smaller fault does not hide the greater; but the same is not told again.
    """
    task = Task()
    task.feed(*[WELL] * BASELINE)
    first = task.feed(*[("no-date",)] * 40)
    second = task.feed(*[LOST] * 100)

    assert [(event.was, event.state, event.reason) for event in first] == [("ok", "degraded", "NO_DATE")]
    assert [(event.was, event.state, event.reason) for event in second] == [("degraded", "degraded", "NO_BODY")]


def test_a_restarted_task_does_not_tell_a_fall_twice() -> None:
    """
    Though it counts anew, on pages that are all degraded.
    """
    heir = broken().restarted()

    assert heir.feed(*BROKEN * 60) == []
    assert heir.drift.degraded == {SITE}


def test_a_restarted_task_tells_the_recovery() -> None:
    """
    The baseline is in what was told; what was counted of the bad days is none of the next one.
    """
    heir = broken().restarted()
    told = heir.feed(*BROKEN * 30, *[WELL] * 60)
    again = heir.feed(*[WELL] * MIN_BASELINE, *BROKEN * 4)

    assert [(event.was, event.state, event.reason) for event in told] == [("degraded", "ok", "BACK")]
    assert [event.state for event in again] == ["degraded"]
    assert heir.restarted().drift.degraded == {SITE}


def test_an_article_counts_once() -> None:
    """
    However often a broken page is fetched.
    """
    task = Task()
    task.feed(*[WELL] * BASELINE)

    assert task.count(*[seen(9000, "no-body")] * 100) == []


def test_pages_that_were_fetched_long_ago_count_nothing() -> None:
    """
    An archive that is imported is not how the site is now.
    """
    task = Task()
    task.feed(*[WELL] * BASELINE)
    task.now += MAX_AGE + MINUTE

    assert task.feed(*[LOST] * 50, at=NOW) == []


def test_sites_do_not_mix_and_those_not_seen_for_long_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Only so many are counted; what was told of the others stays known.
    """
    monkeypatch.setattr(recent_sites, "MAX_SITES", 3)
    task = broken()
    for other in range(5):
        assert task.feed(LOST, site=f"other-{other}.example") == []

    assert len(task.drift) == 3
    assert task.feed(*BROKEN * 10) == []
    assert [event.state for event in task.feed(*[WELL] * 40)] == ["ok"]


def test_a_measure_of_a_later_release_harms_nobody() -> None:
    """
    It is left out.
    """
    task = broken()
    told = task.table.get(SITE)
    assert isinstance(told, SourceHealth)
    strange = Measure(name="smell", faulty=9, pages=20, faulty_before=0, pages_before=200)
    task.table.put(SITE, told.model_copy(update={"measures": [strange, *(told.measures or ())]}))

    assert [event.state for event in task.feed(*[WELL] * 40)] == ["ok"]


def test_the_memory_of_a_site_is_small() -> None:
    """
    Five bytes and a key a page, of the last ones.
    """
    task = Task()
    task.feed(*[WELL] * 1000)
    site = task.drift._sites.of(SITE, drift._Site)
    held = [site.pages.faults, site.pages.sources, site.pages.chars, site.keys]

    assert [len(each) for each in held] == [KEPT] * 4
    assert sum(map(sys.getsizeof, held)) < 4500


def stationary(seed: int, pages: int) -> Iterable[Seen]:
    """
    A site that stays as it is: sources with rates of their own, in batches, kinds of stories in runs, and walls that
    come and go.
    """
    rng = random.Random(seed)
    rates = [[min(1.0, rng.betavariate(0.6, 10) * 1.5) for _ in COUNTED] for _ in range(1 + seed % 3)]
    faults: list[str] = []
    source = wall = 0
    for number in range(pages):
        if rng.random() < 0.4:
            source = rng.randrange(len(rates))
        if not faults or rng.random() < 0.7:
            faults = [name for name, rate in zip(COUNTED, rates[source], strict=True) if rng.random() < rate]
        wall = rng.randint(1, 3) if rng.random() < 1 / 1000 else max(0, wall - 1)
        now = ["no-body"] if wall or "no-body" in faults else faults
        yield seen(number, *now, chars=int(rng.lognormvariate(7.5, 0.6)), source=str(source))


def test_a_site_that_stays_as_it_is_is_never_told_of() -> None:
    """
    Whatever its noise.
    """
    told = [event for seed in range(4) for event in Task().count(*stationary(seed, 1000))]

    assert told == []


def test_a_measure_is_back_within_a_page_of_what_it_was() -> None:
    """
    By its share: 2 of 20 are as many as 20 of 200, and one more is none.
    """

    def now(faulty: int, pages: int = 20) -> Measure:
        return Measure(name="no-date", faulty=faulty, pages=pages, faulty_before=20, pages_before=200)

    assert [is_back(now(faulty)) for faulty in (0, 3, 4)] == [True, True, False]
    assert not is_back(now(0, pages=9))


def test_too_few_pages_tell_nothing() -> None:
    """
    Neither last ones nor those before.
    """
    pages = Pages()
    pages.add(seen(1, "no-body"), 1)

    assert fallen(pages) is None


GOOD = '<meta property="og:title" content="The dam held"><meta property="article:published_time" content="2025-03-09">'


def faults_of(page: PageFetched) -> set[str]:
    """
    What is measured of a page by the names of its faults.
    """
    found = measure(page, clean(page, CleanerSettings()))
    assert found is not None
    return {name for at, name in enumerate(COUNTED) if found.faults >> at & 1}


def test_a_page_that_states_all_has_no_fault(make_page: Callable[..., PageFetched], html: Callable[..., str]) -> None:
    """
    But for what the classifier makes of so short a text.
    """
    head = GOOD + '<meta name="author" content="Ada Rivers">'

    assert faults_of(make_page(html(head=head))) <= {"unsure"}


def test_what_a_page_lacks_is_measured(make_page: Callable[..., PageFetched], html: Callable[..., str]) -> None:
    """
    A date, an author; and a paragraph that stands in its text twice.
    """
    twice = "<p>The road to the village stays closed until Monday at noon, the council said in a letter.</p>" * 2

    assert {"no-date", "no-author"} <= faults_of(make_page(html()))
    assert "repeats" in faults_of(make_page(html(twice)))


def test_a_page_without_a_text_is_measured_by_the_address_that_was_asked_for(
    make_page: Callable[..., PageFetched],
) -> None:
    """
    All pages may lead to one wall, and are pages all the same.
    """
    pages = [
        make_page("<html><body></body></html>", "https://a.example/wall", request_url=f"https://a.example/{n}")
        for n in range(3)
    ]
    found = [measure(page, clean(page, CleanerSettings())) for page in pages]

    assert len({each.key for each in found if each}) == 3
    assert all(each and each.faults == 1 and each.chars == 0 for each in found)


def test_an_answer_without_success_says_nothing_of_how_pages_are_read(make_page: Callable[..., PageFetched]) -> None:
    """
    That is the fetcher's to tell.
    """
    page = make_page("<html></html>", status=404)

    assert measure(page, clean(page, CleanerSettings())) is None


def test_an_event_has_the_key_and_the_place_of_its_site() -> None:
    """
    Its partition is the one of the site's pages; a list keeps its own key.
    """
    [event] = [event for event in [broken().table.get(SITE)] if isinstance(event, SourceHealth)]
    listed = event.model_copy(update={"site": None, "url": "https://www.hill.example/feed"})

    assert topics.SOURCE_HEALTH.key(event) == SITE
    assert topics.SOURCE_HEALTH.partition(event, 12) == topics.partition_of(SITE, 12)
    assert topics.SOURCE_HEALTH.key(listed) == "https://www.hill.example/feed"
    assert topics.SOURCE_HEALTH.partition(listed, 12) == topics.partition_of(SITE, 12)


def test_events_of_before_are_still_read() -> None:
    """
    They have neither site nor measures.
    """
    old = (
        b'{"url":"https://a.example/f","sourceUrl":"https://a.example/f","state":"silent","was":"ok",'
        b'"changedAt":"2026-01-01T00:00:00.000Z","reason":"SILENT","attempts":0,"labels":{}}'
    )
    event = SourceHealth.from_wire(old, {})

    assert (event.site, event.measures) == (None, None)
    assert event.to_wire()[0] == old


SCRIPT = """
from tests.unit.cleaner.test_quality import BROKEN, broken
print(broken().table.get("hill.example").to_wire()[0])
"""


def test_any_process_tells_the_same_bytes() -> None:
    """
    Whatever the seed of hashes.
    """
    printed = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }

    assert len(printed) == 1
