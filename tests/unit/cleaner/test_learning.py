"""
What a task remembers of sites: snapshots that never change, and counts that stay small.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import topics
from schemas.events import ArticleCleaned
from schemas.parts import Timeline
from schemas.state import SiteLines, SourceHealth
from services.cleaner.sites import learning, recent_sites
from services.cleaner.sites.drift import Drift
from services.cleaner.sites.learning import KEPT, LEAD, PAUSE, Memory, Snapshots, first_valid, known_lines, learn
from services.cleaner.sites.site_lines import Sighting, digest_of
from services.runtime.table import Table

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMESPACE = UUID(int=9)
MINUTE = timedelta(minutes=1)


def article(number: int, at: datetime, site: str = "hill.example") -> ArticleCleaned:
    """
    An article of a site.
    """
    return ArticleCleaned(
        article_id=uuid5(NAMESPACE, f"{site}/{number}"),
        page_id=uuid5(NAMESPACE, f"{site}/{number}/{at}"),
        url=f"https://{site}/{number}",
        site=site,
        headline="The dam held",
        article_body="The dam held.",
        timeline=Timeline(fetched_at=at),
        generation=1,
    )


def seen(number: int, *lines: str) -> Sighting:
    """
    What a page tells whose story no other number has.
    """
    return Sighting(digest_of(f"story {number}") or b"", b"".join(digest_of(line) or b"" for line in lines))


class Task:
    """
    A table, and what is remembered beside it.
    """

    def __init__(self, table: Table | None = None) -> None:
        self.table = table or Table(SiteLines)
        self.memory = Memory(Snapshots(self.table), Drift(Table(SourceHealth)))

    def learn(self, page: ArticleCleaned, sighting: Sighting, now: datetime) -> int:
        """
        Count a page; return how many changes of the table it led to.
        """
        changes = learn(self.memory, page, sighting, now)
        for change in changes:
            self.table.put(change.key, change.value)
        self.table.commit()
        return len(changes)

    def digest_at(self, at: datetime, site: str = "hill.example") -> str:
        """
        Names what a page that is fetched at a time is cleaned with.
        """
        return known_lines(self.memory.snapshots.in_force(site, at)).digest


EVENTS = st.lists(st.tuples(st.integers(0, 20 * 60), st.integers(0, 600), st.integers(0, 3)), min_size=30, max_size=120)


@given(EVENTS, st.integers(0, 120))
@settings(max_examples=40)
def test_no_page_is_ever_cleaned_with_anything_else_than_at_first(
    events: list[tuple[int, int, int]], restart: int
) -> None:
    """
    Whatever the order in which pages come, how late they are, and where the task starts anew: when all is over, each
    page finds the snapshot that it found then.
    """
    task, now, found = Task(), NOW, []
    for number, (wait, late, kind) in enumerate(events):
        now += wait * MINUTE
        at = now - late * MINUTE
        found.append((at, task.digest_at(at)))
        if number == restart:
            task = Task(task.table)
        task.learn(article(number, at), seen(number, f"kind {kind}", f"part {number // 20}", "house"), now)

    assert [(at, task.digest_at(at)) for at, _ in found] == found
    assert [(at, Task(task.table).digest_at(at)) for at, _ in found] == found


def test_a_page_ahead_of_the_clock_is_safe_too() -> None:
    """
    What is learned after it is valid after it, for as long as the task remembers.
    """
    task = Task()
    ahead = NOW + timedelta(days=3)
    task.learn(article(0, ahead), seen(0, "house"), NOW)
    for number in range(1, 8):
        task.learn(article(number, NOW), seen(number, "house"), NOW)

    assert task.digest_at(ahead) == ""
    assert task.digest_at(ahead + LEAD) != ""


def test_a_moment_is_rounded_up_to_seconds() -> None:
    """
    Never down: the hour is whole.
    """
    odd = NOW.replace(microsecond=1000)

    assert first_valid(odd, NOW) == NOW + LEAD + timedelta(seconds=1)
    assert first_valid(NOW, NOW - LEAD) == NOW + LEAD


def test_equal_lines_have_one_name() -> None:
    """
    Other lines, and other shares, have others.
    """
    one = SiteLines(site="a.example", valid_from=NOW, lines={"0" * 16: 40, "1" * 16: 50}, articles=9, page_id=NAMESPACE)
    later = one.model_copy(update={"valid_from": NOW + PAUSE, "lines": {"1" * 16: 50, "0" * 16: 40}})
    other = one.model_copy(update={"lines": {"0" * 16: 41, "1" * 16: 50}})

    assert known_lines(one) == known_lines(later)
    assert known_lines(one).digest != known_lines(other).digest


def test_old_snapshots_are_deleted_with_the_next() -> None:
    """
    By then no page is kept that was cleaned with them.
    """
    task = Task()
    for number in range(8):
        task.learn(article(number, NOW), seen(number, "house"), NOW)
    late = NOW + KEPT + 2 * LEAD
    changes = [task.learn(article(100 + number, late), seen(100 + number, "house"), late) for number in range(8)]

    assert sum(changes) == 2
    assert list(task.table) == [f"hill.example@{(late + LEAD).strftime('%Y-%m-%dT%H:%M:%S')}.000Z"]


def test_a_line_that_is_seen_no_more_falls_out_after_two_hundred_articles() -> None:
    """
    And not before.
    """
    task = Task()
    for number in range(205):
        now = NOW + number * timedelta(hours=1)
        task.learn(article(number, now), seen(number, "house", *(["gone"] if number < 6 else ())), now)
    before = len(task.memory.snapshots.newest("hill.example", now + 2 * LEAD).lines)  # type: ignore[union-attr]
    task.learn(article(300, now), seen(300, "house"), now)
    [*_, after] = [SiteLines.model_validate(task.table.get(key)).lines for key in task.table]

    assert (before, len(after)) == (2, 1)


def test_a_restless_site_has_few_snapshots() -> None:
    """
    The more it has, the longer it waits.
    """
    task = Task()
    for number in range(4000):
        now = NOW + number * timedelta(hours=1)
        task.learn(article(number, now), seen(number, f"offer {number // 12}", "house"), now)

    assert 20 < len(task.table) <= 101


def test_a_site_that_was_not_seen_for_long_is_forgotten_and_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Only so many are counted; what was learned of the others stays known.
    """
    monkeypatch.setattr(recent_sites, "MAX_SITES", 3)
    task = Task()
    for number in range(7):
        task.learn(article(number, NOW), seen(number, "house"), NOW)
    for other in range(5):
        task.learn(article(other, NOW, f"site-{other}.example"), seen(other, "house"), NOW)
    again = task.learn(article(99, NOW), seen(99, "house"), NOW + LEAD)

    assert len(task.memory) == 3
    assert again == 0
    assert task.digest_at(NOW + LEAD) != ""


def test_a_key_of_the_table_is_the_key_of_its_topic() -> None:
    """
    And its partition is the one of the site's pages.
    """
    snapshot = SiteLines(site="a.example", valid_from=NOW, lines={}, articles=0, page_id=NAMESPACE)

    assert topics.SITE_LINES.key(snapshot) == learning.key_of("a.example", NOW)
    assert topics.SITE_LINES.partition(snapshot, 12) == topics.partition_of("a.example", 12)
