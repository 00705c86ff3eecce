"""
When a host may be asked again.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.fetcher.politeness import HostClock, longest_delay_s, retry_after

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_host_is_asked_once_at_a_time_with_a_pause_after_the_end() -> None:
    """
    The pause counts from the end of a request, however long it took.
    """
    clock = HostClock()
    clock.start()
    assert not clock.is_free(NOW)
    clock.end(NOW, delay_s=2)

    assert not clock.is_free(NOW + timedelta(seconds=1.9))
    assert clock.is_free(NOW + timedelta(seconds=2))


def test_a_longer_hold_is_never_shortened() -> None:
    """
    Neither by a shorter one nor by the end of a request.
    """
    clock = HostClock()
    clock.hold_until(NOW + timedelta(hours=1))
    clock.end(NOW, delay_s=2)

    assert not clock.is_free(NOW + timedelta(minutes=59))


def test_a_refusal_costs_no_pause() -> None:
    """
    Nothing was sent.
    """
    clock = HostClock()
    clock.start()
    clock.end(NOW, delay_s=None)

    assert clock.is_free(NOW)


def test_crawl_delay_wins_where_it_is_longer() -> None:
    """
    Up to a limit of our own.
    """
    assert longest_delay_s(1, None, 100) == 1
    assert longest_delay_s(1, 0.5, 100) == 1
    assert longest_delay_s(1, 10, 100) == 10
    assert longest_delay_s(1, 1000, 100) == 100


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("999999999999", 3600),
        ("Thu, 01 Jan 2026 12:10:00 GMT", 600),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0),
        ("Fri, 01 Jan 2027 12:00:00 GMT", 3600),
        ("Thu Jan  1 12:10:00 2026", 600),
        ("-5", None),
        ("soon", None),
        ("\u0661\u0662", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str | None, seconds: int | None) -> None:
    """
    Seconds or a date (RFC 9110, 10.2.3), never into the past, and not beyond a limit.
    """
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)

    assert retry_after(value, NOW, max_s=3600) == expected
