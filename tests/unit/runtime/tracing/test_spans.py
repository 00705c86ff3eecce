from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.ids import request_id
from schemas.trace_context import begun_by
from services.runtime.pool import Broken, Done, Worked
from services.runtime.record import Record
from services.runtime.stage import Lapse
from services.runtime.testing import EPOCH, TopologyDriver
from services.runtime.tracing.spans import Passage, abort_of, chosen, is_chosen, spans_of
from tests.unit.runtime.stub_stage import STUB, Visit, request, visiting
from tests.unit.runtime.tracing.test_lineage import STATED, fan, piped

LATER = EPOCH + timedelta(seconds=2)
WORK = Lapse("work", EPOCH, EPOCH + timedelta(seconds=1))


def record(value: bytes | None = b"1234") -> Record:
    return Record("news.fetch.requested", 3, 7, EPOCH, b"k", value, {"ce_id": b"id-7"})


def passage(traceparent: str | None = STATED, worked: Worked | None = None) -> Passage:
    """
    A record of the stub's, committed two seconds after it was taken.
    """
    return Passage(record(), worked or Done("x", (WORK,)), piped(traceparent)[0], EPOCH, LATER)


def test_a_record_is_told_by_the_conventions_for_messaging() -> None:
    """
    Where it lay, who took it, what became of it, from the taking to the commit.
    """
    span, *_ = spans_of("cleaner", passage())

    assert (span.name, span.kind, span.parent) == ("process news.fetch.requested", "consumer", "00f067aa0ba902b7")
    assert (span.began, span.ended) == (EPOCH, LATER)
    assert span.attributes == {
        "messaging.system": "kafka",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": "news.fetch.requested",
        "messaging.destination.partition.id": "3",
        "messaging.kafka.offset": 7,
        "messaging.consumer.group.name": "cleaner",
        "messaging.message.body.size": 4,
        "messaging.message.id": "id-7",
        "news.outcome": "emit",
        "news.reason": "EMITTED",
        "news.subject": "news.fetch.requested/0/0",
    }


def test_a_deletion_is_told_as_such() -> None:
    """
    A record without a value is Kafka's tombstone.
    """
    span, *_ = spans_of("cleaner", replace(passage(), given=record(None)))

    assert span.attributes["messaging.kafka.message.tombstone"] is True


def test_work_is_a_child_try_by_try() -> None:
    """
    Each with its own time, and its error.
    """
    hung = replace(WORK, error="WORK_TIMEOUT")
    main, first, second = spans_of("cleaner", passage(worked=Broken("WORK_TIMEOUT", "", lapses=(hung, WORK))))

    assert [(s.name, s.parent, s.error) for s in (first, second)] == [
        ("work", main.context.span_id, "WORK_TIMEOUT"),
        ("work", main.context.span_id, ""),
    ]
    assert first.context.span_id != second.context.span_id
    assert (first.began, first.ended) == (WORK.began, WORK.ended)


def test_the_same_record_gives_the_same_spans() -> None:
    """
    A transaction that is tried again tells no second story.
    """
    assert list(spans_of("cleaner", passage())) == list(spans_of("cleaner", passage()))


def test_a_dead_letter_is_an_error() -> None:
    """
    By its reason.
    """
    driver = TopologyDriver(STUB)
    conclusion = driver.pipe(request("letter"))

    span, *_ = spans_of("cleaner", replace(passage(), conclusion=conclusion))

    assert span.error == "HOPELESS"


def test_an_event_that_begins_a_trace_is_its_root_and_links_to_what_led_to_it() -> None:
    """
    So an article's trace leads to the poll that found it.
    """
    conclusion, records = piped(STATED, fan)
    main, _, *sent = spans_of("fetcher", replace(passage(), conclusion=conclusion))

    assert [str(span.context) for span in sent] == [dict(r.headers)["traceparent"].decode() for r in records]
    assert {(s.name, s.kind, s.parent, s.link) for s in sent} == {
        ("send news.fetch.requested", "producer", None, main.context)
    }


async def test_an_action_and_its_call_are_told() -> None:
    """
    An action is no message; who was called is a client's span below it.
    """
    driver = TopologyDriver(visiting("https://example.org/page"))
    [conclusion] = await driver.run_due()
    call = Lapse("GET", EPOCH, LATER, is_call=True, attributes={"http.response.status_code": 503}, error="503")
    visit = Visit("https://example.org/page")

    main, asked, *_ = spans_of("fetcher", Passage(visit, Done("x", (call,)), conclusion, EPOCH, LATER))

    assert (main.name, main.kind) == ("visit", "internal")
    assert (asked.name, asked.kind, asked.parent, asked.error) == ("GET", "client", main.context.span_id, "503")
    assert asked.attributes == {"http.response.status_code": 503}


def test_a_transaction_that_came_to_nothing_is_a_child_of_its_own() -> None:
    """
    It never looks like the outcome, which follows when the record is taken again.
    """
    first = passage()
    second = replace(first, ended=LATER + timedelta(seconds=1))
    main, *_ = spans_of("cleaner", first)
    aborted, again = abort_of(first, "TaskFenced"), abort_of(second, "TaskFenced")

    assert (aborted.parent, aborted.error) == (main.context.span_id, "TaskFenced")
    assert len({aborted.context, again.context, main.context}) == 3


@pytest.mark.parametrize("ratio", [0.0, 0.25, 1.0])
def test_a_share_of_the_traces_is_chosen_by_their_ids(ratio: float) -> None:
    """
    So all services choose the same ones, without asking each other; ids are UUIDs, whose fixed bits do not count.
    """
    contexts = [begun_by(request_id("cause", str(number)).hex) for number in range(1000)]
    share = sum(is_chosen(context, ratio) for context in contexts) / len(contexts)

    assert share == pytest.approx(ratio, abs=0.05)


def test_a_trace_that_is_not_to_be_recorded_is_not() -> None:
    """
    Whoever began it decides; each step of it, in every service.
    """
    assert list(chosen([passage(f"{STATED[:-2]}00"), passage()], 1.0)) == [passage()]
