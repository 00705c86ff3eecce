"""
Names the benchmarks and runs them one after another: `python -m bench [--list] [NAME ...]`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

BENCHMARKS = {
    "exactly_once": "what exactly-once costs: records a second with transactions and without, and their ratio",
    "backfill": "what an import of a web archive costs: records for each second of processor, and memory",
    "fetch": "what fetching costs: pages for each second of processor, beside bare aiohttp and Scrapy",
    "frontier": "a million known URLs: bytes of memory, and seconds until a fetcher knows them again after a start",
    "sources": "ten thousand watched feeds for ten minutes: how late, how much memory, how much of two cores",
    "tagging": "what tagging costs: articles of 500 words a CPU second by facet, start-up, memory of a worker",
}
"""Module and what it measures, a line each."""


def main() -> int:
    """
    Run each in a process of its own, so that none warms another up; return the first exit status that is not 0.
    """
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to run; all when none is named")
    parser.add_argument("--list", action="store_true", help="only name them")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.names if name not in BENCHMARKS]:
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    for name, line in BENCHMARKS.items():
        print(f"{name:16} {line}", flush=True)
    chosen = [] if arguments.list else arguments.names or list(BENCHMARKS)
    statuses = [subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode for name in chosen]
    return next((status for status in statuses if status), 0)


if __name__ == "__main__":
    sys.exit(main())
