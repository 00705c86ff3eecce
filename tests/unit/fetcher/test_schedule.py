"""
When something is asked for again.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from schemas.state import FrontierEntry, Pace
from services.fetcher.schedule import (
    Poll,
    after_skips,
    backoff_s,
    is_resting,
    jitter,
    max_age_s,
    next_poll,
    poll_after_failure,
    poll_of_redirect,
    rest_after_failure_s,
    rest_s,
)

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def feed(**fields: object) -> FrontierEntry:
    known = {"url": "https://a.example/f", "kind": "feed", "changed_at": NOW, "request_id": "r"}
    return FrontierEntry.model_validate(known | {"min_interval_s": 300, "max_interval_s": 3600} | fields)


def wait_s(told: datetime | Poll | None) -> float:
    assert told is not None
    moment = told.due_at if isinstance(told, Poll) else told
    return (moment - NOW).total_seconds()


def test_jitter_is_the_same_everywhere_and_small() -> None:
    """
    It depends on the URL and the try alone.
    """
    factors = [jitter("https://a.example/", number) for number in range(50)]

    assert factors == [jitter("https://a.example/", number) for number in range(50)]
    assert all(1 <= factor <= 1.25 for factor in factors)
    assert len(set(factors)) > 40


def test_pauses_double_up_to_a_cap() -> None:
    """
    Each is stretched by its jitter.
    """
    pauses = [backoff_s("u", attempts, 10, 100) / jitter("u", attempts) for attempts in range(1, 7)]

    assert pauses == pytest.approx([10, 20, 40, 80, 100, 100])


def test_a_feed_with_news_is_asked_sooner_and_one_without_later() -> None:
    """
    The interval halves, or grows by half, from what it was.
    """
    entry = feed(fetched_at=NOW - timedelta(seconds=1200), due_at=NOW)
    factor = jitter(entry.url, int(NOW.timestamp()))

    assert wait_s(next_poll(entry, NOW, has_news=True)) == pytest.approx(600 * factor)
    assert wait_s(next_poll(entry, NOW, has_news=False)) == pytest.approx(1800 * factor)


def test_the_interval_stays_within_the_sources_limits() -> None:
    """
    Whatever the feed asks for.
    """
    entry = feed(fetched_at=NOW - timedelta(seconds=3000), due_at=NOW)

    assert wait_s(next_poll(entry, NOW, has_news=False, at_least_s=10**6)) == 3600
    assert wait_s(next_poll(feed(), NOW, has_news=True)) >= 300
    assert wait_s(next_poll(feed(), NOW, has_news=True, at_least_s=900)) >= 900


def test_a_failing_feed_is_slowed_and_never_given_up() -> None:
    """
    Its interval doubles up to the greatest.
    """
    waits = [wait_s(poll_after_failure(feed(attempts=n), NOW)) for n in (0, 1, 2, 50)]

    assert waits == sorted(waits)
    assert 300 <= waits[0] <= 375
    assert waits[-1] == 3600


def test_a_feed_asked_for_once_has_no_next_time() -> None:
    """
    Nobody watches it.
    """
    once = feed(min_interval_s=None, max_interval_s=None)

    assert (next_poll(once, NOW, has_news=True), poll_after_failure(once, NOW), poll_of_redirect(once, NOW)) == (
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("max-age=600", 600), ('public, max-age="60"', 60), ("no-cache", 0), ("s-maxage=9", None), ("", None)],
)
def test_freshness_is_read_from_cache_control(value: str, seconds: int | None) -> None:
    """
    Shared caches' limits are not ours.
    """
    assert max_age_s({"cache-control": value}) == seconds


def test_the_interval_goes_on_from_what_it_was_whatever_moved_the_last_poll() -> None:
    """
    A night that was left out, or a pause after a failure, makes no feed slower.
    """
    entry = feed(fetched_at=NOW - timedelta(hours=9), due_at=NOW, interval_s=600)
    poll = next_poll(entry, NOW, has_news=False)

    assert poll is not None
    assert poll.interval_s == 900


def test_a_poll_is_not_later_than_the_moment_at_which_it_is_worth_to_look() -> None:
    """
    But never sooner than the source's least interval, nor than the feed asks for; and a moment that is over is nothing.
    """
    entry = feed(interval_s=3000)
    by, too_soon = NOW + timedelta(seconds=1000), NOW + timedelta(seconds=100)

    assert wait_s(next_poll(entry, NOW, has_news=False, by=by)) == 1000
    assert wait_s(next_poll(entry, NOW, has_news=False, by=too_soon)) == 300
    assert wait_s(next_poll(entry, NOW, has_news=False, by=by, at_least_s=2000)) == 2000
    assert wait_s(next_poll(entry, NOW, has_news=False, by=NOW)) > 3000


@pytest.mark.parametrize(
    ("pace", "expected"),
    [
        (None, NOW),
        (Pace(ttl_s=60), NOW),
        (Pace(skip_hours=[11, 13]), NOW),
        (Pace(skip_hours=[12, 13]), NOW.replace(hour=14, minute=0)),
        (Pace(skip_hours=[*range(12, 24), 0]), NOW.replace(day=2, hour=1, minute=0)),
        (Pace(skip_days=[3]), NOW.replace(day=2, hour=0, minute=0)),
        (Pace(skip_days=[3, 4], skip_hours=[0]), NOW.replace(day=3, hour=1, minute=0)),
        (Pace(skip_hours=list(range(24))), NOW),
        (Pace(skip_days=list(range(7))), NOW),
    ],
)
def test_hours_and_days_that_a_feed_leaves_out_are_left_out(pace: Pace | None, expected: datetime) -> None:
    """
    1 January 2026 is a Thursday, day 3. Leaving out everything is not meant.
    """
    assert after_skips(NOW, pace) == expected


def test_left_out_hours_win_over_the_greatest_interval() -> None:
    """
    A good guest comes late rather than at night.
    """
    entry = feed(pace=Pace(skip_hours=list(range(12, 20))))

    assert wait_s(next_poll(entry, NOW, has_news=True)) == 8 * 3600
    assert wait_s(poll_of_redirect(entry, NOW)) == 8 * 3600


def child(**fields: object) -> FrontierEntry:
    """
    A list that another one leads to.
    """
    return feed(**({"min_interval_s": None, "max_interval_s": None, "state": "done", "interval_s": 3600} | fields))


def test_the_rest_of_a_list_is_its_own_rhythm_within_bounds() -> None:
    """
    From a quarter of an hour to the source's greatest interval, or six hours.
    """
    bounded = child(hints={"rules": {"max_interval_s": 4000}})

    assert rest_s(child(), NOW, has_news=True) == 1800
    assert rest_s(child(), NOW, has_news=False) == 5400
    assert rest_s(child(interval_s=None), NOW, has_news=True) == 900
    assert rest_s(child(interval_s=20_000), NOW, has_news=False) == 21_600
    assert rest_s(bounded, NOW, has_news=False) == 4000
    assert rest_s(child(hints={"rules": {"max_interval_s": 300}}), NOW, has_news=True) == 300
    assert rest_s(child(), NOW, has_news=True, at_least_s=3000) == 3000


def test_a_rest_ends_where_a_silence_would_begin() -> None:
    """
    So that it is told in time; but never before a quarter of an hour is over.
    """
    assert rest_s(child(), NOW, has_news=False, by=NOW + timedelta(seconds=2000)) == 2000
    assert rest_s(child(), NOW, has_news=False, by=NOW + timedelta(seconds=600)) == 900
    assert rest_s(child(), NOW, has_news=False, by=NOW) == 5400
    assert rest_s(child(), NOW, has_news=False, by=NOW + timedelta(seconds=9000)) == 5400


def test_a_list_that_fails_rests_twice_as_long() -> None:
    """
    Up to the same bound.
    """
    assert rest_after_failure_s(child(interval_s=None)) == 1800
    assert rest_after_failure_s(child()) == 7200
    assert rest_after_failure_s(child(interval_s=20_000)) == 21_600


def test_only_a_list_that_another_leads_to_rests() -> None:
    """
    To the nearest quarter of an hour.
    """
    assert is_resting(child(), NOW + timedelta(seconds=3000))
    assert not is_resting(child(), NOW + timedelta(seconds=3200))
    assert not is_resting(child(interval_s=None), NOW)
    assert not is_resting(child(state="waiting"), NOW)
    assert not is_resting(feed(interval_s=3600, state="done"), NOW)
    assert not is_resting(None, NOW)
