"""
Worker processes for CPU work, with a time limit and a memory limit a record. A record that hangs or kills its worker
is tried once more, in a fresh one, and then given up; the others do not notice.
"""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from services.runtime.errors import NewsIngestError
from services.runtime.settings import RuntimeSettings
from services.runtime.stage import Lapse, Stage
from services.runtime.worker import LENGTH, READY, Task, pack

START_TIMEOUT_S = 120.0
"""For imports and models; a loaded machine is slow at both."""


class PoolError(NewsIngestError):
    """
    A worker cannot even start: its imports or its models are broken.
    """

    code = "NI-301"


@dataclass(frozen=True)
class Done:
    """
    The work's result. `lapses`: the time that it took, try by try, and before it a call's.
    """

    value: Any
    lapses: tuple[Lapse, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Broken:
    """
    The work has no result: it hung, it killed its worker, or it raised.
    """

    reason: str
    detail: str
    exception: str | None = None
    attempts: int = 1
    lapses: tuple[Lapse, ...] = field(default=(), compare=False)


Worked = Done | Broken


class _WorkerLostError(Exception):
    """
    A worker ended, or was ended, in the middle of a record.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class _Worker:
    """
    One process and its pipes.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.served = 0

    @classmethod
    async def start(cls, task: Task) -> _Worker:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.runtime.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        worker = cls(process)
        try:
            answer = await worker._exchange(pack(task), START_TIMEOUT_S)
        except _WorkerLostError as error:
            await worker.kill()
            raise PoolError(f"a worker did not start: {error}", "its own message is above on stderr") from error
        except BaseException:
            await worker.kill()
            raise
        assert answer == READY
        return worker

    @property
    def pid(self) -> int:
        return self._process.pid

    async def call(self, frame: bytes, timeout_s: float) -> tuple[bool, Any]:
        self.served += 1
        answer: tuple[bool, Any] = await self._exchange(frame, timeout_s)
        return answer

    async def _exchange(self, frame: bytes, timeout_s: float) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(timeout_s):
                self._process.stdin.write(frame)
                await self._process.stdin.drain()
                head = await self._process.stdout.readexactly(LENGTH.size)
                body = await self._process.stdout.readexactly(LENGTH.unpack(head)[0])
        except TimeoutError:
            raise _WorkerLostError("WORK_TIMEOUT", f"no result after {timeout_s:g} s") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            code = await self._process.wait()
            raise _WorkerLostError("WORKER_DIED", f"worker ended with {code}") from None
        return pickle.loads(body)  # noqa: S301 - both ends are ours

    async def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        self._process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001 - else the pipes stay open


class Pool:
    """
    A fixed number of workers; a call takes the next that is free. `on_end` is told why a worker was replaced. Patient
    calls leave one worker to the others, where there are several.

    Attributes:
        busy: Workers that are at work.
    """

    def __init__(self, stage: Stage, settings: RuntimeSettings, on_end: Callable[[str], None] = lambda _: None) -> None:
        self._on_end = on_end
        self._task = Task(stage.work, stage.warm, settings.worker_memory_mb * 1024 * 1024)
        self._settings = settings
        self._places: asyncio.Queue[_Worker | None] = asyncio.Queue()
        self._patience = asyncio.Semaphore(max(1, settings.workers - 1))
        self._all: set[_Worker] = set()
        self.busy = 0

    async def start(self) -> None:
        """
        Start all workers, at once.

        Raises:
            PoolError: One cannot start.
        """
        for worker in await asyncio.gather(*(self._spawn() for _ in range(self._settings.workers))):
            self._places.put_nowait(worker)

    async def _spawn(self) -> _Worker:
        worker = await _Worker.start(self._task)
        self._all.add(worker)
        return worker

    @property
    def pids(self) -> list[int]:
        """
        The process ids of the workers that live.
        """
        return [worker.pid for worker in self._all]

    async def _end(self, worker: _Worker | None, reason: str = "") -> None:
        if worker is not None:
            if reason:
                self._on_end(reason)
            self._all.discard(worker)
            await worker.kill()

    async def run(self, *arguments: Any) -> Worked:
        """
        Work on one record.

        Raises:
            PoolError: No worker can be started any more.
        """
        frame = pack(arguments)
        worked = await self._try(frame, 1)
        for attempt in range(2, self._settings.record_attempts + 1):
            if isinstance(worked, Done):
                return worked
            again = await self._try(frame, attempt)
            worked = replace(again, lapses=worked.lapses + again.lapses)
        return worked

    async def run_patiently(self, *arguments: Any) -> Worked:
        """
        Work on a record that others need not wait for.

        Raises:
            PoolError: As above.
        """
        async with self._patience:
            return await self.run(*arguments)

    async def _try(self, frame: bytes, attempt: int) -> Worked:
        """
        Take a place, and leave it with a living worker or empty; an empty one is filled by whoever takes it next.
        """
        worker = await self._places.get()
        began = datetime.now(UTC)
        self.busy += 1
        try:
            worker = await self._fit(worker, attempt)
            is_done, value = await worker.call(frame, self._settings.record_timeout_s)
        except _WorkerLostError as error:
            lost, worker = worker, None  # before the wait: a cancellation must not leave the dead one in its place
            await self._end(lost, error.reason)
            return Broken(error.reason, str(error), attempts=attempt, lapses=_work_since(began, error.reason))
        except BaseException:
            lost, worker = worker, None
            await self._end(lost)
            raise
        finally:
            self.busy -= 1
            self._places.put_nowait(worker)
        if is_done:
            return Done(value, _work_since(began))
        detail, trace = value
        return Broken("STAGE_FAILED", detail, trace, attempt, _work_since(began, "STAGE_FAILED"))

    async def _fit(self, worker: _Worker | None, attempt: int) -> _Worker:
        if worker is not None and (attempt > 1 or worker.served >= self._settings.worker_records):
            await self._end(worker, "RECYCLED")
            worker = None
        return worker or await self._spawn()

    async def stop(self) -> None:
        """
        End all workers at once.
        """
        await asyncio.gather(*(self._end(worker) for worker in list(self._all)))


def _work_since(began: datetime, error: str = "") -> tuple[Lapse, ...]:
    return (Lapse("work", began, datetime.now(UTC), error=error),)
