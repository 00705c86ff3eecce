"""
How a list is doing, and what is told of it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas import topics
from schemas.state import Pulse
from services.fetcher.health import Poll, beat, silent_from
from services.fetcher.selection import Rhythm

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR_S = 3600.0


def feed(*paths: str) -> bytes:
    items = "".join(f"<item><title>{path}</title><link>{path}</link></item>" for path in paths)
    return f"<rss version='2.0'><channel><title>F</title>{items}</channel></rss>".encode()


def told(world: Any) -> list[tuple[str, str, str]]:
    return [(event.was, event.state, event.reason) for event in world.driver.events(topics.SOURCE_HEALTH)]


def poll(result: Any, hours: float = 0, **fields: Any) -> Poll:
    return Poll(result, NOW + timedelta(hours=hours), "R", **fields)


def lively(**fields: Any) -> Pulse:
    """
    A list that has had something new at least every two hours.
    """
    return Pulse(**{"news_at": NOW, "pauses": 9, "longest_pause_s": 2 * HOUR_S} | fields)


@pytest.mark.parametrize(("hours", "state"), [(2, "ok"), (2.9, "ok"), (3, "silent"), (100, "silent")])
def test_a_pause_longer_than_is_usual_is_a_silence(hours: float, state: str) -> None:
    """
    By half the longest usual one.
    """
    assert beat(lively(), poll("same", hours)).state == state


def test_a_list_whose_habits_are_not_known_is_not_silent() -> None:
    """
    A few pauses are no habit.
    """
    assert beat(lively(pauses=4), poll("same", 100)).state == "ok"
    assert beat(Pulse(), poll("same", 100)).state == "ok"
    assert silent_from(Pulse()) is None


def test_a_new_list_has_the_habits_that_its_document_states() -> None:
    """
    From then on its own pauses count.
    """
    first = beat(Pulse(), poll("news", rhythm=Rhythm(20, 7 * HOUR_S)))
    second = beat(first, poll("news", 8, rhythm=Rhythm(20, 99 * HOUR_S)))

    assert (first.pauses, first.longest_pause_s, first.news_at) == (20, 7 * HOUR_S, NOW)
    assert (second.pauses, second.longest_pause_s) == (21, 8 * HOUR_S)


def test_a_long_pause_of_long_ago_counts_less() -> None:
    """
    It halves in thirty days.
    """
    after = beat(lively(longest_pause_s=31 * 24 * HOUR_S), poll("news", 30 * 24))

    assert after.longest_pause_s == 30 * 24 * HOUR_S
    assert beat(lively(longest_pause_s=100 * HOUR_S), poll("news", 24)).longest_pause_s == pytest.approx(
        97.7 * HOUR_S, rel=1e-3
    )


@pytest.mark.parametrize(
    ("result", "fields", "before", "after"),
    [
        ("failed", {"attempts": 2}, "ok", "ok"),
        ("failed", {"attempts": 3}, "ok", "failing"),
        ("failed", {"attempts": 3}, "silent", "failing"),
        ("same", {}, "failing", "ok"),
        ("well", {}, "failing", "ok"),
        ("well", {}, "silent", "silent"),
        ("news", {}, "silent", "ok"),
        ("elsewhere", {}, "failing", "failing"),
    ],
)
def test_what_a_poll_makes_of_the_state(result: Any, fields: Any, before: Any, after: str) -> None:
    """
    An answer ends a failure, only news end a silence.
    """
    assert beat(lively(state=before), poll(result, 1, **fields)).state == after


async def test_a_source_that_fails_and_recovers_is_told_once_each(world: Any, site: Any) -> None:
    """
    Not the first failures, and none of the many that follow.
    """
    site.scripts["/feed"] = site.respond(200, feed("/1"))
    world.watch(site.url("/feed"), min_interval_s=60, max_interval_s=60, labels={"desk": "world"})
    await world.run(30)
    site.scripts["/feed"] = site.respond(503)
    await world.run(1200, step_s=5)
    site.scripts["/feed"] = site.respond(200, feed("/1"))
    await world.run(600, step_s=5)
    [failing, well] = world.driver.events(topics.SOURCE_HEALTH)

    assert (failing.state, failing.reason, failing.attempts) == ("failing", "HTTP_503", 3)
    assert (well.was, well.state, well.reason) == ("failing", "ok", "ANSWERED")
    assert (failing.source_url, failing.labels) == (site.url("/feed"), {"desk": "world"})
    assert [record.key for record in world.driver.output(topics.SOURCE_HEALTH)] == [site.url("/feed").encode()] * 2


async def test_a_source_that_falls_silent_is_told_within_its_own_cadence(world: Any, site: Any) -> None:
    """
    News every quarter of an hour, then none: it is told before the next three are missing, once; and so is its end.
    """
    world.watch(site.url("/feed"), min_interval_s=60, max_interval_s=6 * 3600)
    for number in range(8):
        site.scripts["/feed"] = site.respond(200, feed(f"/{number}"))
        await world.run(900, step_s=10)
    last_at = world.entry(site.url("/feed")).pulse.news_at
    before = told(world)
    await world.run(6 * 3600, step_s=30)
    [silent] = world.driver.events(topics.SOURCE_HEALTH)
    site.scripts["/feed"] = site.respond(200, feed("/new"))
    await world.run(6 * 3600, step_s=30)

    assert before == []
    assert silent.changed_at - last_at < timedelta(minutes=45)
    assert told(world) == [("ok", "silent", "SILENT"), ("silent", "ok", "NEWS")]


async def test_a_source_that_is_gone_is_told_at_once(world: Any, site: Any) -> None:
    """
    So is one that robots.txt forbids.
    """
    site.scripts["/robots.txt"] = site.respond(200, b"User-agent: *\nDisallow: /private")
    site.scripts["/gone"] = site.respond(410)
    world.watch(site.url("/gone"))
    world.watch(site.url("/private/feed"))
    await world.run(30)

    assert sorted(told(world)) == [("ok", "failing", "GONE"), ("ok", "failing", "ROBOTS_DISALLOWED")]


async def test_a_source_that_became_another_kind_of_page_is_told(world: Any, site: Any) -> None:
    """
    One dead letter, then the event.
    """
    site.scripts["/feed"] = site.respond(200, b"<html><body>We have moved</body></html>", content_type="text/html")
    world.watch(site.url("/feed"), min_interval_s=60, max_interval_s=60)
    await world.run(600, step_s=5)

    assert [letter.letter.reason for letter in world.letters] == ["INVALID_FEED"]
    assert told(world) == [("ok", "failing", "INVALID_FEED")]


async def test_a_source_at_an_address_that_may_not_be_dialled_is_one_dead_letter_and_told(
    world: Any, site: Any
) -> None:
    """
    The letter with the first poll, the event with the second.
    """
    world.watch(
        "http://169.254.169.254:8080/feed".replace("8080", str(site.port)), min_interval_s=60, max_interval_s=60
    )
    await world.run(1200, step_s=5)

    assert [letter.letter.reason for letter in world.letters] == ["ADDRESS_REFUSED"]
    assert told(world) == [("ok", "failing", "ADDRESS_REFUSED")]


async def test_a_source_whose_host_stays_away_is_one_dead_letter_and_told(world: Any, site: Any) -> None:
    """
    Though it is robots.txt that cannot be reached.
    """
    site.scripts["/robots.txt"] = site.respond(500)
    world.watch(site.url("/feed"), min_interval_s=60, max_interval_s=60)
    await world.run(4 * 3600, step_s=60)

    assert [letter.letter.reason for letter in world.letters] == ["FETCH_FAILED"]
    assert told(world) == [("ok", "failing", "ROBOTS_UNREACHABLE")]


async def test_a_list_that_a_source_leads_to_is_told_under_the_source(world: Any, site: Any) -> None:
    """
    A redirect hides no failure.
    """
    there = site.url("/feed", "127.0.0.2")
    site.scripts["/old"] = site.respond(301, location=there)
    site.scripts["/feed"] = site.respond(500)
    world.watch(site.url("/old"), min_interval_s=60, max_interval_s=300)
    await world.run(1500, step_s=5)
    [event] = world.driver.events(topics.SOURCE_HEALTH)

    assert (event.url, event.source_url, event.state) == (there, site.url("/old"), "failing")


async def test_a_page_that_was_asked_for_once_has_no_health(world: Any, site: Any) -> None:
    """
    Only what is watched, and what that leads to, has.
    """
    site.scripts["/a"] = site.respond(410)
    world.request(site.url("/a"))
    await world.run(30)

    assert told(world) == []
    assert world.entry(site.url("/a")).pulse is None
