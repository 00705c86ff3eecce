from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from schemas import topics
from schemas.ids import request_id
from schemas.trace_context import TraceContext, begun_by, read
from services.runtime.outcome import Emission, Emit, Outcome
from services.runtime.pool import Done
from services.runtime.processor import Conclusion, Processor
from services.runtime.record import Outgoing
from services.runtime.stage import Assignment, pure
from services.runtime.table import Table
from services.runtime.testing import EPOCH, TopologyDriver
from tests.unit.runtime.stub_stage import FACTS, STUB, Visit, request, visiting

STATED = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
INPUT_ID = "00000000-0000-5000-8000-000000000001"


def piped(traceparent: str | None, stage: Callable[[Any], Outcome] | None = None) -> tuple[Conclusion, list[Outgoing]]:
    """
    Put a request with this header through the stub, or through another stage.
    """
    topology = STUB if stage is None else replace(STUB, stage=pure(stage), tables=())
    driver = TopologyDriver(topology)
    headers = {"ce_id": INPUT_ID.encode()} | ({"traceparent": traceparent.encode()} if traceparent else {})
    record = driver.record("news.fetch.requested", None, request().to_wire()[0], headers)
    return driver.pipe_record(record), driver.records


def context(text: str | None) -> TraceContext:
    found = read(text)
    assert found is not None
    return found


def traceparent_of(record: Outgoing) -> TraceContext:
    return context(dict(record.headers)["traceparent"].decode())


def fan(event: Any) -> Outcome:
    """
    Two requests for one.
    """
    urls = [f"{event.url}1", f"{event.url}2"]
    requests = [event.model_copy(update={"url": url}) for url in urls]
    return Emit(tuple(Emission(topics.FETCH_REQUESTED, e, request_id("x", e.url)) for e in requests))


def test_a_stated_trace_goes_on() -> None:
    """
    What comes of a record names the step in which the record was handled, and that its parent.
    """
    conclusion, [record] = piped(STATED)
    own = context(conclusion.facts.traceparent)

    assert own.trace_id == context(STATED).trace_id
    assert conclusion.parent == "00f067aa0ba902b7"
    assert traceparent_of(record) == own


def test_a_record_without_a_trace_begins_the_one_that_its_id_names() -> None:
    """
    Its step is the root.
    """
    conclusion, [record] = piped(None)

    assert traceparent_of(record).trace_id == INPUT_ID.replace("-", "")
    assert conclusion.parent is None


def test_a_trace_that_is_not_to_be_recorded_stays_so() -> None:
    """
    The flag goes along.
    """
    _, [record] = piped(f"{STATED[:-2]}00")

    assert not traceparent_of(record).is_sampled


def test_a_replay_has_the_same_steps() -> None:
    """
    Equal input, equal headers: all of them.
    """
    assert piped(STATED)[1] == piped(STATED)[1]
    assert piped(None)[1] == piped(None)[1]


def test_a_dead_letter_belongs_to_the_trace() -> None:
    """
    Who follows an article sees where it ended.
    """
    driver = TopologyDriver(STUB)
    conclusion = driver.pipe(request("letter"))

    assert traceparent_of(driver.records[0]) == context(conclusion.facts.traceparent)


def test_of_many_events_of_one_topic_each_begins_its_own_trace() -> None:
    """
    A trace follows one thing: a list of thousands would make it unreadable.
    """
    conclusion, records = piped(STATED, fan)

    assert [traceparent_of(r) for r in records] == [begun_by(dict(r.headers)["ce_id"].decode()) for r in records]
    assert context(conclusion.facts.traceparent).trace_id == context(STATED).trace_id


def test_an_action_goes_on_with_the_trace_of_its_cause() -> None:
    """
    Minutes later, and after a restart: the frontier remembers it. Done again, it is another step.
    """
    first, [record] = acted(EPOCH)
    later, _ = acted(EPOCH + timedelta(seconds=5))
    own = context(first.facts.traceparent)

    assert own.trace_id == context(STATED).trace_id == context(later.facts.traceparent).trace_id
    assert first.parent == later.parent == "00f067aa0ba902b7"
    assert traceparent_of(record) == own != context(later.facts.traceparent)


def acted(now: datetime) -> tuple[Conclusion, tuple[Outgoing, ...]]:
    """
    What came of an action that a record with a trace caused.
    """
    visit = Visit("https://example.org/page", replace(FACTS, traceparent=STATED))
    tables = {topics.SOURCES.name: Table(topics.SOURCES.event)}
    conclusion = Processor(visiting(visit.subject), Assignment(0, 1, now, 0.0), tables).conclude(
        visit, Done(visit.subject), now
    )
    return conclusion, conclusion.records


async def test_an_action_of_no_trace_is_one_of_its_own_and_so_is_what_it_leads_to() -> None:
    """
    A feed is polled for ever: each poll is a trace, and each article that it finds.
    """
    driver = TopologyDriver(visiting("https://example.org/feed"))
    [conclusion] = await driver.run_due()
    [record] = driver.records

    assert conclusion.parent is None
    assert traceparent_of(record) == begun_by(dict(record.headers)["ce_id"].decode())
    assert traceparent_of(record).trace_id != context(conclusion.facts.traceparent).trace_id
