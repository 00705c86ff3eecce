"""
What exactly-once costs: records a second of the runtime with transactions and without, runs in turn, medians, ratio.

    seeded backlog --> fresh topics --> one service process, exactly-once  --> rate --+
    the same       --> fresh topics --> one service process, at-least-once --> rate --+--> median / median, per case

Cases: a stub stage, where the runtime is all the work there is; the real cleaner; the real tagger. A rate is taken from
the broker's LogAppendTime of the output between its first and its last tenth, so that neither the start of a service
nor its uneven end counts. One first run of each case is thrown away: it warms the broker up.

`python -m bench.exactly_once [--rounds 5] [--records N] [--only stub cleaner tagger] [--json]` starts a broker of its
own, and writes `bench/results/exactly_once-<date>.json` (the cases in its name, unless it is all of them) and a row for
each case in `bench/README.md`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import platform
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from bench.plugins import page_of
from deploy.local.broker import Broker, BrokerConfig
from schemas import topics
from schemas.base import Event
from schemas.events import ArticleCleaned, FetchRequested, PageFetched
from schemas.ids import request_id
from schemas.topics import Topic
from services.cleaner.settings import CleanerSettings
from services.cleaner.stage import clean
from services.runtime.kafka import access, admin
from services.runtime.outcome import Emit
from services.runtime.settings import KafkaSettings
from tests.kafka.site import article
from tests.kafka.wiping import wipe

FOLDER = Path(__file__).parent
DELIVERIES = ("exactly-once", "at-least-once")
PARTITIONS = 4
SITES = 400
"""Hosts of the inputs, enough that the partitions get about equal shares."""

EPOCH = datetime(2026, 6, 30, tzinfo=UTC)
EDGE = 0.1
"""The share of the output that is left out of a rate at each end."""

DRAIN_S = 180.0
"""A run that has not read its backlog by then has failed."""

Inputs = list[tuple[Event, UUID]]


class BenchError(Exception):
    """
    A run did not do its work, so its rate means nothing.
    """


@dataclass(frozen=True)
class Case:
    """
    One service and its backlog. `records` is for about six seconds on two cores; `aim` is the ratio to reach.
    """

    name: str
    module: tuple[str, ...]
    group: str
    source: Topic[Any]
    sink: Topic[Any]
    records: int
    aim: float
    inputs: Callable[[int], Inputs]


@dataclass(frozen=True)
class Run:
    """
    One run: records a second of output, and processor seconds of the service with its workers, start included.
    """

    delivery: str
    rate: float
    cpu_s: float
    load_before: float


def requests(count: int) -> Inputs:
    """
    Requests for the stub, which turns each into a page without any web.
    """
    urls = [_url(number) for number in range(count)]
    return [(FetchRequested(url=url, requested_at=EPOCH), request_id("bench", url)) for url in urls]


def pages(count: int) -> Inputs:
    """
    Pages for the cleaner, seeded by their number.
    """
    return [(page, page.meta.page_id) for page in _pages(count)]


def articles(count: int) -> Inputs:
    """
    Articles for the tagger: what the cleaner makes of the pages.
    """
    return [(_cleaned(page), page.meta.page_id) for page in _pages(count)]


def _url(number: int) -> str:
    return f"https://site-{number % SITES}.test/{number}"


def _pages(count: int) -> Iterator[PageFetched]:
    for number in range(count):
        yield page_of(article(number), _url(number), "text/html; charset=utf-8")


def _cleaned(page: PageFetched) -> ArticleCleaned:
    outcome = clean(page, CleanerSettings())
    assert isinstance(outcome, Emit)
    cleaned = outcome.events[0].event
    assert isinstance(cleaned, ArticleCleaned)
    return cleaned


CASES = (
    Case(
        name="stub",
        module=("tests.kafka.stub_service", "first"),
        group="first",
        source=topics.FETCH_REQUESTED,
        sink=topics.PAGE_FETCHED,
        records=8000,
        aim=0.8,
        inputs=requests,
    ),
    Case(
        name="cleaner",
        module=("services.cleaner",),
        group="cleaner",
        source=topics.PAGE_FETCHED,
        sink=topics.ARTICLE_CLEANED,
        records=3000,
        aim=0.95,
        inputs=pages,
    ),
    Case(
        name="tagger",
        module=("services.tagger",),
        group="tagger",
        source=topics.ARTICLE_CLEANED,
        sink=topics.ARTICLE_TAGGED,
        records=1800,
        aim=0.95,
        inputs=articles,
    ),
)


def rate_of(stamps: Sequence[datetime]) -> float:
    """
    Records a second between the first and the last tenth.

    Raises:
        BenchError: All came within one millisecond: too few to tell.
    """
    ordered = sorted(stamps)
    first, last = int(len(ordered) * EDGE), int(len(ordered) * (1 - EDGE)) - 1
    seconds = (ordered[last] - ordered[first]).total_seconds()
    if seconds <= 0:
        raise BenchError(f"{len(ordered)} records are too few for a rate")
    return (last - first) / seconds


async def run_once(kafka: KafkaSettings, case: Case, inputs: Inputs, delivery: str) -> Run:
    """
    Let the service work off the backlog on fresh topics.

    Raises:
        BenchError: Not every input led to one output.
    """
    await wipe(kafka)
    await admin.create_topics(kafka, PARTITIONS)
    await access.publish(kafka, case.source, inputs, "bench")
    load_before, cpu_before = os.getloadavg()[0], _children_cpu_s()
    await _serve(kafka, case, delivery)
    cpu_s = _children_cpu_s() - cpu_before
    out = [r async for r in access.follow(kafka, case.sink, from_start=True, until_end=True)]
    different = len({r.header("ce_id") for r in out})
    if not different == len(out) == len(inputs):
        raise BenchError(f"{case.name}, {delivery}: {len(inputs)} in, {len(out)} out, {different} of them different")
    return Run(delivery, round(rate_of([r.timestamp for r in out]), 1), round(cpu_s, 2), round(load_before, 2))


def _children_cpu_s() -> float:
    """
    Of processes that have ended; so the broker is not in it.
    """
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


async def _serve(kafka: KafkaSettings, case: Case, delivery: str) -> None:
    """
    Run one service process until nothing is left to read, then end it in order.
    """
    environ = os.environ | {
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "NEWS_RUNTIME_DELIVERY": delivery,
        "NEWS_RUNTIME_LOG_FORMAT": "json",
    }
    with tempfile.TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *case.module, env=environ, stdout=log, stderr=log
        )
        try:
            async with asyncio.timeout(DRAIN_S):
                while any((await admin.lag(kafka, case.group, case.source)).values()):
                    await asyncio.sleep(1.0)
            process.terminate()
            status = await process.wait()
        except TimeoutError:
            process.kill()
            status = await process.wait() or 1
        if status:
            log.seek(0)
            raise BenchError(f"{case.name}, {delivery}: ended with {status}\n{log.read()[-2000:].decode()}")


async def measure(kafka: KafkaSettings, case: Case, rounds: int, records: int | None) -> list[Run]:
    """
    Runs of one case, deliveries in turn, on the same inputs.
    """
    inputs = case.inputs(records or case.records)
    _say(f"{case.name}: {len(inputs)} records, {rounds} rounds")
    await run_once(kafka, case, inputs, DELIVERIES[0])
    runs = []
    for number in range(rounds):
        for delivery in DELIVERIES if number % 2 == 0 else DELIVERIES[::-1]:
            runs.append(run := await run_once(kafka, case, inputs, delivery))
            _say(f"  {delivery:>13} {run.rate:8.1f} records/s, {run.cpu_s:.2f} s of processor, load {run.load_before}")
    return runs


def summary(case: Case, runs: Sequence[Run], records: int) -> dict[str, Any]:
    """
    A case's result: medians (records a second), their ratio and its aim, and every run.
    """
    middle = {name: median(run.rate for run in runs if run.delivery == name) for name in DELIVERIES}
    cpu = {name: median(run.cpu_s for run in runs if run.delivery == name) for name in DELIVERIES}
    return {
        "case": case.name,
        "records": records,
        "ratio": round(middle[DELIVERIES[0]] / middle[DELIVERIES[1]], 3),
        "aim": case.aim,
        "records_per_s": {name: round(rate, 1) for name, rate in middle.items()},
        "service_cpu_s": cpu,
        "runs": [asdict(run) for run in runs],
    }


async def results(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """
    Measure the chosen cases on a broker of our own.
    """
    found = []
    with tempfile.TemporaryDirectory(prefix="news-ingest-bench-") as folder:
        async with Broker(BrokerConfig(Path(folder))) as broker:
            kafka = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
            for case in (case for case in CASES if case.name in arguments.only):
                runs = await measure(kafka, case, arguments.rounds, arguments.records)
                found.append(summary(case, runs, arguments.records or case.records))
    return found


def machine() -> str:
    """
    The machine in words, without its name.
    """
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {gib:.0f} GiB memory, {platform.system()}, "
        f"Python {platform.python_version()}"
    )


def rows(result: dict[str, Any]) -> list[str]:
    """
    The result as rows of the README's table, one a case.
    """
    return [_row(case, result) for case in result["cases"]]


def _row(case: dict[str, Any], result: dict[str, Any]) -> str:
    loads = [run["load_before"] for run in case["runs"]]
    rates = " against ".join(f"{case['records_per_s'][delivery]:.0f}" for delivery in DELIVERIES)
    value = f"{case['ratio']:.2f} (aim {case['aim']:.2f}): {rates} records/s"
    place = f"{result['machine']}; load average {min(loads):.1f} to {max(loads):.1f}"
    return f"| cost of exactly-once, {case['case']} | {value} | {result['date']} | {place} | `{result['command']}` |"


def keep(result: dict[str, Any], folder: Path = FOLDER) -> None:
    """
    Write the result beside the others, and its rows into the README; those of the same figure and day are replaced.
    """
    (folder / "results").mkdir(exist_ok=True)
    names = [case["case"] for case in result["cases"]]
    parts = ["exactly_once", *(names if len(names) < len(CASES) else ()), result["date"]]
    path = folder / "results" / f"{'-'.join(parts)}.json"
    path.write_text(json.dumps(result, indent=1) + "\n")
    readme = folder / "README.md"
    lines, fresh = readme.read_text().splitlines(), rows(result)
    replaced = {_figure(row) for row in fresh}
    kept = [line for line in lines if _figure(line) not in replaced]
    end = max(number for number, line in enumerate(kept) if line.startswith("|")) + 1
    readme.write_text("\n".join([*kept[:end], *fresh, *kept[end:]]) + "\n")


def _figure(line: str) -> tuple[str, ...]:
    """
    Name and date of a table row; of another line, the line.
    """
    cells = [cell.strip() for cell in line.split("|")]
    return (cells[1], cells[3]) if line.startswith("|") else (line,)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    """
    Measure, keep and show; the exit status says whether the measuring worked, not whether an aim was reached.
    """
    parser = argparse.ArgumentParser(prog="python -m bench.exactly_once", description=__doc__.splitlines()[1])
    parser.add_argument("--rounds", type=int, default=5, help="runs of each delivery")
    parser.add_argument("--records", type=int, help="backlog of each run, in place of each case's own")
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # new topics have no leader yet; it tries again
    names = [case.name for case in CASES]
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="cases to measure")
    parser.add_argument("--json", action="store_true", help="show the whole result, not the table's rows")
    result = {
        "benchmark": "exactly_once",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "command": " ".join(["python -m bench.exactly_once", *sys.argv[1:]]),
        "cases": asyncio.run(results(parser.parse_args())),
    }
    keep(result)
    print(json.dumps(result, indent=1) if "--json" in sys.argv else "\n".join(rows(result)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
