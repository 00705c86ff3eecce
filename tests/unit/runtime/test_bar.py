"""
What the runtime stops, whatever it is about: here, sources that are barred by their title.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from schemas import topics
from schemas.base import Event
from schemas.events import FetchRequested
from schemas.state import Source
from services.runtime.bar import Bar, Barred, Names
from services.runtime.outcome import Change, Emit
from services.runtime.stage import Assignment
from services.runtime.testing import TopologyDriver
from tests.unit.runtime.stub_stage import STUB, request, source, visiting

NOTICES = replace(topics.SOURCES, name="news.notices")


def names_of(event: Event) -> Names:
    """
    A request goes by its URL, what it leads to as well; a notice bars its title.
    """
    if isinstance(event, FetchRequested):
        return frozenset({event.url.rstrip("!")})
    return frozenset({event.title}) if isinstance(event, Source) and event.title else frozenset()


def retract(_state: Any, notice: Source, _assignment: Assignment) -> Emit:
    """
    Forget how often it was asked for.
    """
    return Emit(changes=(Change(topics.SOURCES, notice.title or "", None),))


BAR = Bar(NOTICES, "BARRED", names_of, retract)


@pytest.fixture
def driver() -> TopologyDriver:
    """
    The stub with a bar, and nothing barred.
    """
    return TopologyDriver(replace(STUB, bar=BAR))


def bars(driver: TopologyDriver, event: FetchRequested) -> Any:
    """
    Tell that a request is barred.
    """
    return driver.pipe(source("https://notices.example/1", title=event.url), NOTICES)


def test_a_notice_is_followed_by_deletions_and_never_reaches_the_stage(driver: TopologyDriver) -> None:
    """
    In the transaction that takes it in.
    """
    driver.pipe(request())
    heard = bars(driver, request())

    assert (heard.outcome, heard.reason) == ("emit", "RETRACTED")
    assert [(r.topic, r.key.decode(), r.value) for r in heard.records] == [("news.sources", request().url, None)]


def test_a_record_that_is_barred_is_dropped_and_others_pass(driver: TopologyDriver) -> None:
    """
    By its names alone.
    """
    bars(driver, request())

    assert driver.pipe(request()).reason == "BARRED"
    assert driver.pipe(request(path="b")).outcome == "emit"


async def test_an_output_that_is_barred_is_left_out() -> None:
    """
    What an action leads to comes of no record that could be stopped.
    """
    url, other = "https://example.org/a", "https://example.org/b"
    driver = TopologyDriver(replace(visiting(url, other), bar=BAR))
    bars(driver, request().model_copy(update={"url": url}))

    ends = await driver.run_due()

    assert [(end.outcome, end.reason) for end in ends] == [("drop", "BARRED"), ("emit", "VISITED")]


def test_a_value_of_a_table_that_is_barred_is_deleted(driver: TopologyDriver) -> None:
    """
    The rest of the outcome passes.
    """
    driver.pipe(source("https://notices.example/1", title="1"), NOTICES)

    end = driver.pipe(request("count"))

    assert [(r.topic, r.value is None) for r in end.records] == [
        ("news.fetch.requested", False),
        ("news.sources", True),
    ]


def test_what_is_stopped_is_deleted_in_an_input_where_that_is_the_tasks_to_do() -> None:
    """
    So it does not wait there for the next reader.
    """
    driver = TopologyDriver(replace(STUB, bar=replace(BAR, erases=(topics.FETCH_REQUESTED,))))
    bars(driver, request())

    [erased] = driver.pipe(request()).records

    assert (erased.topic, erased.key.decode(), erased.value) == ("news.fetch.requested", request().url, None)


def test_a_notice_that_is_told_again_or_deleted_counts_once() -> None:
    """
    Two notices may bar the same name: it is free when both are gone.
    """
    barred = Barred()
    for key in ("one", "one", "two"):
        barred.take(key, frozenset({"a"}))
    barred.take("one", frozenset())
    still = barred.meets({"a"})
    barred.take("two", frozenset())

    assert still
    assert not barred.meets({"a"})
    assert len(barred) == 0
