"""
What becomes of one input: the pure middle of a task. Memory, decisions and records, without Kafka and without I/O; the
task runs it against a broker, the driver runs it in memory.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from schemas import topics
from schemas.base import Event
from schemas.dead_letters import ASKED_HEADER, DeadLettered, Letter, measure
from schemas.envelope import seal
from schemas.ids import derived_id, state_id
from schemas.topics import Topic, partition_of
from schemas.trace_context import TraceContext
from services.runtime.bar import Gate
from services.runtime.outcome import Change, DeadLetter, Drop, Emission, Emit, Outcome
from services.runtime.pool import Broken, Done, Worked
from services.runtime.record import Outgoing, Record
from services.runtime.stage import Action, ActionFailed, Assignment, Cause, RecordFacts, Stage, Tombstone
from services.runtime.table import Table
from services.runtime.topology import Topology
from services.runtime.tracing.lineage import ContextOf, Place, contexts_of, place_of

Input = Record | Action

SLACK_BYTES = 64 * 1024
"""Between what a record is measured at and what a broker measures: framing, names of headers."""

DETAIL_CHARS, EXCEPTION_CHARS, NAME_CHARS = 2000, 16_000, 4096
"""What a dead letter tells at most; an exception may quote the page that it failed on."""

KEPT_HEADER_BYTES = 1024 * 1024
"""Of the original's headers; `page_meta`, the largest of ours, has 32 KiB."""


@dataclass(frozen=True)
class Conclusion:
    """
    The one end of one input.

    Attributes:
        facts: Of the record that it comes from in the end; their `traceparent` is the step in which it was handled.
        parent: The span id of the step that led to it, if one is known.
    """

    subject: str
    facts: RecordFacts
    outcome: str
    reason: str
    detail: str
    records: tuple[Outgoing, ...]
    milestones: Mapping[str, datetime] = field(default_factory=dict)
    parent: str | None = None


@dataclass(frozen=True)
class _Case:
    """
    An input that is being decided on: its facts, its place in a trace, and the time.
    """

    given: Input
    facts: RecordFacts
    place: Place
    now: datetime


class Processor:
    """
    One task's memory and decisions.
    """

    def __init__(self, topology: Topology, assignment: Assignment, tables: dict[str, Table]) -> None:
        self._topology = topology
        self._assignment = assignment
        self._tables = tables
        self._inputs = {topic.name: topic for topic in (topology.live, *(lane.topic for lane in topology.beside))}
        self._state = topology.stage.open(assignment, tables)
        self._gate = Gate(topology.bar, tables, assignment)

    def arguments(self, record: Record) -> tuple[Any, ...] | Worked:
        """
        What `work` gets for a record; or what is known without any: bytes that are no event never reach a stage.
        """
        if self._is_deletion(record):
            return Broken("DELETED", "")
        try:
            event = decode(self._inputs[record.topic], record)
        except ValueError as error:
            return Broken("NOT_AN_EVENT", _brief(error))
        if self._gate.is_notice(record):
            return Done(event)
        if isinstance(event, Tombstone):
            return (event,)
        return self._with_snapshot(event) if self._gate.admits(record, event) else Done(event)

    def _with_snapshot(self, event: Event) -> tuple[Any, ...] | Broken:
        snapshot = self._topology.stage.snapshot
        if snapshot is None:
            return (event,)
        try:
            return event, snapshot(self._state, event)
        except Exception as error:  # noqa: BLE001 - a bug in a stage harms this record only
            return _raised(error)

    def _is_deletion(self, given: Input) -> bool:
        if not isinstance(given, Record) or given.value is not None or self._gate.is_notice(given):
            return False
        return not self._topology.stage.takes_tombstones

    def due(self, now: datetime) -> tuple[tuple[Action, ...], datetime | None]:
        """
        Actions to be started now, and when to ask again. Only between transactions.
        """
        if self._topology.stage.due is None:
            return (), None
        due = self._topology.stage.due(self._state, now)
        return due.actions, due.next_at

    def conclude(self, given: Input, worked: Worked, now: datetime) -> Conclusion:
        """
        Decide on one input, in order; its table changes are seen by the next decision.
        """
        stated = facts_of(given)
        place = place_of(self._topology.name, given, stated, now)
        facts = RecordFacts(stated.origin, stated.event_id, str(place.own))
        outcome, records = self._judge(_Case(given, facts, place, now), worked)
        for change in outcome.changes:
            if change.topic in self._topology.tables:
                self._tables[change.topic.name].put(change.key, change.value)
        if isinstance(given, Record):
            self._gate.dismiss(given)
        return Conclusion(
            subject=subject_of(given),
            facts=facts,
            outcome=type(outcome).__name__.lower(),
            reason=outcome.reason,
            detail="" if isinstance(outcome, Emit) else outcome.detail,
            records=tuple(records),
            milestones=outcome.events[0].event.milestones() if isinstance(outcome, Emit) and outcome.events else {},
            parent=place.parent,
        )

    def figures(self) -> Mapping[str, float]:
        """
        What the stage counts of itself now.
        """
        figures = self._topology.stage.figures
        return {} if figures is None else figures(self._state)

    def commit(self) -> None:
        """
        What was concluded is committed.
        """
        for table in self._tables.values():
            table.commit()

    def _judge(self, case: _Case, worked: Worked) -> tuple[Outcome, list[Outgoing]]:
        """
        A bug in a stage harms this input only; a second one, while an action is being closed, ends the task.
        """
        try:
            outcome = self._outcome(case, worked)
            return outcome, self._records(case, outcome)
        except Exception as error:  # noqa: BLE001
            outcome = self._outcome(case, _raised(error))
            return outcome, self._records(case, outcome)

    def _outcome(self, case: _Case, worked: Worked) -> Outcome:
        if isinstance(case.given, Record):
            return self._of_record(case.given, case, worked)
        value = worked.value if isinstance(worked, Done) else _failed(worked)
        return self._decide(value, Cause(action=case.given), case.now)

    def _of_record(self, record: Record, case: _Case, worked: Worked) -> Outcome:
        if self._is_deletion(record):
            return Drop("DELETED")
        if self._gate.is_stopped(record):
            return self._gate.stop(record)
        if not isinstance(worked, Done):
            return _letter(worked)
        if self._gate.is_notice(record):
            return self._gate.heed(self._state, record, worked.value)
        return self._decide(worked.value, Cause(record=case.facts), case.now)

    def _decide(self, value: Any, cause: Cause, now: datetime) -> Outcome:
        return self._gate.let_through(self._topology.stage.decide(self._state, value, cause, now))

    def _records(self, case: _Case, outcome: Outcome) -> list[Outgoing]:
        """
        All that an outcome writes. What the broker would refuse for its size is a bug of the stage, found here: a
        transaction that can never be committed would be tried for ever.
        """
        routed = self._route(case, outcome)
        records = [*routed, *(self._change(change) for change in outcome.changes)]
        for record in records:
            if record.size > topics.MAX_RECORD_BYTES - SLACK_BYTES:
                raise ValueError(f"a record of {record.size} bytes for {record.topic} is too large")
        return records

    def _route(self, case: _Case, outcome: Outcome) -> list[Outgoing]:
        if isinstance(outcome, Drop):
            return []
        if isinstance(outcome, DeadLetter):
            return [self._bury(case, outcome)]
        unnamed = [emission.topic.name for emission in outcome.events if emission.event_id is None]
        if len(set(unnamed)) < len(unnamed):
            raise ValueError(f"{self._topology.name} emits two events to one sink, without ids of their own")
        context_of = contexts_of(outcome, case.place)
        return [self._send(case.facts, emission, context_of) for emission in outcome.events]

    def _send(self, facts: RecordFacts, emission: Emission, context_of: ContextOf) -> Outgoing:
        topic, event = emission.topic, emission.event
        if topic not in self._topology.sinks:
            raise ValueError(f"{self._topology.name} does not declare {topic.name} as a sink")
        basis = self._topology.fingerprint + emission.depends_on
        event_id = emission.event_id or derived_id(facts.event_id, self._topology.name, basis, topic.name)
        return self._seal(topic, event, event_id, context_of(emission, event_id))

    def _seal(self, topic: Topic[Any], event: Event, event_id: UUID, trace: TraceContext) -> Outgoing:
        sealed = seal(topic, event, event_id, self._topology.name, trace)
        partition = topic.partition(event, self._assignment.partitions)
        return Outgoing(topic.name, partition, sealed.key, sealed.value, sealed.headers)

    def _change(self, change: Change) -> Outgoing:
        """
        A deletion may be of a sink's key too, or of an input's.
        """
        declared = self._topology.written if change.value is None else self._topology.tables
        if change.topic not in declared:
            raise ValueError(f"{self._topology.name} does not declare {change.topic.name} as a table")
        if change.value is None:
            return Outgoing(change.topic.name, self._partition_of(change), change.key.encode(), None)
        event_id = state_id(change.topic.name, change.key, change.value.to_wire()[0])
        sealed = seal(change.topic, change.value, event_id, self._topology.name)
        key = change.key.encode()
        return Outgoing(change.topic.name, self._assignment.partition, key, sealed.value, sealed.headers)

    def _partition_of(self, change: Change) -> int:
        """
        Where a key lies: where it says itself, or in the task's own partition number, as all of its site do.
        """
        topic, assignment = change.topic, self._assignment
        return partition_of(change.key, assignment.partitions) if topic.is_placed_by_key else assignment.partition

    def _bury(self, case: _Case, outcome: DeadLetter) -> Outgoing:
        given, facts = case.given, case.facts
        record = given if isinstance(given, Record) else None
        original = outcome.original if outcome.original is not None else (record and record.value) or b""
        kept, measured = measure(original)
        if outcome.declared_bytes is not None:
            measured |= {"declared_bytes": outcome.declared_bytes, "is_cut": True}
        letter = Letter(
            reason=outcome.reason,
            detail=outcome.detail[:DETAIL_CHARS],
            stage=self._topology.name,
            subject=subject_of(given)[:NAME_CHARS],
            origin=facts.origin,
            origin_key=_text(record.key)[:NAME_CHARS] if record and record.key is not None else None,
            origin_timestamp=record.timestamp if record else case.now,
            exception=outcome.exception and outcome.exception[-EXCEPTION_CHARS:],
            attempts=outcome.attempts,
            **measured,
        )
        headers = record.headers if record else {} if outcome.asked is None else {ASKED_HEADER: outcome.asked}
        dead = DeadLettered(letter=letter, original=kept, original_headers=_affordable(headers))
        event_id = derived_id(facts.event_id, self._topology.name, outcome.reason, topics.DEAD_LETTERS.name)
        return self._seal(topics.DEAD_LETTERS, dead, event_id, case.place.own)


async def perform(stage: Stage, action: Action, clock: Callable[[], datetime]) -> Worked:
    """
    Carry out one action; a bug at the rim harms this action only.
    """
    assert stage.act is not None
    began = clock()
    try:
        value = await stage.act(action)
        call = stage.call_of(value) if stage.call_of else None
    except Exception as error:  # noqa: BLE001
        return Broken("ACTION_FAILED", f"{type(error).__name__}: {error}"[:DETAIL_CHARS])
    return Done(value, (call.between(began, clock()),) if call else ())


def work_lightly(stage: Stage, value: Any) -> Worked | None:
    """
    The work on what an action returned, in place; None where a worker has to do it.
    """
    if stage.is_light is None or not stage.is_light(value):
        return None
    try:
        return Done(stage.work(value))
    except Exception as error:  # noqa: BLE001 - a bug in a stage harms this action only
        return _raised(error)


def decode(topic: Topic[Any], record: Record) -> Event | Tombstone:
    """
    Read the event of a record.

    Raises:
        ValueError: It is none of this topic's.
    """
    if record.value is None:
        return Tombstone((record.key or b"").decode(errors="replace"))
    stated = record.header("ce_type")
    if stated is not None and stated != topic.event.ce_type:
        raise ValueError(f"ce_type is {stated!r}, {topic.name} carries {topic.event.ce_type!r}")
    event: Event = topic.event.from_wire(record.value, record.headers)
    return event


def facts_of(given: Input) -> RecordFacts:
    """
    The record that an input comes from in the end. One without an id of its own is named by its place.
    """
    if not isinstance(given, Record):
        return given.facts
    return RecordFacts(given.origin, given.header("ce_id") or str(given.origin), given.header("traceparent"))


def subject_of(given: Input) -> str:
    """
    What an input is about, for people.
    """
    return given.header("ce_subject") or str(given.origin) if isinstance(given, Record) else given.subject


def _affordable(headers: Mapping[str, bytes]) -> dict[str, bytes]:
    room, kept = KEPT_HEADER_BYTES, {}
    for name, value in headers.items():
        room -= len(name) + len(value)
        if room >= 0:
            kept[name] = value
    return kept


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace")


def _letter(broken: Broken) -> DeadLetter:
    return DeadLetter(broken.reason, broken.detail, exception=broken.exception, attempts=broken.attempts)


def _failed(broken: Broken) -> ActionFailed:
    return ActionFailed(broken.reason, broken.detail, broken.exception, broken.attempts)


def _raised(error: Exception) -> Broken:
    trace = "".join(traceback.format_exception(error, limit=-8))
    return Broken("STAGE_FAILED", f"{type(error).__name__}: {error}"[:DETAIL_CHARS], trace)


def _brief(error: ValueError) -> str:
    return str(error)[:1000]
