"""
A service: its place in the group, a task for each partition that it was given, and an orderly end.
"""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TypeVar

import structlog

from schemas import topics
from services.runtime import telemetry
from services.runtime.errors import NewsIngestError, TaskFenced
from services.runtime.kafka.admin import is_reachable
from services.runtime.kafka.connection import PATIENCE_S, TransientError, count_partitions
from services.runtime.kafka.membership import Membership
from services.runtime.metrics import Metrics
from services.runtime.pool import Pool
from services.runtime.probes import Probes
from services.runtime.settings import KafkaSettings, RuntimeSettings
from services.runtime.stage import Assignment
from services.runtime.table import Memory
from services.runtime.task import Environment, Task
from services.runtime.topology import Topology
from services.runtime.watchdog import StalledError, Watchdog
from services.runtime.witness import Witness

T = TypeVar("T")

BACKOFF_S = (0.5, 1.0, 2.0, 5.0)
"""Between starts of a task whose broker is away; the last one for ever."""

UNCONFIRMED_S = 0.1
"""Between looks at whether the group has confirmed this member."""

KEEP_MEMORY_S = 600.0
"""Tables of a lost partition are kept so long: if it comes back, only what is new has to be read."""

OUT_S = 1.0
"""For the tasks of a member that is out of its group: time to end in order when nothing holds them."""

ACTIONS_S = 5.0
"""For actions under way when shares change; most take less, and the whole group waits for the slowest."""

EXIT_OK = 0
EXIT_FAILED = 1


class App:
    """
    One process of a service.
    """

    def __init__(self, topology: Topology, *, settings: RuntimeSettings, kafka: KafkaSettings) -> None:
        self._topology = topology
        self._settings = settings
        self._kafka = kafka
        self._log: structlog.stdlib.BoundLogger = telemetry.configure(topology.name, settings.log_format)
        self._metrics = Metrics()
        self._probes = Probes(self._metrics.registry)
        self._pool = Pool(topology.stage, settings, on_end=self._metrics.worker_ended)
        self._membership = Membership(
            topology.live.name, topology.name, kafka=kafka, settings=settings, on_change=self._reassign
        )
        self._witness = Witness(topology, settings, metrics=self._metrics, log=self._log)
        self._environment = Environment(
            topology, kafka, settings, self._membership, self._pool, lambda: datetime.now(UTC), self._witness
        )
        self._partitions = 0
        self._served = 0
        self._keepers: dict[int, asyncio.Task[None]] = {}
        self._tasks: dict[int, Task] = {}
        self._memories: dict[int, tuple[Memory, float]] = {}
        self._knock: asyncio.Task[bool] | None = None
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> int:
        """
        Serve until SIGTERM or SIGINT, then drain; return the exit status.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._end)
        watchdog = asyncio.create_task(self._watch())
        watchdog.add_done_callback(self._watched)
        try:
            starting = asyncio.create_task(self._start())
            await asyncio.wait({starting, self._ended}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
            starting.cancel()
            await self._ended
        except NewsIngestError as error:
            self._log.error("failed", code=error.code, error=str(error), next_step=error.next_step)
            return EXIT_FAILED
        finally:
            watchdog.cancel()
            await self._stop()
        return EXIT_OK

    def _end(self) -> None:
        if not self._ended.done():
            self._ended.set_result(None)

    def _fail(self, error: BaseException) -> None:
        if not self._ended.done():
            self._ended.set_exception(error)

    def _watched(self, watchdog: asyncio.Task[None]) -> None:
        """
        Nobody works unwatched.
        """
        error = None if watchdog.cancelled() else watchdog.exception()
        if error is not None:
            self._fail(error)

    async def _start(self) -> None:
        if self._settings.http_port:
            self._probes.start(self._settings.http_host, self._settings.http_port)
        await self._pool.start()
        self._partitions = await self._patiently(self._count_partitions)
        self._served = self._topology.live.partitions or self._partitions
        await self._patiently(self._membership.start)
        self._log.info("started", partitions=self._served, fingerprint=self._topology.fingerprint)

    async def _count_partitions(self) -> int:
        t = self._topology
        used = (t.live, *(lane.topic for lane in t.beside), *t.written, topics.DEAD_LETTERS)
        return await count_partitions(self._kafka, [topic.name for topic in used])

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """
        Only the broker is retried, and without end.
        """
        attempt = 0
        while True:
            try:
                return await call()
            except TransientError as error:
                self._log.warning("waiting for the broker", servers=self._kafka.bootstrap_servers, error=repr(error))
                await asyncio.sleep(BACKOFF_S[min(attempt, len(BACKOFF_S) - 1)])
                attempt += 1

    async def _reassign(self, partitions: frozenset[int]) -> None:
        """
        The group has a new share for this process. An exception here would be swallowed by the client: none may leave.
        """
        try:
            await self._end_tasks()
            for partition in partitions if not self._ended.done() else ():
                self._keepers[partition] = asyncio.create_task(self._keep(partition))
        except Exception as error:  # noqa: BLE001
            self._fail(error)

    async def _keep(self, partition: int) -> None:
        """
        Run a partition's task, and again after whatever passes, until the partition is taken away.
        """
        failures = 0
        try:
            while not self._ended.done():
                task = self._make_task(partition)
                error = await _passing_failure_of(task)
                if error is None or task.is_ending:
                    return
                failures = 0 if task.has_moved else failures + 1
                self._metrics.task_failed(error)
                self._log.warning("task starts again", partition=partition, error=repr(error))
                await self._pause(failures, is_fenced=isinstance(error, TaskFenced))
        except Exception as error:  # noqa: BLE001 - a bug or a broken machine: say so, and end
            self._log.exception("task failed", partition=partition)
            self._fail(error if isinstance(error, NewsIngestError) else NewsIngestError(f"task failed: {error!r}"))

    def _make_task(self, partition: int) -> Task:
        memory, _ = self._memories.pop(partition, (Memory(), 0.0))
        self._memories[partition] = (memory, asyncio.get_running_loop().time())
        assignment = Assignment(partition, self._partitions, datetime.now(UTC), self._settings.session_timeout_s)
        self._tasks[partition] = task = Task(self._environment, assignment, memory)
        return task

    async def _pause(self, failures: int, *, is_fenced: bool) -> None:
        """
        After a fence, wait until the group has confirmed this member anew: a woken-up member must not fence its heir.
        """
        failed_at = asyncio.get_running_loop().time()
        await asyncio.sleep(BACKOFF_S[min(failures, len(BACKOFF_S) - 1)])
        while is_fenced and self._membership.confirmed_at < failed_at:  # noqa: ASYNC110 - the client has no event for it
            await asyncio.sleep(UNCONFIRMED_S)

    async def _end_tasks(self) -> None:
        """
        Let each transaction in flight end, bounded; then whoever still runs is cut off. A member that was not confirmed
        for a session is out of its group, and its connections may be dead: waiting only keeps it from coming back.
        """
        is_out = self._membership.confirmed_age_s > self._settings.session_timeout_s
        if not is_out:
            await self._finish_actions()
        self._tell(Task.stop)
        await self._join(OUT_S if is_out else self._settings.transaction_timeout_s)

    async def _finish_actions(self) -> None:
        """
        Let actions under way end and be committed, for a while: whoever is asked for something would be asked again.
        """
        if self._topology.stage.act is not None and self._keepers:
            self._tell(Task.drain)
            await asyncio.wait(self._keepers.values(), timeout=min(ACTIONS_S, self._settings.rebalance_timeout_s / 4))

    def _tell(self, word: Callable[[Task], None]) -> None:
        """
        Tell all tasks to end in a way. One that has not begun, or waits to begin again, has nothing to end.
        """
        for partition, task in self._tasks.items():
            if task.is_open:
                word(task)
            else:
                self._keepers[partition].cancel()

    async def _join(self, timeout_s: float) -> None:
        keepers = list(self._keepers.values())
        if keepers:
            _, late = await asyncio.wait(keepers, timeout=timeout_s)
            for keeper in late:
                keeper.cancel()
            _, stuck = await asyncio.wait(keepers, timeout=self._settings.transaction_timeout_s + PATIENCE_S)
            if stuck:
                self._fail(
                    StalledError(f"{len(stuck)} tasks do not end", "the process ends so that it is started again")
                )
        self._keepers.clear()
        now = asyncio.get_running_loop().time()
        self._memories |= {p: (self._memories[p][0], now) for p in self._tasks}
        self._tasks.clear()
        self._memories = {p: (m, since) for p, (m, since) in self._memories.items() if now - since < KEEP_MEMORY_S}

    async def _stop(self) -> None:
        """
        The orderly end: take nothing new, commit what is under way, leave the group, end the workers.
        """
        self._tell(Task.drain)
        await self._join(self._settings.drain_timeout_s)
        await self._membership.stop()
        await self._pool.stop()
        if self._topology.stage.close is not None:
            await self._topology.stage.close()
        await asyncio.gather(asyncio.to_thread(self._probes.stop), asyncio.to_thread(self._witness.stop))
        self._log.info("stopped")

    async def _watch(self) -> None:
        settings = self._settings
        watchdog = Watchdog(
            stall_timeout_s=settings.stall_timeout_s,
            session_timeout_s=settings.session_timeout_s,
            rebalance_timeout_s=settings.rebalance_timeout_s,
        )
        while True:
            await asyncio.sleep(1.0)
            tasks = list(self._tasks.values())
            stalled = self._stalled(watchdog, tasks)
            error = None if tasks or stalled else self._membership.take_error()
            if error is not None:
                self._log.warning("joining the group again", error=repr(error))
            self._probes.say(live=str(stalled or ""), ready=self._why_not_ready())
            self._measure(tasks)
            if stalled is not None:
                self._fail(stalled)

    def _stalled(self, watchdog: Watchdog, tasks: list[Task]) -> StalledError | None:
        now, age_s = asyncio.get_running_loop().time(), self._membership.confirmed_age_s
        if self._membership.is_broken:
            return StalledError("the Kafka client has failed", "see its own words in the log; the process starts again")
        stalled = watchdog.stalled(age_s, tasks, now)
        if self._knock is not None and self._knock.done():
            answers, self._knock = self._knock.exception() is None and self._knock.result(), None
            stalled = stalled or watchdog.forgotten(age_s, answers=answers, now=now)
        if self._knock is None and self._partitions and age_s > self._settings.session_timeout_s:
            self._knock = asyncio.create_task(is_reachable(self._kafka))
        return stalled

    def _why_not_ready(self) -> str:
        if not self._partitions:
            return "it is starting"
        if self._membership.is_new:
            return "it is starting: the broker has not confirmed this member yet"
        if self._membership.confirmed_age_s > self._settings.session_timeout_s:
            return f"the broker has not confirmed this member for {self._membership.confirmed_age_s:.0f} s"
        closed = [partition for partition, task in self._tasks.items() if not task.is_open]
        return f"partitions that are not served yet: {closed}" if closed else ""

    def _measure(self, tasks: list[Task]) -> None:
        age_s, now = self._membership.confirmed_age_s, datetime.now(UTC)
        self._metrics.watch_tasks(tasks, partitions=self._served, unconfirmed_s=age_s, now=now)
        self._metrics.watch_memory(self._pool.pids, self._pool.busy)
        sums: Counter[str] = Counter()
        for task in tasks:
            sums.update(task.figures)
        self._metrics.stage(sums)


async def _passing_failure_of(task: Task) -> BaseException | None:
    """
    Run a task; return what ended it if that will pass, or nothing when it was told to end. Bugs are raised.

    A cancellation that nobody asked for comes from the client: it cancels its callers when its sender has failed.
    """
    try:
        await task.run()
    except (TaskFenced, TransientError, TimeoutError, OSError) as error:
        return error
    except asyncio.CancelledError as error:
        current = asyncio.current_task()
        if current is not None and current.cancelling():
            raise
        return error
    return None


def serve(topology: Topology, environ: Mapping[str, str]) -> int:
    """
    Run one service in the foreground, with runtime settings from the environment; return its exit status.

    Raises:
        SettingsError: A variable is unknown or does not fit.
    """
    settings, kafka = RuntimeSettings.from_environ(environ), KafkaSettings.from_environ(environ)

    async def run() -> int:
        return await App(topology, settings=settings, kafka=kafka).run()

    with suppress(KeyboardInterrupt):
        return asyncio.run(run())
    return EXIT_OK
