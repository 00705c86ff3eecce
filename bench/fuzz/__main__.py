"""
Mutated pages through the cleaner, in worker processes as the service has them.

    python -m bench.fuzz --data FOLDER [--seed N] [--cpu-seconds S] [--json FILE] [--findings FOLDER]
    python -m bench.fuzz --replay FILE

A crash, an exception, more than 10 CPU seconds, memory above the worker's limit, an outcome that is too large or does
not survive the wire, another outcome in another process, a question to the network: each is a finding. It is printed,
made smaller and saved; exit status 1 if there is any, 2 where nothing could be run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.fuzz.arena import Arena, Problem, Run
from bench.fuzz.corpus import Entry, read_corpus
from bench.fuzz.findings import MAX_KEPT, Report, load, save
from bench.fuzz.inputs import Input, make_input
from bench.fuzz.minimise import minimise
from services.runtime.pool import PoolError
from services.runtime.settings import RuntimeSettings

REPEATED = 8
"""One in so many inputs is run a second time."""

MINIMISE_TRIES = 300
MINIMISE_S = 60.0
REPLAYS = 4


class Fuzzer:
    """
    Two arenas, one for all inputs and one for second runs; and what was found.
    """

    def __init__(self, main: Arena, second: Arena, report: Report, folder: Path) -> None:
        self._main = main
        self._second = second
        self.report = report
        self._folder = folder

    async def step(self, given: Input) -> float:
        """
        Run one input; return the CPU seconds that it took.
        """
        run = await self._main.run(given.page)
        seconds = run.seconds
        problems = run.problems
        if run.verdict is None or given.index % REPEATED == 0:
            again = await self._second.run(given.page)
            seconds += again.seconds
            problems = _compare(run, again)
            self.report.repeated += 1
            self.report.noise += int(_is_noise(run, again))
        self.report.add(given, run)
        for problem in problems:
            await self._found(given, problem)
        return seconds

    async def _found(self, given: Input, problem: Problem) -> None:
        seen = self.report.findings[problem.signature]
        self.report.findings[problem.signature] += 1
        print(f"{problem.code} #{given.index} {problem.place} {problem.detail[:300]}", flush=True)
        if seen >= MAX_KEPT:
            return
        smaller = given if seen else await self._smaller(given, problem)
        path = save(self._folder, smaller, problem)
        self.report.files.append(str(path))
        print(f"  {len(given.page.body)} bytes, {len(smaller.page.body)} kept: {path}", flush=True)

    async def _smaller(self, given: Input, problem: Problem) -> Input:
        async def holds(candidate: Input) -> bool:
            run = await self._main.run(candidate.page)
            problems = run.problems
            if problem.code == "NOT_DETERMINED" and run.verdict:
                problems = _compare(run, await self._second.run(candidate.page))
            return problem.signature in [found.signature for found in problems]

        return await minimise(given, holds, MINIMISE_TRIES, MINIMISE_S)


def _compare(run: Run, again: Run) -> tuple[Problem, ...]:
    if _is_noise(run, again):
        return (*(run.problems if run.verdict else ()), *(again.problems if again.verdict else ()))
    if run.verdict is None or again.verdict is None:
        return run.problems or again.problems
    if run.verdict.digest == again.verdict.digest:
        return run.problems
    ends = [f"{one.outcome} {one.digest[:8]}" for one in (run.verdict, again.verdict)]
    return (*run.problems, Problem("NOT_DETERMINED", ", then ".join(ends)))


def _is_noise(run: Run, again: Run) -> bool:
    """
    Did only the clock run out, and only once? The machine was busy.
    """
    lost = [one for one in (run, again) if one.verdict is None]
    return len(lost) == 1 and lost[0].problems[0].code == "WORK_TIMEOUT"


async def fuzz(options: argparse.Namespace, corpus: Sequence[Entry], report: Report) -> None:
    """
    Make and run inputs until the CPU time is spent or somebody stops it; what is seen is in the report at any moment.

    Raises:
        PoolError: No worker can be started any more.
    """
    start, folder = time.monotonic(), options.findings or Path(tempfile.mkdtemp(prefix="fuzz-findings-"))
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    settings = RuntimeSettings()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            async with Arena(settings, Path(scratch), "a") as main, Arena(settings, Path(scratch), "b") as second:
                await _loop(options, corpus, Fuzzer(main, second, report, folder), stop)
    finally:
        report.wall_s = round(time.monotonic() - start, 1)
        report.cpu_s = _usage_s()


async def _loop(options: argparse.Namespace, corpus: Sequence[Entry], fuzzer: Fuzzer, stop: asyncio.Event) -> None:
    spent, index = 0.0, options.first
    while spent < options.cpu_seconds and not stop.is_set():
        before = time.process_time()
        spent += await fuzzer.step(make_input(corpus, options.seed, index))
        spent += time.process_time() - before
        index += 1
        _progress(fuzzer.report, spent, options.cpu_seconds)


def _usage_s() -> float:
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return round(own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime, 1)


def _progress(report: Report, spent: float, limit: float) -> None:
    if sys.stderr.isatty():
        found = sum(report.findings.values())
        print(f"\r{report.inputs} inputs, {spent:.0f} of {limit:g} CPU s, {found} findings ", end="", file=sys.stderr)


async def replay(path: Path) -> int:
    """
    Run a saved input some times, each in a process of its own; return the exit status.
    """
    given, runs = load(path), []
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(REPLAYS):
            async with Arena(RuntimeSettings(), Path(scratch), str(number)) as arena:
                runs.append(await arena.run(given.page))
            print(f"{runs[-1].verdict}", *runs[-1].problems, sep="\n  ")
            if runs[-1].problems:
                print(runs[-1].problems[0].trace)
                break
    digests = {run.verdict.digest for run in runs if run.verdict}
    if len(digests) > 1:
        print(f"NOT_DETERMINED: {len(digests)} different outcomes in {REPLAYS} runs")
    return int(len(digests) > 1 or any(run.problems for run in runs))


def parse(arguments: list[str]) -> argparse.Namespace:
    """
    Read the command line.
    """
    parser = argparse.ArgumentParser(
        prog="python -m bench.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--data", type=Path, help="folder with html.zip files or *.html files, at any depth")
    what.add_argument("--replay", type=Path, metavar="FILE", help="run a saved finding again")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, metavar="INDEX", help="number of the first input")
    parser.add_argument("--cpu-seconds", type=float, default=60.0, help="stop after so much work")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report there too")
    parser.add_argument(
        "--findings", type=Path, metavar="FOLDER", help="where to save; a new temporary folder if not given"
    )
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """
    Run; return the exit status.
    """
    options = parse(arguments)
    os.environ.pop("PYTHONHASHSEED", None)  # so that each worker has another one
    report, status = Report(options.seed), 0
    try:
        if options.replay:
            return asyncio.run(replay(options.replay))
        asyncio.run(fuzz(options, read_corpus(options.data), report))
    except (PoolError, OSError, ValueError, KeyError) as error:
        print(f"cannot run: {error}", file=sys.stderr)
        status = 2
    if report.inputs:
        print(("\n" if sys.stderr.isatty() else "") + report.as_text())
    if options.json:
        options.json.write_text(json.dumps(report.as_json(), indent=2) + "\n", encoding="utf-8")
    return status or int(bool(report.findings))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
