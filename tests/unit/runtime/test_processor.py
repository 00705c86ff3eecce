from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from schemas import ids, topics
from schemas.base import Event
from schemas.dead_letters import DeadLettered
from schemas.events import MAX_BODY_BYTES
from schemas.state import Source
from services.runtime.outcome import DeadLetter, Emit, Outcome
from services.runtime.pool import Broken, Done
from services.runtime.processor import Conclusion, Processor
from services.runtime.record import Outgoing, Record
from services.runtime.stage import Assignment, pure
from services.runtime.table import Table
from services.runtime.testing import EPOCH, TopologyDriver
from tests.unit.runtime.stub_stage import ASKED_AT, STUB, emit, letter, request, source

INPUT_ID = UUID("00000000-0000-5000-8000-000000000001")


def test_an_emission_becomes_a_record_of_its_sink(driver: TopologyDriver) -> None:
    """
    Key, partition and event are those of the sink; the conclusion counts it once.
    """
    conclusion = driver.pipe(request())

    [event] = driver.events(topics.FETCH_REQUESTED)
    assert event.url == "https://example.org/a?!"
    assert driver.records[0].key == b"https://example.org/a?!"
    assert (conclusion.outcome, conclusion.reason) == ("emit", "EMITTED")
    assert conclusion.subject == "https://example.org/a?"


def test_an_emission_goes_to_the_partition_of_its_place() -> None:
    """
    Not to the task's own number: another site may belong to another task.
    """
    driver = TopologyDriver(STUB, partition=1, partitions=12)
    driver.pipe(request())

    assert driver.records[0].partition == topics.partition_of("example.org", 12) == 6


def test_an_id_is_derived_from_the_input(driver: TopologyDriver) -> None:
    """
    Input, stage, fingerprint and topic make the id; nothing else does.
    """
    driver.pipe(request(), event_id=INPUT_ID)

    derived = ids.derived_id(str(INPUT_ID), "stub", "0123456789abcdef", "news.fetch.requested")
    assert dict(driver.records[0].headers)["ce_id"].decode() == str(derived)


def test_a_stage_may_name_the_id_itself() -> None:
    """
    An id that the stage gives is kept.
    """
    topology = replace(STUB, stage=pure(_emit_under_an_id), tables=())
    driver = TopologyDriver(topology)
    driver.pipe(request())

    assert dict(driver.records[0].headers)["ce_id"].decode() == str(INPUT_ID)


def _emit_under_an_id(event: Any) -> Outcome:
    return Emit((emit(event.url, event_id=INPUT_ID),))


def test_the_trace_of_the_input_goes_on(driver: TopologyDriver) -> None:
    """
    One trace follows an event through the stages.
    """
    driver.pipe(request(), event_id=INPUT_ID)

    trace = dict(driver.records[0].headers)["traceparent"].decode()
    assert trace.split("-")[1] == INPUT_ID.hex


def test_a_drop_writes_nothing(driver: TopologyDriver) -> None:
    """
    It is counted by its reason, and that is all.
    """
    conclusion = driver.pipe(request("drop"))

    assert driver.records == []
    assert (conclusion.outcome, conclusion.reason, conclusion.detail) == ("drop", "NOT_WANTED", "asked to")


def test_a_dead_letter_keeps_its_input(driver: TopologyDriver) -> None:
    """
    The original bytes, headers, key and place are there, with stage and reason.
    """
    driver.pipe(request("letter"), event_id=INPUT_ID)

    dead = letter(driver)
    assert dead.original == request("letter").to_wire()[0]
    assert dead.original_headers["ce_id"] == str(INPUT_ID).encode()
    assert (dead.letter.reason, dead.letter.detail, dead.letter.stage) == ("HOPELESS", "asked to", "stub")
    assert dead.letter.origin_key == dead.letter.subject == "https://example.org/a?letter"
    assert str(dead.letter.origin) == driver.records[0].key.decode() == "news.fetch.requested/0/0"
    assert dead.letter.origin_timestamp == EPOCH
    assert dead.letter.declared_bytes == 99


BYTES_THAT_ARE_NO_EVENT: list[tuple[bytes, dict[str, bytes]]] = [
    (b"", {}),
    (b"\xff\xfe\x00", {}),
    (b"{}", {}),
    (b'"text"', {}),
    (request().to_wire()[0], {"ce_type": b"news.page.fetched.v1"}),
    (request().to_wire()[0], {"ce_type": b"\xff"}),
]


@pytest.mark.parametrize(("value", "headers"), BYTES_THAT_ARE_NO_EVENT)
def test_bytes_that_are_no_event_never_reach_the_stage(
    driver: TopologyDriver, value: bytes, headers: dict[str, bytes]
) -> None:
    """
    They are a dead letter, byte for byte, and so is an event of another type.
    """
    driver.pipe_record(driver.record("news.fetch.requested", b"\xfe", value, headers))

    dead = letter(driver)
    assert dead.letter.reason == "NOT_AN_EVENT"
    assert dead.original == value
    assert dead.original_headers == headers


def test_an_event_without_an_envelope_is_an_event(driver: TopologyDriver) -> None:
    """
    Anyone may write a request with a plain producer: without headers it is named by its place.
    """
    conclusion = driver.pipe_record(driver.record("news.fetch.requested", None, request().to_wire()[0], {}))

    assert conclusion.outcome == "emit"
    assert conclusion.facts.event_id == "news.fetch.requested/0/0"


@pytest.mark.parametrize("reason", ["WORK_TIMEOUT", "WORKER_DIED"])
def test_work_that_was_given_up_is_a_dead_letter(reason: str) -> None:
    """
    What the pool says of it stands in the letter.
    """
    processor, record = Processor(STUB, _assignment(), _tables()), _record(request())

    [outgoing] = processor.conclude(record, Broken(reason, "why", attempts=2), EPOCH).records

    dead = _read(outgoing)
    assert (dead.letter.reason, dead.letter.detail, dead.letter.attempts) == (reason, "why", 2)


def test_a_change_is_seen_by_the_next_decision() -> None:
    """
    Two records of one transaction: the second sees what the first led to, though nothing is committed.
    """
    tables = _tables()
    processor = Processor(STUB, _assignment(), tables)

    urls = [_emitted_url(_conclude(processor, request("count"))) for _ in range(3)]

    assert urls == [f"https://example.org/a?count{number}!" for number in (1, 2, 3)]
    assert len(tables["news.sources"]) == 0


def test_a_change_is_a_record_of_the_table_in_the_tasks_own_partition() -> None:
    """
    The task that wrote it restores it; its id is made of what it says.
    """
    driver = TopologyDriver(STUB, partition=5, partitions=12)
    driver.pipe(request("count"))

    [change] = driver.output(topics.SOURCES)
    url, value = "https://example.org/a?count", source("https://example.org/a?count", "1").to_wire()[0]
    assert (change.partition, change.key, change.value) == (5, url.encode(), value)
    assert dict(change.headers)["ce_id"].decode() == str(ids.state_id("news.sources", url, value))
    assert driver.tables["news.sources"].get(url) == source(url, "1")


def test_a_forgotten_key_is_a_tombstone(driver: TopologyDriver) -> None:
    """
    A change without a value deletes, on the topic and in memory.
    """
    driver.tables["news.sources"].restore("https://example.org/a?forget", source("https://x.org/").to_wire()[0])
    conclusion = driver.pipe(request("forget"))

    [change] = driver.records
    assert change.value is None
    assert change.key == b"https://example.org/a?forget"
    assert conclusion.reason == "FORGOTTEN"
    assert len(driver.tables["news.sources"]) == 0


def test_a_tombstone_of_an_input_reaches_the_stage(driver: TopologyDriver) -> None:
    """
    `work` gets the key that was deleted.
    """
    driver.pipe_record(driver.record("news.fetch.requested", b"https://example.org/", None, {}))

    [event] = driver.events(topics.FETCH_REQUESTED)
    assert event.url == "https://example.org/gone!"


def test_an_original_of_the_stages_own_is_kept_in_place_of_the_input() -> None:
    """
    What really arrived, e.g. the start of an answer that was too large; above the limit it is cut and measured.
    """
    driver = TopologyDriver(replace(STUB, stage=pure(_too_large), tables=()))
    driver.pipe(request())

    dead = letter(driver)
    assert len(dead.original) == 64 * 1024
    assert dead.letter.original_bytes == MAX_BODY_BYTES + 1
    assert dead.letter.is_cut


def _too_large(_event: Any) -> Outcome:
    return DeadLetter("BODY_TOO_LARGE", original=b"." * (MAX_BODY_BYTES + 1))


SCRIPT = """
import json
from services.runtime.testing import TopologyDriver
from tests.unit.runtime.stub_stage import STUB, request
driver = TopologyDriver(STUB)
for query in ("", "count", "count", "forget", "letter", "drop"):
    driver.pipe(request(query))
print(json.dumps([[r.topic, r.partition, repr(r.key), repr(r.value), repr(r.headers)] for r in driver.records]))
"""


def test_equal_inputs_give_equal_bytes_in_any_process() -> None:
    """
    Topics, partitions, keys, values and headers are the same whatever the seed of hashes is.
    """
    first, second = (_run(SCRIPT, seed) for seed in ("1", "2"))

    assert first == second
    assert len(json.loads(first)) == 7


def _run(script: str, seed: str) -> str:
    environ = os.environ | {"PYTHONHASHSEED": seed}
    return subprocess.run(
        [sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True
    ).stdout


def _assignment() -> Assignment:
    return Assignment(0, 1, EPOCH, 0.0)


def _tables() -> dict[str, Table]:
    return {"news.sources": Table(Source)}


def _record(event: Event, offset: int = 0) -> Record:
    return Record("news.fetch.requested", 0, offset, datetime(2026, 3, 1, tzinfo=UTC), b"k", event.to_wire()[0])


def _conclude(processor: Processor, event: Event) -> Conclusion:
    record = _record(event)
    arguments = processor.arguments(record)
    assert isinstance(arguments, tuple)
    return processor.conclude(record, Done(STUB.stage.work(*arguments)), ASKED_AT)


def _emitted_url(conclusion: Conclusion) -> str:
    value = conclusion.records[0].value
    assert value is not None
    return str(json.loads(value)["url"])


def _read(outgoing: Outgoing) -> DeadLettered:
    assert outgoing.value is not None
    return DeadLettered.from_wire(outgoing.value, dict(outgoing.headers))
