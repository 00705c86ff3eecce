"""
The task of the simulation: `services.runtime.task.Task` with generators for coroutines and a broker in memory.

Real: `Processor` (with the gate of takedowns), `Table`, `Memory`, and the stages' own functions. Mirrored from `Task`,
in its order of steps: opening (how did the last transaction end, take over, restore tables, offsets of lanes, state,
committed offset), polling while a transaction is in flight, lanes only while the live input is empty, the window that
gives up a finished prefix, decisions between transactions only, offsets in the transaction, memory after it, no actions
while the group has not confirmed the member, drain and stop. Left out: the worker pool's processes (work is done in
place, and takes simulated time), transactions that hang, and committing past markers that nobody has to read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any, Protocol

from schemas.topics import DEAD_LETTERS, Topic
from services.runtime.pool import Broken, Done, Worked
from services.runtime.processor import Conclusion, Input, Processor, work_lightly
from services.runtime.record import Record
from services.runtime.stage import Action, Assignment
from services.runtime.table import Memory, Table
from services.runtime.topology import Topology
from tests.simulation.broker import Broker, Claim, FencedError, Marked, Source
from tests.simulation.bugs import Bug
from tests.simulation.kernel import Call, Kernel, LostCallError, Process, Steps, Thread, Wait
from tests.simulation.window import UnderWay, Window

BATCH_RECORDS, LANE_RECORDS = 8, 2
"""Of the settings of the same names, small: a run has few records."""

COMMIT_INTERVAL_S = 0.2
UNCONFIRMED_S = 0.5
QUICK_S, SLOW_S = (0.005, 0.3), (1.0, 4.0)
"""Work on a record takes about the first mostly, and about the second once in ten times."""

PASSING = (FencedError, LostCallError)
"""What a task is started again after."""


class Surroundings(Protocol):
    """
    What a task needs of the process that it runs in.
    """

    kernel: Kernel
    broker: Broker
    process: Process
    topology: Topology
    bug: Bug | None
    numbers: count[int]

    def clock(self) -> datetime: ...

    def is_confirmed(self) -> bool: ...

    def act(self, task: Task, action: Action, on_end: Callable[[Any], None]) -> None: ...


class Task:
    """
    One partition number of a service, from its taking over to its end.
    """

    def __init__(self, around: Surroundings, assignment: Assignment, memory: Memory) -> None:
        self._around, self.assignment, self._memory = around, assignment, memory
        self.window = Window()
        self.is_draining = self.is_stopping = self.is_open = self.is_closed = False
        self.has_moved = False
        self._number = next(around.numbers)
        self._holder = f"{around.topology.name}-{assignment.partition}"
        if around.bug is Bug.RANDOM_ID:
            self._holder += f"-{self._number}"
        self._epoch = 0
        self._at: dict[str, int] = {}
        self._polls: dict[str, Thread] = {}
        self._transaction: Thread | None = None
        self._commits = 0
        self._due_at: datetime | None = None
        self._first_finished_at: float | None = None
        self._processor: Processor | None = None
        self._thread: Thread | None = None

    @property
    def is_quiet(self) -> bool:
        """
        Whether nothing is under way, and no transaction either.
        """
        return self.is_open and self.window.is_idle and self._transaction is None

    @property
    def tables(self) -> dict[str, Table]:
        """
        What it remembers.
        """
        return self._memory.tables

    def wake(self) -> None:
        """
        There is something new.
        """
        if self._thread is not None:
            self._thread.wake()

    def drain(self) -> None:
        """
        Take nothing new; end when all is committed.
        """
        self.is_draining = True
        self.wake()

    def stop(self) -> None:
        """
        End after the transaction in flight.
        """
        self.is_stopping = True
        self.wake()

    def run(self, thread: Thread) -> Steps:
        """
        Own the partition until told to stop, or until something fails, in a thread of somebody else's.
        """
        self._thread = thread
        try:
            processor = self._processor = yield from self._open()
            self.is_open = True
            while not self._is_over:
                yield Wait(self._step(processor))
            yield from self._ended()
        except PASSING:
            yield from self._ended()
            raise
        finally:
            self._close()

    def _ended(self) -> Steps:
        while self._transaction is not None and not self._transaction.is_over:
            yield Wait()

    @property
    def _is_over(self) -> bool:
        is_drained = self.is_draining and self.window.is_idle and self._transaction is None
        return self.is_stopping or is_drained

    def _close(self) -> None:
        self.is_open, self.is_closed = False, True
        self._around.broker.unwatch(self._number)
        if self._around.bug is Bug.STALE_OFFSET and self.has_moved:
            self._memory.positions[self._around.topology.live.name] = self._at[self._around.topology.live.name]
        for thread in (*self._polls.values(), *([self._transaction] if self._transaction else [])):
            thread.cancel()

    def _open(self) -> Any:
        broker, topology, part = self._around.broker, self._around.topology, self.assignment.partition
        is_commit = yield Call(lambda: broker.last_end(self._holder))
        if is_commit is not None:
            self._memory.is_commit = is_commit
        self._epoch = yield Call(lambda: broker.take_over(self._holder), "take_over")
        for table in topology.remembered:
            yield from self._restore(table)
        for lane in topology.beside:
            self._at[lane.topic.name] = yield Call(lambda name=lane.topic.name: self._committed(name))  # type: ignore[misc]
        processor = Processor(topology, self.assignment, self._memory.tables)
        at = yield Call(lambda: self._committed(topology.live.name), "committed")
        self._at[topology.live.name] = at
        if self._around.bug is Bug.STALE_OFFSET:
            self._at[topology.live.name] = self._memory.positions.get(topology.live.name, at)
        for topic in (topology.live, *(lane.topic for lane in topology.beside)):
            broker.watch((topic.name, part), self._number, self._news)
        return processor

    def _news(self) -> None:
        self._around.kernel.after(self._around.kernel.latency_s(), self.wake)

    def _source(self, topic: str) -> Source:
        return self._around.topology.name, topic, self.assignment.partition

    def _committed(self, topic: str) -> int:
        return self._around.broker.offsets.get(self._source(topic), 0)

    def _restore(self, topic: Topic[Any]) -> Any:
        table = self._memory.tables.setdefault(topic.name, Table(topic.event))
        table.forget()
        place, start = (topic.name, self.assignment.partition), self._memory.positions.get(topic.name, 0)
        records, end = yield Call(lambda: self._around.broker.read(place, start), "restore")
        for record in records:
            table.restore((record.key or b"").decode(), record.value)
        self._memory.positions[topic.name] = end

    def _step(self, processor: Processor) -> float | None:
        """
        One turn; return how long to wait for news.
        """
        self._take_polled(processor)
        if not self.is_draining:
            self._poll()
        if self._transaction is not None and self._transaction.is_over:
            ended, self._transaction = self._transaction, None
            if ended.error is not None:
                raise ended.error
        if self._transaction is None:
            self._begin(processor)
        return self._patience_s()

    def _begin(self, processor: Processor) -> None:
        if self._is_time_to_commit():
            self._transaction = Thread(self._around.kernel, self._around.process, self._commit(processor), self.wake)
        elif not self.is_draining:
            self._start_due(processor)

    def _take_polled(self, processor: Processor) -> None:
        for name in [name for name, poll in self._polls.items() if poll.is_over]:
            poll = self._polls.pop(name)
            if poll.error is not None:
                raise poll.error
            records, self._at[name] = poll.result
            is_patient = name in self._around.topology.replays
            for record in records:
                self._take(processor, record, is_patient=is_patient)

    def _take(self, processor: Processor, record: Record, *, is_patient: bool) -> None:
        arguments = processor.arguments(record)
        under_way = UnderWay(record, is_patient=is_patient)
        self.window.records.append(under_way)
        if isinstance(arguments, tuple):
            self._work(under_way, *arguments)
        else:
            under_way.work = arguments

    def _work(self, under_way: UnderWay, *arguments: Any) -> None:
        """
        As the pool does, in any order; the time that it takes is simulated.
        """
        worked = work(self._around.topology, *arguments)
        kernel = self._around.kernel

        def finish() -> None:
            under_way.work = worked
            self.wake()

        takes_s = kernel.random.uniform(*(SLOW_S if kernel.random.random() < 0.1 else QUICK_S))
        kernel.after(takes_s, lambda: self._around.process.when_awake(finish))

    def _poll(self) -> None:
        room = BATCH_RECORDS - len(self.window.records)
        if room <= 0:
            return
        topology = self._around.topology
        is_live_empty = not self._has_more(topology.live.name)
        patient = sum(each.is_patient for each in self.window.records)
        for lane in topology.beside:
            own = room if lane.is_urgent else min(room, LANE_RECORDS - patient)
            if own > 0 and (lane.is_urgent or is_live_empty):
                self._start_poll(lane.topic.name, own)
        self._start_poll(topology.live.name, room)

    def _has_more(self, name: str) -> bool:
        return self._around.broker.stable_end((name, self.assignment.partition)) > self._at[name]

    def _start_poll(self, name: str, most: int) -> None:
        if name in self._polls or not self._has_more(name):
            return
        broker, place, start = self._around.broker, (name, self.assignment.partition), self._at[name]

        def poll() -> Steps:
            return (yield Call(lambda: broker.read(place, start, most)))

        self._polls[name] = Thread(self._around.kernel, self._around.process, poll(), self.wake)

    def _start_due(self, processor: Processor) -> None:
        if self._around.topology.stage.due is None:
            return
        now = self._around.clock()
        if self._due_at is not None and now < self._due_at:
            return
        if not self._around.is_confirmed():
            self._around.kernel.after(UNCONFIRMED_S, self.wake)
            return
        actions, self._due_at = processor.due(now)
        for action in actions:
            self._start_action(action)

    def _start_action(self, action: Action) -> None:
        under_way = UnderWay(action)
        self.window.actions.append(under_way)

        def finish(value: Any) -> None:
            topology = self._around.topology
            under_way.work = work_lightly(topology.stage, value) or work(topology, value)
            self.wake()

        self._around.act(self, action, finish)

    def _is_time_to_commit(self) -> bool:
        if not self.window.has_finished:
            return False
        now = self._around.kernel.now
        if self._first_finished_at is None:
            self._first_finished_at = now
        return self.window.is_finished or now - self._first_finished_at >= COMMIT_INTERVAL_S - 1e-9

    def _patience_s(self) -> float | None:
        if self._transaction is not None:
            return None
        waits = [COMMIT_INTERVAL_S] if self._first_finished_at is not None else []
        if self._due_at is not None and not self.is_draining:
            waits.append(max(0.001, (self._due_at - self._around.clock()).total_seconds()))
        return min(waits, default=None)

    def _commit(self, processor: Processor) -> Steps:
        """
        1. decide on everything that is finished, in order; 2. write and commit; 3. make memory lasting.
        """
        taken, now = self.window.take_finished(), self._around.clock()
        conclusions = [processor.conclude(each.given, _done(each), now) for each in taken]
        if self._around.bug is Bug.EARLY_MEMORY:
            processor.commit()
        claims = [self._claim(each.given, conclusion) for each, conclusion in zip(taken, conclusions, strict=True)]
        records = [
            Marked(record, claim.number, index)
            for claim, conclusion in zip(claims, conclusions, strict=True)
            for index, record in enumerate(conclusion.records)
        ]
        yield from self._write(claims, records, self._next_offsets(taken))
        processor.commit()
        self._first_finished_at = self._due_at = None
        self.has_moved = True

    def _claim(self, given: Input, conclusion: Conclusion) -> Claim:
        place = (given.topic, given.partition, given.offset) if isinstance(given, Record) else None
        group = self._around.topology.name
        told = f"{conclusion.outcome} {conclusion.reason} of {conclusion.subject}"
        return Claim(next(self._around.numbers), group, place, len(conclusion.records), told)

    def _next_offsets(self, taken: list[UnderWay]) -> dict[Source, int]:
        offsets = {
            self._source(each.given.topic): each.given.offset + 1 for each in taken if isinstance(each.given, Record)
        }
        if self._around.bug is Bug.EARLY_OFFSET:
            offsets = {source: self._at[source[1]] for source in offsets}
        if self._around.bug is Bug.LOST_OFFSET and self._commits % 5 == 4:
            offsets = {}
        self._commits += 1
        return offsets

    def _write(self, claims: list[Claim], records: list[Marked], offsets: dict[Source, int]) -> Steps:
        """
        1. begin; 2. hand over all records; 3. add the offsets; 4. every record is written; 5. commit.
        """
        broker, bug, holder, epoch = self._around.broker, self._around.bug, self._holder, self._epoch
        records = self._spoilt(records)
        if bug is Bug.OFFSETS_FIRST:
            yield from self._write_offsets(offsets)
            offsets = {}
        if bug is Bug.TABLE_OUTSIDE:
            tables = {table.name for table in self._around.topology.tables}
            outside = [each for each in records if each.record.topic in tables]
            records = [each for each in records if each.record.topic not in tables]
            yield Call(lambda: broker.append(outside))
        yield Call(lambda: broker.begin(holder, epoch, claims), "begin")
        yield Call(lambda: broker.produce(holder, epoch, records), "produce")
        yield Call(lambda: broker.add_offsets(holder, epoch, offsets), "add_offsets")
        yield Call(lambda: broker.commit(holder, epoch), "commit")

    def _write_offsets(self, offsets: dict[Source, int]) -> Steps:
        broker, holder, epoch = self._around.broker, self._holder, self._epoch
        yield Call(lambda: broker.begin(holder, epoch, ()), "begin")
        yield Call(lambda: broker.add_offsets(holder, epoch, offsets), "add_offsets")
        yield Call(lambda: broker.commit(holder, epoch), "commit")

    def _spoilt(self, records: list[Marked]) -> list[Marked]:
        if self._around.bug is Bug.DROPPED_LETTER:
            return [each for each in records if each.record.topic != DEAD_LETTERS.name]
        if self._around.bug is Bug.DOUBLED_EMIT and self._commits % 7 == 3:
            return [*records, *records[:1]]
        return records


def work(topology: Topology, *arguments: Any) -> Worked:
    """
    As a worker does it.
    """
    try:
        return Done(topology.stage.work(*arguments))
    except Exception as error:  # noqa: BLE001 - as the pool does
        return Broken("STAGE_FAILED", f"{type(error).__name__}: {error}", None, 2)


def _done(under_way: UnderWay) -> Worked:
    assert under_way.work is not None
    return replace(under_way.work)
