"""
What must not pass any more: names that are told on a topic of which every partition holds everything.

    notice --> kept, as in a table --> whatever goes by one of its names: an input is dropped, an output is left out
           --> retract: what the task has written under them before is deleted

The task reads the topic in its own partition number, before all else, so it knows every notice before its first record,
and each one is followed by deletions in the same transaction. What is decided before a notice is undone by it, what is
decided after it is stopped: nobody else has to write to the task's keys.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from schemas.base import Event
from schemas.topics import Topic
from services.runtime.outcome import Change, Drop, Emit, Outcome
from services.runtime.record import Record
from services.runtime.stage import Assignment
from services.runtime.table import Table

Names = frozenset[str]


def nothing_to_retract(_state: object, _notice: Event, _assignment: Assignment) -> Emit:
    """
    For who only stops.
    """
    return Emit()


@dataclass(frozen=True)
class Bar:
    """
    What a service has to know of notices.

    Attributes:
        topic: Where they are told.
        reason: By which what is stopped is counted.
        names_of: The names that an event goes by; of a notice those that it bars, none if it bars nothing any more.
        retract: `(state, notice, assignment)` -> deletions, and whatever else is changed or told for it.
        erases: Inputs in which the task deletes what it stops.
    """

    topic: Topic[Any]
    reason: str
    names_of: Callable[[Event], Names]
    retract: Callable[[Any, Any, Assignment], Emit] = nothing_to_retract
    erases: tuple[Topic[Any], ...] = ()


class Barred:
    """
    The names that are barred now, by the notices that were taken so far.
    """

    def __init__(self) -> None:
        self._by_notice: dict[str, Names] = {}
        self._counts: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._counts)

    @property
    def names(self) -> Names:
        """
        All of them.
        """
        return frozenset(self._counts)

    def take(self, key: str, names: Names) -> None:
        """
        A notice is told, anew or for the first time; or it is deleted, and has no names.
        """
        self._counts -= Counter(self._by_notice.pop(key, ()))
        if names:
            self._by_notice[key] = names
            self._counts.update(names)

    def meets(self, names: Iterable[str]) -> bool:
        """
        Whether one of some names is barred.
        """
        return any(name in self._counts for name in names)


class Gate:
    """
    The bar of one task. Without one, everything passes.
    """

    def __init__(self, bar: Bar | None, tables: Mapping[str, Table], assignment: Assignment) -> None:
        self._bar = bar
        self._barred = Barred()
        self._assignment = assignment
        self._under_way: dict[tuple[str, int], Event] = {}
        self._stopped: set[tuple[str, int]] = set()
        if bar is not None:
            self._table = tables[bar.topic.name]
            self._table.watch(self._changed)

    def _changed(self, key: str, notice: Event | None) -> None:
        assert self._bar is not None
        self._barred.take(key, self._bar.names_of(notice) if notice is not None else frozenset())

    def is_notice(self, record: Record) -> bool:
        """
        Whether a record is one that the gate itself reads.
        """
        return self._bar is not None and record.topic == self._bar.topic.name

    def admits(self, record: Record, event: Event) -> bool:
        """
        Whether there is to be any work on a record. Until it is decided on, its event is remembered: a notice may come
        in between.
        """
        if self._bar is None:
            return True
        here = record.topic, record.offset
        self._under_way[here] = event
        if self._bars(event):
            self._stopped.add(here)
        return here not in self._stopped

    def dismiss(self, record: Record) -> None:
        """
        A record is decided on.
        """
        here = record.topic, record.offset
        self._under_way.pop(here, None)
        self._stopped.discard(here)

    def is_stopped(self, record: Record) -> bool:
        """
        Whether a record under way goes by a name that is barred now, or was when it came: then no work was done on it.
        """
        here = record.topic, record.offset
        return here in self._stopped or self._bars(self._under_way.get(here))

    def stop(self, record: Record) -> Drop:
        """
        The end of a record that is stopped; it is deleted where it lies, if that is for this task to do.
        """
        assert self._bar is not None
        erased = (Change(topic, _key(record), None) for topic in self._bar.erases if topic.name == record.topic)
        return Drop(self._bar.reason, changes=tuple(erased))

    def heed(self, state: object, record: Record, notice: object) -> Outcome:
        """
        Take a notice in, and undo what was done before it.
        """
        assert self._bar is not None
        event = notice if isinstance(notice, Event) else None
        self._table.put(_key(record), event)
        if event is None or not self._bar.names_of(event):
            return Drop("DELETED" if event is None else "LIFTED", _key(record))
        undone = self._bar.retract(state, event, self._assignment)
        is_here = undone.changes or undone.events
        return replace(undone, reason="RETRACTED") if is_here else Drop("NOT_HERE", _key(record))

    def let_through(self, outcome: Outcome) -> Outcome:
        """
        An outcome without what is barred: such events are left out, and such values of tables deleted.
        """
        if self._bar is None or not self._barred:
            return outcome
        changes = tuple(replace(each, value=None) if self._bars(each.value) else each for each in outcome.changes)
        if not isinstance(outcome, Emit):
            return replace(outcome, changes=changes)
        events = tuple(each for each in outcome.events if not self._bars(each.event))
        if outcome.events and not events:
            return Drop(self._bar.reason, outcome.reason, changes)
        return replace(outcome, events=events, changes=changes)

    def _bars(self, event: Event | None) -> bool:
        # Names are made only where some are barred: mostly none is, and they cost as much as all that is decided.
        if event is None or self._bar is None or not self._barred:
            return False
        return self._barred.meets(self._bar.names_of(event))


def _key(record: Record) -> str:
    return (record.key or b"").decode(errors="replace")
