from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from schemas import topics
from schemas.base import Event
from services.runtime.outcome import Outcome
from services.runtime.stage import pure
from services.runtime.testing import TopologyDriver
from tests.unit.runtime.stub_stage import STUB, letter, request


@pytest.mark.parametrize("where", ["work", "decide"])
def test_a_stage_that_raises_harms_its_record_only(driver: TopologyDriver, where: str) -> None:
    """
    The record is a dead letter with its trace, its neighbours are emitted.
    """
    neighbours = [driver.pipe(request(path="before"))]
    conclusion = driver.pipe(request(f"raise-in-{where}"))
    neighbours.append(driver.pipe(request(path="after")))

    [dead] = driver.events(topics.DEAD_LETTERS)
    assert dead.letter.reason == conclusion.reason == "STAGE_FAILED"
    assert dead.letter.detail == f"RuntimeError: asked to, in {where}"
    assert f"in {where}\n" in dead.letter.exception
    assert [neighbour.outcome for neighbour in neighbours] == ["emit", "emit"]


@pytest.mark.parametrize("query", ["undeclared", "nothing"])
def test_an_outcome_that_makes_no_sense_is_a_dead_letter(driver: TopologyDriver, query: str) -> None:
    """
    A sink that the topology does not declare, or no outcome at all, is a bug in the stage.
    """
    driver.pipe(request(query))

    assert letter(driver).letter.reason == "STAGE_FAILED"


def test_an_undeclared_sink_is_named(driver: TopologyDriver) -> None:
    """
    The letter says which sink is missing where.
    """
    driver.pipe(request("undeclared"))

    assert "stub does not declare news.page.fetched as a sink" in letter(driver).letter.detail


def test_two_events_for_one_sink_have_two_ids(driver: TopologyDriver) -> None:
    """
    Events that differ never share an id: a subscriber that deduplicates would lose one.
    """
    driver.pipe(request("twice"))

    stated = [dict(record.headers)["ce_id"] for record in driver.output(topics.FETCH_REQUESTED)]
    assert len(set(stated)) == 2 or driver.events(topics.DEAD_LETTERS)


def test_a_change_of_a_table_that_is_not_declared_is_a_dead_letter(driver: TopologyDriver) -> None:
    """
    It is a bug in the stage like an undeclared sink.
    """
    driver.pipe(request("no-table"))

    assert letter(driver).letter.reason == "STAGE_FAILED"


def test_an_output_that_no_broker_takes_is_a_dead_letter(driver: TopologyDriver) -> None:
    """
    A record above the limit can never be written: it must not stop its partition.
    """
    driver.pipe(request("huge"))

    assert letter(driver).letter.stage == "stub"
    assert driver.records[0].size < topics.MAX_RECORD_BYTES


def test_an_endless_message_of_an_exception_is_cut(driver: TopologyDriver) -> None:
    """
    An exception may quote the page that it failed on; the dead letter must still fit into a record.
    """
    driver = TopologyDriver(replace(STUB, stage=pure(_quote), tables=()))
    driver.pipe(request())

    assert driver.records[0].size < 100_000


def _quote(_event: Any) -> Outcome:
    raise ValueError("x" * topics.MAX_RECORD_BYTES)


def test_a_message_that_is_no_unicode_can_be_told() -> None:
    """
    Half a surrogate pair in an exception's message does not stop its partition.
    """
    driver = TopologyDriver(replace(STUB, stage=pure(_quote_badly), tables=()))
    driver.pipe(request())

    assert letter(driver).letter.reason == "STAGE_FAILED"


def _quote_badly(_event: Any) -> Outcome:
    raise ValueError("cannot read \ud800")


def test_a_snapshot_that_raises_harms_its_record_only() -> None:
    """
    It is a bug in the stage like any other.
    """
    driver = TopologyDriver(replace(STUB, stage=replace(STUB.stage, snapshot=_no_snapshot)))
    driver.pipe(request())

    assert letter(driver).letter.reason == "STAGE_FAILED"


def _no_snapshot(_state: object, _event: Event) -> Any:
    raise RuntimeError("asked to, in the snapshot")


def test_an_instant_beyond_the_calendar_is_a_dead_letter(driver: TopologyDriver) -> None:
    """
    Anyone may write a request; none of them may stop the partition.
    """
    value = b'{"url": "https://example.org/", "requestedAt": "0001-01-01T00:00:00+14:00"}'
    driver.pipe_record(driver.record("news.fetch.requested", b"k", value, {}))

    assert letter(driver).letter.reason == "NOT_AN_EVENT"
