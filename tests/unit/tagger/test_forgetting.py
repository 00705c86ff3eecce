from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import topics
from schemas.parts import Timeline
from schemas.state import LedgerEntry
from services.runtime.outcome import Emit, Outcome
from services.runtime.stage import Assignment, Cause
from services.runtime.table import Table
from services.tagger.facets import Found
from services.tagger.forgetting import KEPT_DAYS, LOOKS, Calendar, remains
from services.tagger.ledger import judge, page_facts
from services.tagger.stage import Annotated, decide, open_ledger
from tests.unit.tagger.conftest import SETTINGS, START, make_article

BODY = " ".join(f"word{n}" for n in range(80))
BODIES = (BODY, BODY + " a comma", BODY + " " + " ".join(f"more{n}" for n in range(60)), "")
YEAR = timedelta(days=365)
FILLERS = 1000


def page(article: int, at: datetime, body: str = BODY, generation: int = 1) -> Annotated:
    """
    A page of an article; equal arguments make the same page.
    """
    made = make_article(
        body,
        article_id=UUID(int=article),
        page_id=UUID(int=(article << 64) + int(at.timestamp())),
        timeline=Timeline(fetched_at=at),
        generation=generation,
        url=f"https://paper.example/{article}",
    )
    return Annotated(made, page_facts(made, generation), Found(), {})


class Tagger:
    """
    A ledger over its table, and every change that was written.
    """

    def __init__(self, records: Iterable[tuple[str, bytes | None]] = ()) -> None:
        self.written: list[tuple[str, bytes | None]] = []
        self.table = Table(topics.LEDGER.event)
        for key, value in records:
            self.table.restore(key, value)
        assignment = Assignment(0, 1, START, 0.0)
        self.ledger = open_ledger(assignment, {topics.LEDGER.name: self.table}, SETTINGS)

    def take(self, annotated: Annotated, now: datetime) -> Outcome:
        outcome = decide(self.ledger, annotated, Cause(), now)
        for change in outcome.changes:
            self.table.put(change.key, change.value)
            self.written.append((change.key, change.value.to_wire()[0] if change.value else None))
        self.table.commit()
        return outcome

    def catch_up(self, now: datetime, articles: int = 20) -> None:
        """
        Let some new articles pass, each of which has a few old ones forgotten.
        """
        for number in range(articles):
            self.take(page(FILLERS + number, now), now)

    def entry(self, article: int) -> LedgerEntry | None:
        return self.ledger.entry(UUID(int=article))

    def memory(self) -> dict[str, Any]:
        return {key: self.table.get(key) for key in self.table}


@pytest.fixture
def tagger() -> Tagger:
    """
    One that knows one article, since the start.
    """
    made = Tagger()
    made.take(page(1, START), START)
    return made


def test_a_sketch_is_forgotten_after_its_days(tagger: Tagger) -> None:
    """
    Not a day before; the rest of the entry is as it was.
    """
    whole = tagger.entry(1)
    tagger.catch_up(START + timedelta(days=SETTINGS.sketch_days - 1))
    before = tagger.entry(1)
    tagger.catch_up(START + timedelta(days=SETTINGS.sketch_days))
    assert whole is not None

    assert before == whole
    assert tagger.entry(1) == whole.model_copy(update={"sketch": [], "is_thin": True})


def test_an_article_is_forgotten_with_its_event(tagger: Tagger) -> None:
    """
    By a tombstone, with one of the articles that show that its time is over, and not before the topic has deleted it.
    """
    tagger.catch_up(START + timedelta(days=KEPT_DAYS - 1))
    before = tagger.entry(1)
    ends = [tagger.take(page(n, later := START + timedelta(days=KEPT_DAYS)), later) for n in (2, 3)]

    assert before is not None
    assert (str(UUID(int=1)), None) in [(change.key, change.value) for end in ends for change in end.changes]
    assert timedelta(days=KEPT_DAYS) > YEAR


def test_few_are_forgotten_at_a_time() -> None:
    """
    However many are due, an article does not wait for them; after as many articles all are forgotten.
    """
    tagger, later = Tagger(), START + timedelta(days=KEPT_DAYS)
    for number in range(1, 101):
        tagger.take(page(number, START), START)
    counts = [len(tagger.take(page(FILLERS + n, later), later).changes) for n in range(60)]

    assert max(counts) <= 1 + LOOKS
    assert len(tagger.ledger) == 60


def test_a_page_of_the_future_forgets_nothing(tagger: Tagger) -> None:
    """
    Nor does a clock that is wrong: both have to say that it is late.
    """
    tagger.take(page(2, START + 9 * YEAR), START)
    tagger.catch_up(START)
    other = Tagger(tagger.written[:1])
    other.take(page(2, START), START + 9 * YEAR)
    other.take(page(3, START), START + 9 * YEAR)

    assert [each is not None and not each.is_thin for each in (tagger.entry(1), other.entry(1))] == [True, True]


def test_an_archive_is_published_and_known_for_as_long_as_its_events() -> None:
    """
    Pages of years ago are new to us: each comes once, the newest stands, and an older one after it does not.
    """
    tagger, past = Tagger(), START - 9 * YEAR
    tagger.catch_up(START)
    ends = [tagger.take(page(1, past + timedelta(days=days), BODIES[days % 3]), START) for days in (0, 700, 5)]
    tagger.catch_up(START + timedelta(days=20), 30)

    assert [end.reason for end in ends] == ["EMITTED", "EMITTED", "SUPERSEDED"]
    assert (found := tagger.entry(1)) is not None
    assert (found.version, found.is_thin) == (2, False)


def test_a_replay_makes_known_for_another_year(tagger: Tagger) -> None:
    """
    The event stands on the topic anew, so what stands there is known as long.
    """
    tagger.take(page(2, START + YEAR), START + YEAR)
    again = tagger.take(page(1, START), START + YEAR)
    tagger.catch_up(START + timedelta(days=KEPT_DAYS))

    assert isinstance(again, Emit)
    assert tagger.entry(1) is not None


def test_a_forgotten_article_begins_anew(tagger: Tagger) -> None:
    """
    Version 1, later than what it had; a withdrawal of it tells nobody anything.
    """
    later = START + timedelta(days=KEPT_DAYS + 1)
    tagger.catch_up(later)
    tagger.take(page(1, later, BODIES[2]), later)

    assert (found := tagger.entry(1)) is not None
    assert (found.version, found.revised_at) == (1, later)


@given(st.sampled_from(BODIES), st.sampled_from(BODIES), st.integers(1, 3))
def test_a_thin_entry_is_never_issued_again(old: str, new: str, generation: int) -> None:
    """
    A later page reads the same, or is the next version, of which nobody says how much is new.
    """
    known = judge(None, page(1, START, old).facts).entry
    assert known is not None
    thin = remains(known, 0)
    assert thin is not None
    verdict = judge(thin, page(1, START + YEAR, new, generation).facts)
    assert verdict.entry is not None

    if verdict.kind == "unchanged":
        assert (verdict.entry.version, verdict.entry.sketch, verdict.entry.is_thin) == (1, known.sketch, False)
    else:
        assert (verdict.kind, verdict.entry.version, verdict.entry.change_ratio) == ("publish", 2, None)


Step = st.tuples(
    st.integers(1, 3),  # article
    st.integers(0, 200),  # days until it comes
    st.integers(0, 500),  # days since it was fetched
    st.sampled_from(BODIES),
    st.integers(1, 2),
)
Courses = st.lists(Step, min_size=1, max_size=12)


def run(course: list[tuple[int, int, int, str, int]]) -> tuple[Tagger, list[tuple[int, datetime, Outcome]]]:
    """
    Take pages of three articles over years, in any order, with live articles between.
    """
    tagger, now, ends = Tagger(), START, []
    for article, passed, age, body, generation in course:
        now += timedelta(days=passed)
        tagger.catch_up(now, 2)
        ends.append((article, now, tagger.take(page(article, now - timedelta(days=age), body, generation), now)))
    return tagger, ends


@given(Courses)
def test_no_key_goes_backwards_while_its_event_is_kept(course: list[tuple[int, int, int, str, int]]) -> None:
    """
    Whatever comes late, and whatever was forgotten meanwhile.
    """
    last: dict[int, tuple[datetime, tuple[datetime, int]]] = {}
    for article, now, end in run(course)[1]:
        if not isinstance(end, Emit):
            continue
        event = end.events[0].event
        stands = (event.revised_at, event.version)  # type: ignore[attr-defined]
        if article in last and now - last[article][0] <= YEAR:
            assert last[article][1] <= stands
        last[article] = (now, stands)


@settings(max_examples=40)
@given(Courses)
def test_a_restart_remembers_the_same_and_forgets_the_same(course: list[tuple[int, int, int, str, int]]) -> None:
    """
    What is left after forgetting is what the topic gives to a new owner, and both go on alike.
    """
    tagger, ends = run(course)
    other = Tagger(tagger.written)
    restored = other.memory()
    later = ends[-1][1] + timedelta(days=SETTINGS.sketch_days)

    assert restored == tagger.memory()
    tagger.catch_up(later, 15)
    other.catch_up(later, 15)
    assert other.memory() == tagger.memory()


@given(st.lists(st.tuples(st.integers(0, 3), st.binary(min_size=16, max_size=16)), max_size=20), st.randoms())
def test_a_calendar_has_one_order(noted: list[tuple[int, bytes]], random: Any) -> None:
    """
    By day, then by id, however it was noted.
    """
    shuffled = random.sample(noted, len(noted))

    assert _emptied(noted) == _emptied(shuffled) == sorted(set(noted))


def _emptied(noted: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    calendar, found = Calendar(), []
    for day, each in noted:
        calendar.add(day, each)
    while taken := calendar.oldest(3)[1]:
        day = calendar.oldest(3)[0]
        found += [(day, each) for each in taken]
        calendar.strike(day, len(taken))
    assert len(calendar) == 0
    return found
