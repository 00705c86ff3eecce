"""
A stage: what one service does, as up to three functions of plain values (and one that does I/O, at the rim).

    record --> work --> decide --> outcome          cheap, ordered, in the task; `work` runs on the worker pool
    state  --> due  --> action --> act --> work --> decide --> outcome             timers: only such a stage has a clock
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from schemas.base import Event
from schemas.parts import Origin
from services.runtime.outcome import Outcome
from services.runtime.table import Table


@dataclass(frozen=True)
class Assignment:
    """
    Which part of the stream a task has, and since when.

    Attributes:
        partition: Its number.
        partitions: How many topics have, but those with a number of their own.
        since: When the task took over; an earlier owner may have acted until `since` plus `handover_s`.
        handover_s: Seconds that a former owner may still believe itself the owner (the session timeout).
    """

    partition: int
    partitions: int
    since: datetime
    handover_s: float


@dataclass(frozen=True)
class RecordFacts:
    """
    Where a record came from; what a stage may need besides the event itself.

    Attributes:
        traceparent: Given to a stage, the step in which the record is handled: what is remembered goes on from there.
    """

    origin: Origin
    event_id: str
    traceparent: str | None


@dataclass(frozen=True)
class Cause:
    """
    What an input of `decide` is about: the record that it came from, or the action that it is the result of.
    """

    record: RecordFacts | None = None
    action: Action | None = None


@dataclass(frozen=True)
class Tombstone:
    """
    A record without a value: its key was deleted. `work` gets it in place of an event.
    """

    key: str


@dataclass(frozen=True)
class Lapse:
    """
    A stretch of time that went into an input.

    Attributes:
        name: `work`, or what was called.
        is_call: Somebody else was called.
        attributes: What is to be seen of it in a trace, by OpenTelemetry's names.
        error: What went wrong, as a stable code.
    """

    name: str
    began: datetime
    ended: datetime
    is_call: bool = False
    attributes: Mapping[str, str | int] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True)
class Call:
    """
    What an action asked of somebody else, as a trace shows it; the fields are a `Lapse`'s.
    """

    name: str
    attributes: Mapping[str, str | int]
    error: str = ""

    def between(self, began: datetime, ended: datetime) -> Lapse:
        """
        With its time.
        """
        return Lapse(self.name, began, ended, is_call=True, attributes=self.attributes, error=self.error)


class Action(Protocol):
    """
    Something to be done outside any transaction. What its result leads to is accounted to the record that caused it.
    """

    @property
    def subject(self) -> str: ...

    @property
    def facts(self) -> RecordFacts: ...


@dataclass(frozen=True)
class ActionFailed:
    """
    The work on an action's result crashed, hung or raised; `decide` gets this in place of the work's result.
    """

    reason: str
    detail: str
    exception: str | None
    attempts: int


@dataclass(frozen=True)
class Due:
    """
    What is to be done now, and when to ask again (None: only after the next change).
    """

    actions: tuple[Action, ...] = ()
    next_at: datetime | None = None


def _nothing(_assignment: Assignment, _tables: Tables) -> None:
    """
    The state of a stage without memory.
    """


Tables = Mapping[str, Table]
"""A task's tables by topic name."""


@dataclass(frozen=True)
class Stage:
    """
    The functions of a stage.

    Attributes:
        work: CPU work on one input, in a worker process: must be importable at module level (or a `partial` of such a
            function over picklable values), pure, and without I/O. Its argument is the event, or what `act` returned.
        decide: `(state, result of work, cause, now) -> Outcome`; in offset order, cheap, pure but for `state`.
        open: Makes the task's state from its restored tables.
        due: `(state, now) -> Due`; marks what it hands out as under way in `state`.
        act: Carries out one action; it raises only for bugs.
        call_of: What `act` returned, as a call that a trace shows; None where nothing was asked.
        is_light: Whether the work on what `act` returned is nothing: it is done in place then, not by a worker.
        close: Called once when the service ends: lets go of what `act` holds open.
        warm: Called once in each worker process before its first record: loads models.
        snapshot: `(state, event)` -> what `work` gets as second argument, where a stage needs remembered facts there.
        figures: `state` -> what is to be seen of it in metrics, by name; cheap, asked every few seconds.
        takes_tombstones: `work` gets a `Tombstone` for a record without a value; else such a record is dropped.
    """

    work: Callable[..., Any]
    decide: Callable[[Any, Any, Cause, datetime], Outcome]
    open: Callable[[Assignment, Tables], Any] = _nothing
    due: Callable[[Any, datetime], Due] | None = None
    act: Callable[[Any], Awaitable[Any]] | None = None
    call_of: Callable[[Any], Call | None] | None = None
    is_light: Callable[[Any], bool] | None = None
    close: Callable[[], Awaitable[None]] | None = None
    warm: Callable[[], None] | None = None
    snapshot: Callable[[Any, Event], Any] | None = None
    figures: Callable[[Any], Mapping[str, float]] | None = None
    takes_tombstones: bool = False


def pure(function: Callable[[Any], Outcome], warm: Callable[[], None] | None = None) -> Stage:
    """
    Lift a function from event to outcome into a stage without memory.
    """
    return Stage(work=function, decide=_as_it_is, warm=warm)


def _as_it_is(_state: object, outcome: Outcome, _cause: Cause, _now: datetime) -> Outcome:
    return outcome
