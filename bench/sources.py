"""
Ten thousand watched feeds on two thousand hosts: how late they are asked, what memory does, what of the cores it takes.

    local server, 2,000 hosts, feeds of 20 items, 50 ms late <-- the fetcher's task in memory, with its worker processes

The rate is the highest that ten thousand sources with the usual settings come to: each is asked at its least interval
of 300 s, 33 a second. A feed has something new every five minutes to five hours, by its number; else it answers 304.
The feeds are taken in evenly over the ramp, as a running service has them, never all at one moment. The lag of a poll
is from its due time to the moment when it is handed out, pauses of its host included. Memory and CPU, after the ramp
(of all of it, where a run is no longer), are those of the task's process and of its workers, ten times a minute; the
server's stand apart. The feeds' items are told, but nobody fetches them.

`python -m bench.sources [--sources 10000] [--hosts 2000] [--seconds 600] [--interval 300]` writes
`bench/results/sources-<date>.json`. Exit status 0 when the 99th percentile of the lag is below 5 s, memory flat, and
less than two cores taken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import sys
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

from bench.exactly_once import machine
from bench.fetch.__main__ import site
from bench.fetch.memory_task import MemoryTask
from bench.fetch.site import host
from bench.fetch.subjects import settings_for
from bench.ground import keep
from bench.processes import PAGE, usage_by_role
from schemas import topics
from schemas.state import FrontierEntry, Source
from services.fetcher.answers import Fetch
from services.fetcher.client import Client
from services.runtime.stage import Action

SAMPLE_S = 6.0
IN_FLIGHT = 32
WORKERS = 2
MAX_LAG_S, MAX_CORES, MAX_GROWTH = 5.0, 2.0, 1.05
"""What is to be kept; growth is of the memory at the end over the memory half-way between ramp and end."""


@dataclass(frozen=True)
class Sample:
    """
    Seconds since the start, CPU seconds so far of the task with its workers and of the server, seconds for which the
    task's process could have run but had no core, resident MB of the task and of its workers, polls so far.
    """

    at_s: float
    cpu_s: float
    server_cpu_s: float
    no_core_s: float
    task_mb: float
    workers_mb: float
    polls: int


@dataclass
class Watch:
    """
    What is seen of a run. Lags are in seconds: of first polls, which wait for the host's rules, and of later ones.
    """

    ramp_s: float
    began: float = field(default_factory=time.monotonic)
    first_lags: list[float] = field(default_factory=list)
    later_lags: list[float] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    polls: int = 0

    @property
    def at_s(self) -> float:
        """
        Seconds since it began.
        """
        return time.monotonic() - self.began

    def hear(self, task: MemoryTask, action: Action, at: datetime) -> None:
        """
        Take down how late a poll is.
        """
        if not isinstance(action, Fetch) or action.kind != "feed":
            return
        self.polls += 1
        entry = task.entry(topics.FRONTIER, action.subject)
        assert isinstance(entry, FrontierEntry)
        assert entry.due_at is not None
        lags = self.first_lags if entry.fetched_at is None else self.later_lags
        lags.append((at - entry.due_at).total_seconds())

    def sample(self) -> None:
        """
        Take down memory and CPU.
        """
        used = usage_by_role(os.getpid(), {"services.runtime.worker": "workers", "bench.fetch.site": "server"})
        workers, server = used["workers"], used["server"]
        task_mb = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)  # workers that were replaced
        cpu_s = time.process_time() + workers.cpu_s + ended.ru_utime + ended.ru_stime
        workers_mb = workers.rss_bytes / 1e6
        no_core_ns = int(Path("/proc/self/schedstat").read_text().split()[1])
        cpu = round(cpu_s, 2), round(server.cpu_s, 2), round(no_core_ns / 1e9, 2)
        self.samples.append(Sample(round(self.at_s, 1), *cpu, round(task_mb, 1), round(workers_mb, 1), self.polls))


async def watched(options: argparse.Namespace, port: int) -> tuple[Watch, dict[str, int]]:
    """
    Run it; return what was seen, and how often each end was.
    """
    client = Client(settings := settings_for(port, IN_FLIGHT, delay_s=1.0))
    watch = Watch(options.interval)
    task = MemoryTask(settings, client, hear=lambda action, at: watch.hear(task, action, at), workers=WORKERS)
    beside = [asyncio.create_task(_ramp(task, options, port)), asyncio.create_task(_sample(watch))]
    try:
        await task.run(lambda: watch.at_s > options.seconds)
        if beside[0].done():
            beside[0].result()
    finally:
        for each in beside:
            each.cancel()
        await client.close()
    return watch, dict(task.reasons)


async def _ramp(task: MemoryTask, options: argparse.Namespace, port: int) -> None:
    """
    Take the sources in, evenly.
    """
    began = time.monotonic()
    for number in range(options.sources):
        url = f"http://{host(number % options.hosts)}:{port}/feeds/{number}"
        interval = {"min_interval_s": options.interval, "max_interval_s": options.interval}
        task.pipe(task.record(topics.SOURCES, Source(url=url, changed_at=datetime.now(UTC), **interval)))
        ahead_s = number * options.interval / options.sources - (time.monotonic() - began)
        if ahead_s > 0:
            await asyncio.sleep(ahead_s)


async def _sample(watch: Watch) -> None:
    while True:
        watch.sample()
        await asyncio.sleep(SAMPLE_S)


def summary(watch: Watch) -> dict[str, Any]:
    """
    The figures: after the ramp; growth from the middle of what follows it.
    """
    after = [sample for sample in watch.samples if sample.at_s >= watch.ramp_s] or watch.samples[1:]
    if len(after) < 2:
        raise SystemExit("too short to tell anything: --seconds has to be half a minute more than the ramp")
    first, middle, last = after[0], after[len(after) // 2], after[-1]
    seconds = last.at_s - first.at_s
    return {
        "polls_per_s": round((last.polls - first.polls) / seconds, 1),
        "lag_s": _spread([*watch.first_lags, *watch.later_lags]),
        "lag_of_first_polls_s": _spread(watch.first_lags),
        "lag_of_later_polls_s": _spread(watch.later_lags),
        "cores": round((last.cpu_s - first.cpu_s) / seconds, 2),
        "server_cores": round((last.server_cpu_s - first.server_cpu_s) / seconds, 2),
        "share_without_a_core": round((last.no_core_s - first.no_core_s) / seconds, 2),
        "cpu_ms_per_poll": round((last.cpu_s - first.cpu_s) * 1000 / max(1, last.polls - first.polls), 2),
        "memory_mb": {"after_ramp": _mb(first), "middle": _mb(middle), "end": _mb(last)},
        "growth": round(_mb(last) / _mb(middle), 3),
    }


def _spread(lags: list[float]) -> dict[str, float]:
    """
    How many, percentiles, and the greatest; only how many, where they are too few.
    """
    if len(lags) < 100:
        return {"polls": len(lags)}
    parts = quantiles(lags, n=100)
    middle = {f"p{percent}": round(parts[percent - 1], 3) for percent in (50, 95, 99)}
    return {"polls": len(lags), **middle, "max": round(max(lags), 3)}


def _mb(sample: Sample) -> float:
    return round(sample.task_mb + sample.workers_mb, 1)


def parse(arguments: list[str]) -> argparse.Namespace:
    """
    Read the command line.
    """
    parser = argparse.ArgumentParser(
        prog="python -m bench.sources", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--hosts", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=600, help="the ramp included")
    parser.add_argument("--interval", type=int, default=300, help="least interval of a source, and the ramp, seconds")
    return parser.parse_args(arguments)


def main(options: argparse.Namespace) -> int:
    """
    Measure, keep and show; return the exit status.
    """
    load = round(os.getloadavg()[0], 1)
    with site(0.05) as port:
        watch, reasons = asyncio.run(watched(options, port))
    date = datetime.now(UTC).date().isoformat()
    loads = [load, round(os.getloadavg()[0], 1)]
    head = {"benchmark": "sources", "date": date, "machine": machine(), "load": loads, **vars(options)}
    found = summary(watch)
    result = {**head, **found, "ends": reasons, "samples": [asdict(sample) for sample in watch.samples]}
    keep(f"sources-{date}", result, indent=1)
    print(json.dumps({**found, "load": loads, "ends": reasons}, indent=1))
    is_kept = (
        found["lag_s"].get("p99", MAX_LAG_S) < MAX_LAG_S and found["cores"] < MAX_CORES and found["growth"] < MAX_GROWTH
    )
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main(parse(sys.argv[1:])))
