"""
Where inputs are run: in worker processes of the service's own pool, under its limits, one record after the other.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.fuzz.watched import Verdict, clean_watched, watch
from schemas.events import PageFetched
from services.runtime.outcome import DeadLetter, Outcome
from services.runtime.pool import Broken, Pool
from services.runtime.settings import RuntimeSettings
from services.runtime.stage import Cause, Stage

WALL_FACTOR = 4.0
"""The limit counts CPU seconds, so that a busy machine is no finding; what waits rather than computes ends after so
many times as long."""

TIME_SIGNAL = -27
"""Of a worker that was ended by its CPU limit: SIGPROF."""


@dataclass(frozen=True)
class Problem:
    """
    A finding's nature: a stable code, what is told of it, and where the code stood.

    Attributes:
        place: The innermost line of the cleaner (or else of anything) that took part; empty where there is none.
    """

    code: str
    detail: str
    place: str = ""
    trace: str = ""

    @property
    def signature(self) -> str:
        """
        Equal for what is probably the same bug.
        """
        return f"{self.code} {self.place or re.sub(r'[0-9]+', 'N', self.detail)[:60]}"


@dataclass(frozen=True)
class Run:
    """
    What came of one run of one input.
    """

    verdict: Verdict | None
    problems: tuple[Problem, ...]
    seconds: float


class Arena:
    """
    One worker at a time; a context manager. Each arena's workers have a hash seed and a history of their own.
    """

    def __init__(self, settings: RuntimeSettings, folder: Path, name: str) -> None:
        self._stack_file = folder / f"stack-{name}.txt"
        self._limit_s = settings.record_timeout_s
        wall_s = settings.record_timeout_s * WALL_FACTOR
        stack_file = str(self._stack_file)
        work = partial(clean_watched, stack_file=stack_file, limit_s=self._limit_s, told_s=wall_s * 0.9)
        stage = Stage(work=work, decide=undecided, warm=watch)
        ours = {"workers": 1, "record_attempts": 1, "record_timeout_s": wall_s}
        self._pool = Pool(stage, settings.model_copy(update=ours))

    async def __aenter__(self) -> Self:
        await self._pool.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.stop()

    async def run(self, page: PageFetched) -> Run:
        """
        Run one input.

        Raises:
            PoolError: No worker can be started any more.
        """
        start = time.monotonic()
        worked = await self._pool.run(page)
        seconds = time.monotonic() - start
        if isinstance(worked, Broken):
            return Run(None, (self._problem(worked),), min(seconds, self._limit_s))
        verdict: Verdict = worked.value
        problems = tuple(Problem(*told.split(": ", 1)) for told in verdict.problems)
        return Run(verdict, problems, verdict.cpu_s)

    def _problem(self, broken: Broken) -> Problem:
        trace = broken.exception or self._stack()
        code = broken.reason
        if code == "WORKER_DIED" and broken.detail.endswith(f" {TIME_SIGNAL}"):
            return Problem("TOO_SLOW", f"more than {self._limit_s:g} CPU seconds", place_of(trace), trace)
        return Problem(code, broken.detail, place_of(trace), trace)

    def _stack(self) -> str:
        return self._stack_file.read_text(encoding="utf-8", errors="replace") if self._stack_file.exists() else ""


def place_of(trace: str) -> str:
    """
    The innermost line of the cleaner in a trace: Python's (innermost last) or faulthandler's (innermost first).
    """
    lines = [f"{path}:{number}" for path, number in re.findall(r'File "([^"]+)", line (\d+)', trace)]
    if "most recent call first" not in trace:
        lines.reverse()
    ours = [line for line in lines if "/services/cleaner/" in line]
    chosen = (ours or lines)[:1]
    return re.sub(r".*/(?=services/|site-packages/)", "", chosen[0]) if chosen else ""


def undecided(_state: object, _value: object, _cause: Cause, _now: object) -> Outcome:
    """
    The `decide` of a stage whose work alone is run.
    """
    return DeadLetter("UNUSED")
