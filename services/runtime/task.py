"""
One input partition: poll, work, decide, one transaction. Everything that belongs to the partition lives and ends here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from schemas import topics
from schemas.topics import Topic
from services.runtime.kafka.membership import Membership
from services.runtime.kafka.reader import PartitionReader, open_places, read_to_end
from services.runtime.kafka.writer import PlainWriter, Writer
from services.runtime.pool import Broken, Pool, Worked
from services.runtime.processor import Conclusion, Processor, perform, work_lightly
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings, RuntimeSettings
from services.runtime.stage import Action, Assignment
from services.runtime.table import Memory, Table
from services.runtime.topology import Topology
from services.runtime.tracing.spans import Passage
from services.runtime.window import UnderWay, Window
from services.runtime.witness import Witness

POLL_S = 0.25
"""How long one poll waits for records; also how soon a stop is noticed."""

UNCONFIRMED = timedelta(seconds=0.5)
"""When to look again whether this member is still confirmed, before it starts actions."""


@dataclass(frozen=True)
class Environment:
    """
    What all tasks of a process share.
    """

    topology: Topology
    kafka: KafkaSettings
    settings: RuntimeSettings
    membership: Membership
    pool: Pool
    clock: Callable[[], datetime]
    witness: Witness


class Task:
    """
    Reads one partition number of the live input and of the lanes, and writes through one transactional id.
    """

    def __init__(self, shared: Environment, assignment: Assignment, memory: Memory) -> None:
        self._shared = shared
        self._assignment = assignment
        self._memory = memory
        self._news = asyncio.Event()
        self._window = Window(self._news.set)
        self._polls: dict[str, asyncio.Task[list[Record]]] = {}
        self._lanes: dict[str, PartitionReader] = {}
        self._is_live_empty = False
        self._due_at: datetime | None = None
        self._first_finished_at: float | None = None
        self._transaction: asyncio.Task[None] | None = None
        self._is_draining = False
        self._is_stopping = False
        self.is_open = False
        self._processor: Processor | None = None
        self._position = 0
        self._read_to = 0
        self.moved_at = self._began_at = asyncio.get_running_loop().time()

    @property
    def partition(self) -> int:
        """
        Its number.
        """
        return self._assignment.partition

    @property
    def behind(self) -> int:
        """
        Offsets between what is committed and the end of the live input, as last seen.
        """
        return self._shared.membership.end(self.partition) - self._position

    @property
    def oldest(self) -> datetime | None:
        """
        When the oldest record under way was written, if there is one.
        """
        return self._window.oldest

    @property
    def figures(self) -> Mapping[str, float]:
        """
        What the stage counts of itself now.
        """
        return {} if self._processor is None else self._processor.figures()

    @property
    def has_moved(self) -> bool:
        """
        Whether it ever committed anything.
        """
        return self.moved_at > self._began_at

    @property
    def is_ending(self) -> bool:
        """
        Whether it was told to end, in either way.
        """
        return self._is_draining or self._is_stopping

    @property
    def _is_over(self) -> bool:
        is_drained = self._is_draining and self._window.is_idle and self._transaction is None
        return self._is_stopping or is_drained

    def drain(self) -> None:
        """
        Take nothing new; end when all that is under way is committed.
        """
        self._is_draining = True
        self._news.set()

    def stop(self) -> None:
        """
        End after the transaction in flight; what is under way is left to the next owner.
        """
        self._is_stopping = True
        self._news.set()

    async def run(self) -> None:
        """
        Own the partition until told to stop.

        Raises:
            TaskFenced: Another instance owns it now.
            KafkaError, TimeoutError: The broker is away, or the outcome of a transaction is unknown.
        """
        writer = self._make_writer()
        try:
            self._processor = processor = await self._open(writer)
            self.is_open = True
            while not self._is_over:
                await self._step(processor, writer)
        finally:
            await self._close(writer)
            self.is_open = False

    def _make_writer(self) -> Writer:
        shared, topology = self._shared, self._shared.topology
        if shared.settings.delivery == "at-least-once":
            return PlainWriter(shared.membership, kafka=shared.kafka, settings=shared.settings)
        task_id = f"{topology.name}-{topology.live.name}-{self.partition}"
        if shared.settings.delivery == "unfenced":
            task_id = f"{task_id}-{uuid4()}"
        return Writer(task_id, topology.name, kafka=shared.kafka, settings=shared.settings)

    async def _open(self, writer: Writer) -> Processor:
        """
        The order matters: ask how the last transaction ended, fence the former owner, end what hangs, read what is
        committed, begin there.
        """
        topology, membership = self._shared.topology, self._shared.membership
        is_commit = await writer.was_committed()
        if is_commit is not None:
            self._memory.is_commit = is_commit
        await writer.start()
        await self._end_hanging(writer)
        await asyncio.gather(*(self._restore(table) for table in topology.remembered))
        for lane in topology.beside:
            self._lanes[lane.topic.name] = reader = PartitionReader(self._shared.kafka, lane.topic.name, self.partition)
            await reader.start(await membership.committed(lane.topic.name, self.partition))
        processor = await self._remember()
        committed = await membership.committed(topology.live.name, self.partition)
        await membership.seek_to_committed(self.partition, committed)
        self._position = self._read_to = committed or 0
        return processor

    async def _end_hanging(self, writer: Writer) -> None:
        """
        The tables, and the offsets, whether anything hangs there or not: a broker that was killed and is back may
        answer from before its last writes. Of the sinks, which others read, those with an open transaction.
        """
        topology, count = self._shared.topology, self._assignment.partitions
        tables = [(table.name, self.partition) for table in topology.tables]
        written = (*topology.written, topics.DEAD_LETTERS)
        sinks = [(sink.name, number) for sink in written for number in range(sink.partitions or count)]
        unread = {(topics.DEAD_LETTERS.name, self.partition): 0}
        still_open = await open_places(self._shared.kafka, sinks)
        await writer.end_hanging(tables, still_open, unread, commit=self._memory.is_commit)

    async def _remember(self) -> Processor:
        """
        Open the stage's state over its tables, beside the event loop: a million entries take a minute, and a member
        that is silent for so long is out of its group.
        """
        tables, loop = self._memory.tables, asyncio.get_running_loop()
        opening = asyncio.create_task(asyncio.to_thread(Processor, self._shared.topology, self._assignment, tables))
        try:
            while not (await asyncio.wait({opening}, timeout=POLL_S))[0]:
                self.moved_at = self._began_at = loop.time()
        except asyncio.CancelledError:
            self._memory.tables, self._memory.positions = {}, {}  # the thread still reads those: leave them to it
            raise
        return opening.result()

    async def _restore(self, topic: Topic[Any]) -> None:
        table = self._memory.tables.setdefault(topic.name, Table(topic.event))
        table.forget()
        self._memory.positions[topic.name] = await read_to_end(
            self._shared.kafka,
            topic.name,
            self.partition,
            start=self._memory.positions.get(topic.name),
            apply=lambda record: table.restore((record.key or b"").decode(), record.value),
        )

    async def _step(self, processor: Processor, writer: Writer) -> None:
        """
        Polling and work go on while a transaction is in flight; decisions wait for its end.
        """
        self._news.clear()
        self._take_polled(processor)
        if not self._is_draining:
            self._poll()
        if self._transaction is not None and self._transaction.done():
            ended, self._transaction = self._transaction, None
            ended.result()
        if self._transaction is None:
            self._begin(processor, writer)
        await self._wait()

    def _begin(self, processor: Processor, writer: Writer) -> None:
        """
        Start what may only start between transactions: the next one, else actions.
        """
        if self._is_time_to_commit():
            self._transaction = asyncio.create_task(self._commit(processor, writer))
        elif self._window.is_idle and self._read_to > self._position:
            self._transaction = asyncio.create_task(self._settle(writer))
        elif not self._is_draining:
            self._start_due(processor)
        if self._transaction is not None:
            self._transaction.add_done_callback(lambda _: self._news.set())

    def _take_polled(self, processor: Processor) -> None:
        for name in [name for name, poll in self._polls.items() if poll.done()]:
            records = self._polls.pop(name).result()
            if name == self._shared.topology.live.name:
                self._is_live_empty = not records
            is_patient = name in self._shared.topology.replays
            run = self._shared.pool.run_patiently if is_patient else self._shared.pool.run
            for record in records:
                self._window.add_record(record, _work(processor.arguments(record), run), is_patient=is_patient)

    def _poll(self) -> None:
        room = self._shared.settings.batch_records - len(self._window)
        if room <= 0 or self._window.bytes >= self._shared.settings.batch_bytes:
            return
        topology = self._shared.topology
        for lane in topology.beside:
            own = room if lane.is_urgent else min(room, self._shared.settings.lane_records - self._window.patient)
            if own > 0 and (lane.is_urgent or self._is_live_empty):
                self._start_poll(lane.topic.name, self._lanes[lane.topic.name].poll(own, POLL_S))
        self._start_poll(topology.live.name, self._poll_live(room))

    async def _poll_live(self, room: int) -> list[Record]:
        membership = self._shared.membership
        records = await membership.poll(self.partition, room, POLL_S)
        if not records and self._window.is_idle:
            self._read_to = await membership.read_to(self.partition)
        return records

    def _start_poll(self, name: str, poll: Any) -> None:
        if name in self._polls:
            poll.close()
            return
        self._polls[name] = asyncio.create_task(poll)
        self._polls[name].add_done_callback(lambda _: self._news.set())

    def _start_due(self, processor: Processor) -> None:
        if self._shared.topology.stage.due is None:
            return
        now = self._shared.clock()
        if self._due_at is not None and now < self._due_at:
            return
        if self._shared.membership.confirmed_age_s > self._shared.settings.session_timeout_s:
            self._due_at = now + UNCONFIRMED  # somebody else may own the partition by now
            return
        actions, self._due_at = processor.due(now)
        for action in actions:
            self._window.add_action(action, self._perform(action))

    async def _perform(self, action: Action) -> Worked:
        result = await perform(self._shared.topology.stage, action, self._shared.clock)
        if isinstance(result, Broken):
            return result
        worked = work_lightly(self._shared.topology.stage, result.value) or await self._shared.pool.run(result.value)
        return replace(worked, lapses=result.lapses + worked.lapses)

    def _is_time_to_commit(self) -> bool:
        if not self._window.has_finished:
            return False
        now = asyncio.get_running_loop().time()
        if self._first_finished_at is None:
            self._first_finished_at = now
        return self._window.is_finished or now - self._first_finished_at >= self._shared.settings.commit_interval_s

    async def _wait(self) -> None:
        timeout = POLL_S
        if self._first_finished_at is not None:
            timeout = min(timeout, self._shared.settings.commit_interval_s)
        if self._due_at is not None and self._transaction is None and not self._is_draining:
            timeout = min(timeout, max(0.0, (self._due_at - self._shared.clock()).total_seconds()))
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._news.wait()

    async def _commit(self, processor: Processor, writer: Writer) -> None:
        """
        One transaction: outputs, dead letters, table changes and offsets become visible together or not at all.

        1. decide on everything that is finished, in order; 2. write and commit; 3. make memory lasting; 4. say so.
        """
        taken, now = self._window.take_finished(), self._shared.clock()
        conclusions = [processor.conclude(u.given, u.work.result(), now) for u in taken]
        offsets = _next_offsets(taken)
        records = [record for conclusion in conclusions for record in conclusion.records]
        began_at = asyncio.get_running_loop().time()
        try:
            await writer.commit(records, offsets)
        except BaseException as error:
            self._shared.witness.failed(self._passages(taken, conclusions), error)
            raise
        processor.commit()
        self._first_finished_at = self._due_at = None
        self.moved_at = asyncio.get_running_loop().time()
        self._position = offsets.get((self._shared.topology.live.name, self.partition), self._position)
        self._shared.witness.committed(self._passages(taken, conclusions), self.moved_at - began_at)

    def _passages(self, taken: list[UnderWay], conclusions: list[Conclusion]) -> list[Passage]:
        """
        What was taken up to now, in the time of day.
        """
        now, at = self._shared.clock(), asyncio.get_running_loop().time()
        return [
            Passage(u.given, u.work.result(), conclusion, now - timedelta(seconds=at - u.taken_at), now)
            for u, conclusion in zip(taken, conclusions, strict=True)
        ]

    async def _settle(self, writer: Writer) -> None:
        """
        All is done, yet control records lie behind the last record: commit past them, so that no lag is shown.
        """
        await writer.commit([], {(self._shared.topology.live.name, self.partition): self._read_to})
        self._position = self._read_to

    async def _close(self, writer: Writer) -> None:
        """
        Bounded: polls are cut off, a transaction has its time-out, and so has each goodbye, which none goes without.
        """
        for poll in self._polls.values():
            poll.cancel()  # one may wait for a partition that comes back only when this task has ended
        ending = [self._transaction] if self._transaction is not None else []
        try:
            await self._window.abandon()
            await asyncio.gather(*self._polls.values(), *ending, return_exceptions=True)
        finally:
            await asyncio.gather(writer.stop(), *(lane.stop() for lane in self._lanes.values()))


async def _work(arguments: tuple[Any, ...] | Worked, run: Callable[..., Awaitable[Worked]]) -> Worked:
    return await run(*arguments) if isinstance(arguments, tuple) else arguments


def _next_offsets(taken: list[UnderWay]) -> dict[tuple[str, int], int]:
    """
    The offset after the last record of each input; actions have none.
    """
    return {(u.given.topic, u.given.partition): u.given.offset + 1 for u in taken if isinstance(u.given, Record)}
