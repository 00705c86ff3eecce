from __future__ import annotations

from datetime import timedelta

import pytest

from schemas import ids, topics
from services.runtime.pool import Broken
from services.runtime.processor import Processor
from services.runtime.stage import Assignment
from services.runtime.table import Table
from services.runtime.testing import EPOCH, TopologyDriver
from tests.unit.runtime.stub_stage import FACTS, STUB, Visit, visiting

URL = "https://example.org/page"


async def test_what_is_due_is_done_once_and_its_result_decided_on() -> None:
    """
    An action's result goes through work and decide like a record, and leads to events.
    """
    driver = TopologyDriver(visiting(URL))
    [conclusion] = await driver.run_due()

    assert [event.url for event in driver.events(topics.FETCH_REQUESTED)] == [f"{URL}!"]
    assert (conclusion.outcome, conclusion.reason, conclusion.subject) == ("emit", "VISITED", URL)
    assert await driver.run_due() == []


async def test_what_an_action_leads_to_is_accounted_to_the_record_that_caused_it() -> None:
    """
    Ids derive from the cause, which may lie far back.
    """
    driver = TopologyDriver(visiting(URL))
    await driver.run_due()

    derived = ids.derived_id(FACTS.event_id, "stub", STUB.fingerprint, "news.fetch.requested")
    assert dict(driver.records[0].headers)["ce_id"].decode() == str(derived)


async def test_the_stage_hears_of_work_that_failed_on_a_result() -> None:
    """
    Only the stage can close the action: it decides on the failure, here by a dead letter with what came back.
    """
    driver = TopologyDriver(visiting(f"{URL}#bad", URL))
    failed, fine = await driver.run_due(EPOCH + timedelta(seconds=5))

    [dead] = driver.events(topics.DEAD_LETTERS)
    assert (failed.reason, fine.reason) == ("STAGE_FAILED", "VISITED")
    assert dead.original == b"what came back"
    assert dead.letter.origin == FACTS.origin
    assert dead.letter.origin_key is None
    assert dead.letter.origin_timestamp == EPOCH + timedelta(seconds=5)
    assert dead.original_headers == {}


@pytest.mark.parametrize("reason", ["WORK_TIMEOUT", "WORKER_DIED", "ACTION_FAILED"])
def test_the_stage_hears_why_an_action_failed(reason: str) -> None:
    """
    Whatever became of it, `decide` gets the reason.
    """
    processor = Processor(visiting(), Assignment(0, 1, EPOCH, 0.0), {"news.sources": Table(topics.SOURCES.event)})
    conclusion = processor.conclude(Visit(URL), Broken(reason, "why", attempts=2), EPOCH)

    assert (conclusion.outcome, conclusion.reason, conclusion.detail) == ("deadletter", reason, "why")


def test_a_stage_without_timers_has_nothing_due() -> None:
    """
    Such a stage is never asked.
    """
    processor = Processor(STUB, Assignment(0, 1, EPOCH, 0.0), {"news.sources": Table(topics.SOURCES.event)})

    assert processor.due(EPOCH) == ((), None)
