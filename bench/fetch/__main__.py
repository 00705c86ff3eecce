"""
What fetching costs: pages for each second of processor, of our client and of the whole fetcher, beside bare aiohttp and
Scrapy.

    one local server, 64 hosts, 40 KB pages, each 50 ms late <-- bare, client, whole, scrapy, in turn, a process each

`whole` is the topology in memory, without Kafka: accept, due, act, interpret, conclude for each page, and robots.txt
and tdmrep.json of each host. The server runs in a process of its own that does not count. Value of a ratio: the median
over the rounds of the ratio within each round, for the machine is never quiet.

`python -m bench.fetch [--rounds 5] [--pages 2000] [--scrapy PYTHON]` writes `bench/results/fetch-<date>.json`. Scrapy
is run by the Python that is named, or is installed for this run in a folder that is thrown away; else it is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench.exactly_once import machine
from bench.ground import keep

OURS = ("bare", "client", "whole")
AIMS = {("client", "bare"): 0.45, ("whole", "bare"): 0.30, ("whole", "scrapy"): 2.0}
"""What is to be reached: the first's pages a processor second over the second's."""

LONGEST_RUN_S = 180.0


class BenchError(Exception):
    """
    A run did not do its work.
    """


@dataclass(frozen=True)
class Run:
    """
    One run. `pages` are all that were asked for; `load` is the machine's, when it began.
    """

    subject: str
    round: int
    pages: int
    cpu_s: float
    wall_s: float
    load: float

    @property
    def rate(self) -> float:
        """
        Pages a second of processor.
        """
        return self.pages / self.cpu_s


@contextmanager
def site(latency_s: float) -> Iterator[int]:
    """
    The server in a process of its own; yields its port.
    """
    command = [sys.executable, "-m", "bench.fetch.site", "--latency", str(latency_s)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.communicate()


@contextmanager
def scrapy_python(named: str | None) -> Iterator[str | None]:
    """
    A Python that has Scrapy: the one that is named, or a new one, if it can be had.
    """
    if named is not None:
        yield named
        return
    with tempfile.TemporaryDirectory(prefix="news-ingest-bench-") as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / "bin" / "python")
        done = subprocess.run([python, "-m", "pip", "install", "--quiet", "scrapy"], check=False)
        yield python if done.returncode == 0 else None


def scrapy_version(python: str) -> str:
    """
    The version of Scrapy.
    """
    asked = "import scrapy; print(scrapy.__version__)"
    return subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True).stdout.strip()


def run_once(subject: str, number: int, command: Sequence[str], pages: int) -> Run:
    """
    Run one subject.

    Raises:
        BenchError: It failed, or not all pages came.
    """
    load = round(os.getloadavg()[0], 1)
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=LONGEST_RUN_S)
    told = json.loads(done.stdout) if done.returncode == 0 else {"pages": 0}
    if told["pages"] != pages:
        raise BenchError(f"{subject}: {told['pages']} of {pages} pages came\n{done.stderr[-2000:]}")
    run = Run(subject, number, load=load, **told)
    print(
        f"{number} {subject:8} {run.rate:7.0f} pages a processor second, {run.wall_s:5.1f} s, load {load}", flush=True
    )
    return run


def measure(options: argparse.Namespace, scrapy: str | None) -> list[Run]:
    """
    All subjects in turn, each other round backwards.
    """
    numbers = [str(options.pages), str(options.concurrency)]
    runs = []
    with site(options.latency) as port:
        commands = {name: [sys.executable, "-m", "bench.fetch.subjects", name, str(port), *numbers] for name in OURS}
        if scrapy is not None:
            commands["scrapy"] = [scrapy, "-m", "bench.fetch.with_scrapy", str(port), *numbers]
        for number in range(options.rounds):
            names = list(commands)[:: 1 if number % 2 == 0 else -1]
            runs += [run_once(name, number, commands[name], options.pages) for name in names]
    return runs


def ratio(runs: Sequence[Run], first: str, second: str) -> list[float]:
    """
    Within each round: pages a processor second of one subject over another's; empty where one was not run.
    """
    rates = {(run.subject, run.round): run.rate for run in runs}
    rounds = sorted({run.round for run in runs})
    return [rates[first, n] / rates[second, n] for n in rounds if (first, n) in rates and (second, n) in rates]


def summary(runs: Sequence[Run]) -> dict[str, Any]:
    """
    Medians of each subject and of each ratio, with its aim.
    """
    names = list(dict.fromkeys(run.subject for run in runs))
    found = {pair: each for pair in AIMS if (each := ratio(runs, *pair))}
    return {
        "pages_per_cpu_s": {name: round(median(run.rate for run in runs if run.subject == name)) for name in names},
        "ratios": {
            f"{first} over {second}": {
                "median": round(median(each), 3),
                "aim": AIMS[first, second],
                "rounds": [round(one, 3) for one in each],
            }
            for (first, second), each in found.items()
        },
    }


def parse(arguments: list[str]) -> argparse.Namespace:
    """
    Read the command line.
    """
    parser = argparse.ArgumentParser(
        prog="python -m bench.fetch", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pages", type=int, default=2000, help="of each run")
    parser.add_argument("--concurrency", type=int, default=32, help="requests under way at once")
    parser.add_argument("--latency", type=float, default=0.05, help="of each answer, seconds")
    parser.add_argument("--scrapy", metavar="PYTHON", help="a Python that has Scrapy")
    return parser.parse_args(arguments)


def main(options: argparse.Namespace) -> int:
    """
    Measure, keep and show; the exit status says whether the measuring worked, not whether an aim was reached.
    """
    with scrapy_python(options.scrapy) as scrapy:
        runs = measure(options, scrapy)
        version = scrapy_version(scrapy) if scrapy is not None else None
    asked = {name: getattr(options, name) for name in ("rounds", "pages", "concurrency", "latency")}
    date = datetime.now(UTC).date().isoformat()
    head = {"benchmark": "fetch", "date": date, "machine": machine(), "scrapy": version, **asked}
    result = {**head, **summary(runs), "runs": [asdict(run) for run in runs]}
    keep(f"fetch-{date}", result, indent=1)
    print(json.dumps(summary(runs), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(parse(sys.argv[1:])))
