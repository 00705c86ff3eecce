"""
What is over for long is forgotten.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.fetcher.answers import Forget
from services.fetcher.past import AT_ONCE, PAUSE, STEP, Past, is_over
from tests.unit.fetcher.test_frontier import NOW, Bench, after, entry, rules

DAY_S = 86_400


def over(url: str, **fields: Any) -> Any:
    return entry(url, **({"state": "done", "due_at": None} | fields))


@pytest.mark.parametrize(
    ("fields", "is_so"),
    [
        ({"state": "done", "due_at": None}, True),
        ({"state": "failed", "due_at": None}, True),
        ({"state": "done", "due_at": NOW}, False),
        ({"state": "waiting"}, False),
        ({"kind": "robots", "state": "done", "due_at": NOW}, True),
        ({"kind": "feed", "state": "waiting", "min_interval_s": 60}, False),
    ],
)
def test_what_is_over(fields: Any, is_so: bool) -> None:
    """
    What waits, is watched, or is to be looked at again is not.
    """
    assert is_over(entry("https://a.example/1", **fields)) == is_so


def test_what_is_over_for_thirty_days_is_forgotten() -> None:
    """
    Not a day sooner; due tells when to ask again.
    """
    bench = Bench(over("https://a.example/1"), kept_days=30)

    assert bench.next_s(0) == 30.5 * DAY_S
    assert bench.due(30 * DAY_S) == []
    [action] = bench.due(30.5 * DAY_S)
    assert isinstance(action, Forget)
    assert action.urls == ("https://a.example/1",)
    assert bench.frontier.forgotten(action, after(30.5 * DAY_S)) == ["https://a.example/1"]


def test_what_was_touched_since_is_kept() -> None:
    """
    Whether before it is named or while it is being forgotten.
    """
    bench = Bench(over("https://a.example/1"), over("https://a.example/2"), over("https://a.example/3"))
    bench.put(over("https://a.example/1", changed_at=after(9 * DAY_S)))
    [action] = bench.due(31 * DAY_S)
    bench.put(entry("https://a.example/2", due_at=after(40 * DAY_S)))

    assert sorted(action.urls) == ["https://a.example/2", "https://a.example/3"]
    assert bench.frontier.forgotten(action, after(31 * DAY_S)) == ["https://a.example/3"]


def test_much_is_forgotten_some_at_a_time() -> None:
    """
    The next when the last are forgotten.
    """
    bench = Bench(*(over(f"https://a.example/{number}") for number in range(AT_ONCE + 3)))
    [first] = bench.due(31 * DAY_S)

    assert bench.due(31 * DAY_S) == []
    bench.frontier.forgotten(first, after(31 * DAY_S))
    [second] = bench.due(31 * DAY_S)
    assert (len(first.urls), len(second.urls)) == (AT_ONCE, 3)


def test_a_host_that_is_not_asked_any_more_is_forgotten_with_its_rules() -> None:
    """
    Its clock too.
    """
    bench = Bench(rules("https://a.example", changed_at=NOW))
    [action] = bench.due(31 * DAY_S)
    bench.remove(action.subject)

    assert bench.frontier._clocks == {}


def past_of(since: dict[str, datetime | None]) -> Past:
    return Past(timedelta(days=1), lambda: iter(since), since.get)


def test_all_is_gone_through_when_the_oldest_had_its_time() -> None:
    """
    Not before; what is younger, or not over, stays.
    """
    past = past_of({"now": NOW, "later": NOW + timedelta(days=1), "not": None})

    assert past.take(NOW) == []
    assert past.due_at() == NOW + timedelta(days=1.5)
    assert past.take(NOW + timedelta(days=1.4)) == []
    assert past.take(NOW + timedelta(days=1.5)) == ["now"]
    assert past.due_at() == NOW + timedelta(days=2.5)


def test_much_is_gone_through_some_at_a_time() -> None:
    """
    With a pause for everything else; what became over meanwhile counts.
    """
    past = past_of({str(number): NOW for number in range(STEP + 1)})
    past.add(NOW - timedelta(days=3))

    assert past.take(NOW) == []
    assert past.due_at() == NOW + PAUSE
    assert past.take(NOW) == []
    assert past.take(NOW + PAUSE) == []
    assert past.due_at() == NOW - timedelta(days=0.5 + 1)


def test_nothing_is_remembered_of_what_is_over() -> None:
    """
    Where a million pages are known, one more list of their names would be as large as all else.
    """
    bench = Bench(*(over(f"https://a.example/{number}") for number in range(1000)))

    assert bench.due(0) == []
    assert bench.frontier.figures()["page_done"] == 1000
    assert len(bench.frontier._waiting._items) == 0


async def test_a_page_is_forgotten_and_comes_anew_when_somebody_wants_it(world: Any, site: Any) -> None:
    """
    With the host's rules, and under the same article id as before.
    """
    site.scripts["/1"] = site.respond(200, b"<!doctype html><title>T</title>The dam held.", content_type="text/html")
    world.request(site.url("/1"), source_url=site.url("/feed"))
    await world.run(40 * DAY_S, step_s=4 * 3600)
    known = len(world.driver.tables["news.fetch.frontier"])
    world.request(site.url("/1"), source_url=site.url("/feed"))
    await world.run(10)
    first, again = (page.meta.article_id for page in world.pages)

    assert known == 0
    assert first == again
