"""
Which witnesses of the day of publication overrule which, and where the future begins.
"""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.parts import Hints
from services.cleaner.metadata.dates import find_modified, find_published, in_utc
from services.cleaner.page.linked_data import LinkedData
from services.cleaner.page.parsing import parse_html
from services.cleaner.page.signals import Signals
from services.cleaner.page.survey import Survey, survey

FETCHED_AT = datetime(2025, 3, 10, 12, 0, tzinfo=UTC)
URL = "https://news.example.org/dam"
DATED_URL = "https://news.example.org/2025/03/02/dam"


def _seen(*days: str) -> Survey:
    tree = parse_html(f"<html><body>{''.join(f'<p class=date>{day}</p>' for day in days)}</body></html>")
    assert tree is not None
    return survey(tree)


def _linked(**properties: str) -> LinkedData:
    return LinkedData(({"@type": "NewsArticle", "headline": "The dam held", **properties},))


def _day(signals: Signals) -> str | None:
    found = find_published(signals, Hints(), FETCHED_AT)
    return found.day if found else None


def test_one_other_witness_does_not_overrule_the_first_statement() -> None:
    """
    Neither the address nor the text nor another statement alone.
    """
    linked = _linked(datePublished="2025-03-04")

    assert _day(Signals(DATED_URL, linked=linked)) == "2025-03-04"
    assert _day(Signals(URL, linked=linked, marks=_seen("2 March 2025"))) == "2025-03-04"
    assert _day(Signals(URL, linked=linked, meta={"pubdate": ("2025-03-02",)})) == "2025-03-04"


def test_two_kinds_of_witnesses_that_agree_overrule_it() -> None:
    """
    Any two of the other statements, the address and the text.
    """
    linked = _linked(datePublished="2025-03-04")
    meta, seen = {"pubdate": ("2025-03-02",)}, _seen("2 March 2025")

    assert _day(Signals(DATED_URL, linked=linked, marks=seen)) == "2025-03-02"
    assert _day(Signals(DATED_URL, linked=linked, meta=meta)) == "2025-03-02"
    assert _day(Signals(URL, linked=linked, meta=meta, marks=seen)) == "2025-03-02"


def test_a_text_that_shows_several_days_is_no_witness() -> None:
    """
    Which of them is the article's is not known.
    """
    signals = Signals(
        DATED_URL, linked=_linked(datePublished="2025-03-04"), marks=_seen("2 March 2025", "1 March 2025")
    )

    assert _day(signals) == "2025-03-04"


def test_a_statement_of_the_day_of_the_last_change_is_no_witness() -> None:
    """
    Sites that update their articles state it in several places.
    """
    linked = _linked(datePublished="2025-03-01", dateModified="2025-03-02")

    assert _day(Signals(URL, linked=linked, meta={"pubdate": ("2025-03-02",)}, marks=_seen("2 March 2025"))) == (
        "2025-03-01"
    )


def test_the_day_of_the_last_change_gives_way_to_an_earlier_one_that_readers_see() -> None:
    """
    But not to a later one.
    """
    linked = _linked(datePublished="2025-03-04", dateModified="2025-03-04")

    assert _day(Signals(URL, linked=linked, marks=_seen("2 March 2025"))) == "2025-03-02"
    assert _day(Signals(URL, linked=linked, marks=_seen("5 March 2025"))) == "2025-03-04"


def test_a_date_of_nothing_in_particular_gives_way_to_an_earlier_one_that_readers_see() -> None:
    """
    `meta name="date"` is often that of the last change, and does not say so.
    """
    meta = {"date": ("2025-03-04",)}

    assert _day(Signals(URL, meta=meta)) == "2025-03-04"
    assert _day(Signals(URL, meta=meta, marks=_seen("2 March 2025"))) == "2025-03-02"


@pytest.mark.parametrize(
    ("ahead", "is_believed"), [(timedelta(hours=24), True), (timedelta(hours=24, seconds=1), False)]
)
def test_the_future_begins_a_day_after_the_fetch(ahead: timedelta, *, is_believed: bool) -> None:
    """
    Clocks and unstated zones may be ahead by so much.
    """
    signals = Signals(URL, linked=_linked(datePublished=(FETCHED_AT + ahead).isoformat()))

    assert (find_published(signals, Hints(), FETCHED_AT) is not None) is is_believed


def test_a_page_fetched_at_the_end_of_time_is_dated() -> None:
    """
    No calendar has the day after that.
    """
    signals = Signals(URL, linked=_linked(datePublished="2025-03-04T00:00:00-12:00"))

    found = find_published(signals, Hints(), datetime(9999, 12, 31, 23, 59, tzinfo=UTC))

    assert found is not None
    assert found.day == "2025-03-04"


@pytest.mark.parametrize("day", ["1989-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_day_that_cannot_be_is_passed_over(day: str) -> None:
    """
    Before there were pages, and at both ends of the calendar.
    """
    assert _day(Signals(URL, linked=_linked(datePublished=day))) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2025-03-04T08:15:00+01:00", "2025-03-04T07:15:00Z"),
        ("2025-03-04T23:15:00-05:00", "2025-03-05T04:15:00Z"),
        ("2025-03-04T08:15:00Z", "2025-03-04T08:15:00Z"),
        ("2025-03-04T08:15:00", None),
        ("2025-03-04", None),
        (None, None),
        ("9999-12-31T23:59:59-12:00", None),
    ],
)
def test_a_moment_is_told_in_utc_where_its_zone_was_stated(value: str | None, expected: str | None) -> None:
    """
    A local time or a date is no moment.
    """
    assert in_utc(value) == expected


def test_the_feed_tells_the_last_change_where_the_page_does_not() -> None:
    """
    As the last resort.
    """
    hints = Hints(modified="Tue, 04 Mar 2025 08:15:00 +0100")

    alone = find_modified(Signals(URL), hints, FETCHED_AT)
    beside = find_modified(Signals(URL, linked=_linked(dateModified="2025-03-05")), hints, FETCHED_AT)

    assert alone is not None
    assert beside is not None
    assert (alone.value, alone.provenance.source) == ("2025-03-04T08:15:00+01:00", "feed")
    assert (beside.value, beside.provenance.source) == ("2025-03-05", "json-ld")
