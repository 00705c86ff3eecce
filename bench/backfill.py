"""
What an import costs by itself: records of a web archive for each second of its processor, and its memory.

A file is written by hand (tests/fixtures/archives.py): pages with their requests, revisits, broken records. It is
imported with --at-once into a broker that nobody reads from: reading, unpacking, the fetcher's rules, and transactions.
The import is a process of its own, start and imports of modules included.

    python -m bench.backfill --pages 4720 --words 6000
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.ground import fleet_over_kafka, keep
from tests.fixtures.archives import crawl
from tests.kafka.importing import imported

PARTITIONS = 4
AIM = 200
"""Records a second and core."""


@dataclass
class Report:
    """
    What was measured.
    """

    pages: int
    words: int
    date: str = ""
    load: float = 0.0
    file_bytes: int = 0
    records: int = 0
    cpu_s: list[float] = field(default_factory=list)
    memory_mib: list[float] = field(default_factory=list)
    records_per_cpu_s: float = 0.0
    pages_per_cpu_s: float = 0.0


async def run(report: Report, path: Path, rounds: int) -> None:
    """
    Import the same file some times.
    """
    async with fleet_over_kafka(PARTITIONS) as (kafka, _):
        for _ in range(rounds):
            used = await imported(kafka, "warc", str(path), "--at-once", "--again")
            report.records = used.told["copied"] + sum(used.told["left"].values())
            report.cpu_s.append(round(used.cpu_s, 2))
            report.memory_mib.append(round(used.memory_mib))
    best = sorted(report.cpu_s)[len(report.cpu_s) // 2]
    report.records_per_cpu_s = round(report.records / best)
    report.pages_per_cpu_s = round(report.pages / best)


def main(arguments: list[str]) -> int:
    """
    Run it; return the exit status.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=4720)
    parser.add_argument("--words", type=int, default=6000, help="of each page; 6000 make about 40 KB")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    now = datetime.now(UTC).date().isoformat()
    report = Report(options.pages, options.words, now, os.getloadavg()[0])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crawl.warc.gz"
        with path.open("wb") as file:
            file.writelines(crawl(options.pages, options.words))
        report.file_bytes = path.stat().st_size
        asyncio.run(run(report, path, options.rounds))
    print(keep(f"backfill-{now}", asdict(report)))
    return 0 if report.records_per_cpu_s >= AIM else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
