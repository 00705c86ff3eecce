"""
Which trace an input belongs to, and which what comes of it does: a function of the input, with nobody watching too.

    stated or begun by the input --step--> the input's own --> its events       one event a topic
                                              (link) . . . --> a trace each     many events of one topic, or a timer's
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from schemas.trace_context import TraceContext, begun_by, read
from services.runtime.outcome import Emission, Emit
from services.runtime.record import Record
from services.runtime.stage import Action, RecordFacts

ContextOf = Callable[[Emission, UUID], TraceContext]
"""The context of an emitted event, which has an id by then."""


@dataclass(frozen=True)
class Place:
    """
    Where an input stands in a trace.

    Attributes:
        own: The step in which it is handled.
        parent: The span id of the step that led to it, if one is known.
        goes_on: Whether what comes of it belongs to the trace: not so for a timer of no trace, such as a feed's polls,
            whose traces would have no end and no subject.
    """

    own: TraceContext
    parent: str | None = None
    goes_on: bool = True


def place_of_record(stage: str, facts: RecordFacts) -> Place:
    """
    A record goes on with the trace that it states, else begins the one that its id names. Its step is named by the
    stage and that id: tried again or replayed it is the same.
    """
    stated = read(facts.traceparent)
    own = (stated or begun_by(facts.event_id)).step(stage, facts.event_id)
    return Place(own, stated.span_id if stated else None)


def place_of_action(stage: str, action: Action, now: datetime) -> Place:
    """
    An action goes on with the trace of the record that caused it. Done again, it is another step.
    """
    names = (stage, action.facts.event_id, action.subject, now.isoformat())
    stated = read(action.facts.traceparent)
    if stated is None:
        return Place(begun_by("\n".join(names)).step(*names), goes_on=False)
    return Place(stated.step(*names), stated.span_id)


def place_of(stage: str, given: Record | Action, facts: RecordFacts, now: datetime) -> Place:
    """
    Where an input of a stage stands; `facts` as it states them.
    """
    return place_of_record(stage, facts) if isinstance(given, Record) else place_of_action(stage, given, now)


def contexts_of(outcome: Emit, place: Place) -> ContextOf:
    """
    Give each emitted event its context. A trace follows one thing: of many events of one topic, each begins its own.
    """
    names = [emission.topic.name for emission in outcome.events]
    counts = Counter(names) if len(names) > 1 else dict.fromkeys(names, 1)

    def context_of(emission: Emission, event_id: UUID) -> TraceContext:
        is_alone = counts[emission.topic.name] == 1
        return place.own if place.goes_on and is_alone else begun_by(str(event_id))

    return context_of
