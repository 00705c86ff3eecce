"""
When a host is left alone for its failures, and when it is asked again.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import topics
from schemas.parts import Origin
from schemas.state import Breaker
from services.fetcher.answers import Answer, Refuse
from services.fetcher.breaker import Sign, beat, failure_of
from services.fetcher.responses import NotModified, TryAgain, Unusable, Unwanted
from services.fetcher.settings import FetcherSettings
from services.runtime.stage import ActionFailed, RecordFacts
from tests.unit.fetcher.test_frontier import Bench, after, entry, rules

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
SETTINGS = FetcherSettings()
ANSWER = Answer("https://a.example/", (), 403, {}, b"", NOW)
PAGE = b"<!doctype html><html><head><title>T</title></head><body>The dam held.</body></html>"


def failed(number: int, reason: str = "HTTP_503", seconds: float = 0) -> Sign:
    return Sign(f"https://a.example/{number}", reason, NOW + timedelta(seconds=seconds))


def opened(openings: int = 1, until: float = 60, **fields: Any) -> Breaker:
    known = {"failures": 5, "openings": openings, "until": after(until), "reason": "HTTP_503", "is_told": True}
    return Breaker(**(known | fields))


def told(world: Any) -> list[tuple[str, str, str | None]]:
    return [(e.state, e.reason, e.host) for e in world.driver.events(topics.SOURCE_HEALTH)]


@pytest.mark.parametrize(
    ("meaning", "failure"),
    [
        (TryAgain("HTTP_429", ""), "HTTP_429"),
        (TryAgain("HTTP_502", ""), "HTTP_502"),
        (TryAgain("TIMED_OUT", ""), "TIMED_OUT"),
        (TryAgain("HTTP_408", ""), None),
        (Unwanted("FORBIDDEN", "", ANSWER), "HTTP_403"),
        (Unwanted("FORBIDDEN", ""), ""),
        (Unwanted("NOT_FOUND", ""), ""),
        (Unusable("BODY_TOO_LARGE", ""), ""),
        (Unusable("ADDRESS_REFUSED", ""), None),
        (NotModified(ANSWER), ""),
        (Refuse("u", RecordFacts(Origin(topic="t", partition=0, offset=0), "e", None), "R", ""), None),
        (ActionFailed("WORKER_DIED", "", None, 2), None),
    ],
)
def test_what_an_answer_tells_of_its_host(meaning: Any, failure: str | None) -> None:
    """
    That it fails, that it answers, or nothing.
    """
    assert failure_of(meaning) == failure


def test_five_urls_that_fail_in_a_row_open_it() -> None:
    """
    For the base pause, stretched by a quarter at most.
    """
    breaker = Breaker()
    for number in range(4):
        breaker = beat(breaker, failed(number), SETTINGS)
        assert breaker.until is None
    breaker = beat(breaker, failed(4, "HTTP_429"), SETTINGS)

    assert breaker.until is not None
    assert 60 <= (breaker.until - NOW).total_seconds() <= 75
    assert (breaker.failures, breaker.openings, breaker.reason) == (5, 1, "HTTP_429")


def test_one_url_that_fails_for_ever_is_not_its_host() -> None:
    """
    It counts once, until another one fails too.
    """
    breaker = Breaker()
    for _ in range(50):
        breaker = beat(breaker, failed(1), SETTINGS)

    assert (breaker.failures, breaker.until) == (1, None)


def test_an_answer_in_between_begins_the_count_anew() -> None:
    """
    Only failures in a row are the host's.
    """
    breaker = Breaker()
    for number in range(20):
        breaker = beat(
            breaker, Sign(f"https://a.example/{number}", None if number % 4 == 3 else "TIMED_OUT", NOW), SETTINGS
        )

    assert breaker == Breaker()


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=60))
def test_its_pause_grows_within_bounds_and_an_answer_always_closes_it(course: list[tuple[bool, int]]) -> None:
    """
    Never longer than the cap and its jitter, never open after an answer, never shorter than before.
    """
    breaker, now, pause_s = Breaker(), NOW, 0.0
    for is_answer, number in course:
        breaker = beat(breaker, Sign(f"https://a.example/{number}", None if is_answer else "E", now), SETTINGS)
        if is_answer:
            pause_s = 0.0
            assert breaker == Breaker()
        elif breaker.until is not None:
            assert pause_s * 0.8 < (breaker.until - now).total_seconds() <= SETTINGS.breaker_cap_s * 1.25
            pause_s, now = (breaker.until - now).total_seconds(), breaker.until


def test_an_open_host_is_asked_for_nothing_under_any_scheme() -> None:
    """
    Its rules neither; another host is not held up.
    """
    bench = Bench(rules("https://a.example", breaker=opened()), handover_s=0, delay_s=0)
    bench.put(rules("https://b.example"), entry("https://b.example/1"))
    bench.put(entry("https://a.example/1"), entry("http://a.example/2"))

    assert bench.subjects(1) == ["https://b.example/1"]
    assert bench.subjects(59) == []
    assert bench.next_s(59) == 60


def test_a_half_open_host_gets_one_request() -> None:
    """
    The next only when it is known what came of that.
    """
    bench = Bench(rules("https://a.example", breaker=opened()), handover_s=0, delay_s=0)
    bench.put(*(entry(f"https://a.example/{number}") for number in range(9)))
    [probe] = bench.due(60)

    assert bench.subjects(61) == []
    bench.put(rules("https://a.example", breaker=opened(2, until=180)))
    bench.frontier.ended(probe, after(61))
    assert bench.subjects(179) == []
    assert len(bench.subjects(180)) == 1


def test_an_open_host_is_seen_in_the_figures() -> None:
    """
    And a half open one, once its pause is over.
    """
    bench = Bench(rules("https://a.example", breaker=opened()))
    bench.due(1)
    early = bench.frontier.figures()
    bench.due(61)
    late = bench.frontier.figures()

    assert (early["hosts_open"], early["hosts_half_open"]) == (1, 0)
    assert (late["hosts_open"], late["hosts_half_open"]) == (0, 1)


@pytest.mark.parametrize(("reason", "code"), [("HTTP_503", "HOST_FAILING"), ("HTTP_403", "FORBIDDEN")])
def test_pages_of_a_host_that_fails_for_long_are_given_up(reason: str, code: str) -> None:
    """
    Without a request; what is watched waits.
    """
    bench = Bench(rules("https://a.example", breaker=opened(6, until=3600, reason=reason)), handover_s=0, delay_s=0)
    bench.put(entry("https://a.example/1"), entry("https://a.example/f", kind="feed", min_interval_s=60))
    [action] = bench.due(1)

    assert isinstance(action, Refuse)
    assert (action.subject, action.reason) == ("https://a.example/1", code)


async def test_a_failing_host_is_left_alone_told_and_told_again_when_it_is_back(world: Any, site: Any) -> None:
    """
    Five requests, then one a pause; once it answers all pages come.
    """
    for number in range(12):
        site.scripts[f"/{number}"] = site.respond(503)
        world.request(site.url(f"/{number}"), source_url=site.url("/feed"))
    await world.run(60)
    held = len(site.paths)
    await world.run(30)
    probed = len(site.paths)
    for number in range(12):
        site.scripts[f"/{number}"] = site.respond(200, PAGE, content_type="text/html")
    await world.run(900, step_s=5)

    assert (held, probed) == (6, 7)
    assert len(world.pages) == 12
    assert told(world) == [("failing", "HTTP_503", "127.0.0.1"), ("ok", "ANSWERED", "127.0.0.1")]
    assert world.entry(site.url("/robots.txt")).breaker is None


async def test_a_host_that_shuts_us_out_is_left_alone_too(world: Any, site: Any) -> None:
    """
    403 for all: those asked for are dropped, the others wait and are dropped in the end, none is asked for in vain.
    """
    for number in range(30):
        site.scripts[f"/{number}"] = site.respond(403)
        world.request(site.url(f"/{number}"))
    ends = await world.run(4 * 3600, step_s=20)
    reasons = [end.reason for end in ends]

    assert reasons.count("FORBIDDEN") == 30
    assert len(site.paths) <= 12
    assert world.letters == []


async def test_the_rules_of_a_host_keep_its_breaker(world: Any, site: Any) -> None:
    """
    A robots.txt that is read anew says nothing of the pages.
    """
    site.scripts["/robots.txt"] = site.respond(200, b"User-agent: *", cache_control="max-age=300")
    for number in range(9):
        site.scripts[f"/{number}"] = site.respond(503)
        world.request(site.url(f"/{number}"))
    await world.run(1200, step_s=5)
    breaker = world.entry(site.url("/robots.txt")).breaker

    assert site.paths.count("/robots.txt") >= 2
    assert breaker is not None
    assert breaker.openings >= 3
