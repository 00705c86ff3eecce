"""
What of a list is asked for, and what is remembered of it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.base import rfc3339
from schemas.parts import Hints, ListRules
from services.fetcher.listings import Child, Entry, Listing
from services.fetcher.selection import MAX_ITEMS, MAX_UNDATED_CHILDREN, Document, Rhythm, select

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def entry(path: str, days: float | None = None, **hints: Any) -> Entry:
    dated = {} if days is None else {"modified": rfc3339(NOW - timedelta(days=days))}
    return Entry(((f"https://a.example/{path}", None),), Hints(**{**dated, **hints}))


def choose(*entries: Entry, is_sitemap: bool = False, **rules: Any) -> Document:
    return select(Listing(entries, is_sitemap=is_sitemap), ListRules(**rules), NOW)


def paths(document: Document) -> list[str]:
    return [item.url.removeprefix("https://a.example/") for item in document.items]


def test_a_link_has_to_be_allowed_and_not_denied() -> None:
    """
    Denial wins; what is left out is counted.
    """
    given = [entry("news/1"), entry("news/video/2"), entry("shop/3")]
    document = choose(*given, allow=["/news/"], deny=["/video/"])

    assert paths(document) == ["news/1"]
    assert document.left == 2


def test_old_links_of_a_sitemap_are_left() -> None:
    """
    Two days by default, with a day's grace for dates without a time; what has no date is taken.
    """
    given = [entry("new", 1), entry("day", 2.9), entry("old", 4), entry("undated")]

    assert paths(choose(*given, is_sitemap=True)) == ["new", "day", "undated"]
    assert paths(choose(*given)) == ["new", "day", "old", "undated"]


def test_the_front_page_in_a_sitemap_is_no_article() -> None:
    """
    It changes with every article of the site.
    """
    assert paths(choose(entry(""), entry("1"), is_sitemap=True)) == ["1"]


def test_the_age_is_the_sources_to_set() -> None:
    """
    For feeds too, and as long as one likes.
    """
    given = [entry("new", 1), entry("old", 4)]

    assert paths(choose(*given, max_age_s=0)) == ["new"]
    assert paths(choose(*given, is_sitemap=True, max_age_s=10**12)) == ["new", "old"]


def test_another_date_of_change_makes_another_digest() -> None:
    """
    So that an edit is news.
    """
    [before] = choose(entry("a", 1)).items
    [after] = choose(entry("a", 0.5)).items

    assert before.digest != after.digest


def test_a_date_that_all_entries_share_is_that_of_the_file() -> None:
    """
    It says nothing of any of them: a list that is written anew each time is not read as edits of everything.
    """
    before = choose(entry("a", 1), entry("b", 1))
    after = choose(entry("a", 0.5), entry("b", 0.5))

    assert [item.digest for item in before.items] == [item.digest for item in after.items]
    assert before.items[0].hints.modified is None


def test_of_a_large_list_the_newest_are_remembered() -> None:
    """
    The mark is the date of the newest that is not; undated entries come last.
    """
    dated = [entry(str(n), days=n / 10_000) for n in range(MAX_ITEMS + 10)]
    document = choose(entry("undated"), *dated)

    assert len(document.items) == MAX_ITEMS
    assert document.mark == NOW - timedelta(days=MAX_ITEMS / 10_000)
    assert document.is_cut
    assert "undated" not in paths(document)


def test_of_a_large_list_without_dates_both_ends_are_taken() -> None:
    """
    Lists grow at either end.
    """
    document = choose(*(entry(str(n)) for n in range(MAX_ITEMS * 2)))

    assert (paths(document)[0], paths(document)[-1]) == ("0", str(MAX_ITEMS * 2 - 1))
    assert len(document.items) == MAX_ITEMS
    assert document.mark is None


def test_lists_that_do_not_say_when_they_changed_are_few() -> None:
    """
    Each of them has to be asked every time.
    """
    children = tuple(Child(f"https://a.example/{n}.xml") for n in range(300))
    document = select(Listing(children=children), ListRules(), NOW)

    assert len(document.branches) == MAX_UNDATED_CHILDREN
    assert [document.branches[n].url for n in (0, -1)] == ["https://a.example/0.xml", "https://a.example/299.xml"]
    assert document.is_cut


def test_a_list_may_be_denied_but_need_not_be_allowed() -> None:
    """
    Patterns that allow are meant for articles.
    """
    children = (Child("https://a.example/video.xml"), Child("https://a.example/posts.xml"))
    document = select(Listing(children=children), ListRules(allow=["/2026/"], deny=["video"]), NOW)

    assert [branch.url for branch in document.branches] == ["https://a.example/posts.xml"]


@pytest.mark.parametrize(
    ("days", "rhythm"),
    [([], None), ([1], None), ([1, 2, 4], Rhythm(2, 2 * 86400.0)), ([-5, 1, 2], Rhythm(1, 86400.0))],
)
def test_the_pauses_between_dates_are_its_rhythm(days: list[float], rhythm: Rhythm | None) -> None:
    """
    Dates of the future do not count.
    """
    assert choose(*(entry(str(n), days=n) for n in days)).rhythm == rhythm
