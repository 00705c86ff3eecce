"""
How politely three fetchers ask fifty hosts while they are killed and frozen, by the hosts' own logs.

    python -m bench.gaps [--seed N] [--seconds N] [--pages N]

`pages` of each host, found by its feed. Exit status 0 when no request came sooner than its host's delay, Crawl-delay or
Retry-After, never two at once, all pages came, and what was answered was asked for again once at most for each kill and
freeze, and host. A process that stood still between its check and its socket sends one late request to a host; these
are counted (`woken`). The result is written to `bench/results/`.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import asdict
from datetime import UTC, datetime

from bench.ground import fleet_over_kafka, keep
from tests.kafka.crowd import DELAY_S, HOSTS, SLOW_DELAY_S, watch

PARTITIONS = 12


async def main(options: argparse.Namespace) -> int:
    """
    Run it; return the exit status.
    """
    async with fleet_over_kafka(PARTITIONS) as (kafka, fleet):
        report = await watch(kafka, fleet, pages=options.pages, seconds=options.seconds, seed=options.seed)
    date = datetime.now(UTC).date().isoformat()
    asked = {"date": date, "seed": options.seed, "seconds": options.seconds, "replicas": 3}
    result = {**asked, "delay_s": DELAY_S, "slow_delay_s": SLOW_DELAY_S, **asdict(report)}
    print(keep(f"gaps-{date}-seed{options.seed}", result))
    return 0 if report.is_kept and report.pages == len(HOSTS) * options.pages else 1


def parse(arguments: list[str]) -> argparse.Namespace:
    """
    Read the command line.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument("--pages", type=int, default=30)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(parse(sys.argv[1:]))))
