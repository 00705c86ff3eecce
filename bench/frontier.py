"""
What a million known URLs cost a fetcher: memory, and the time until it knows them again after a start.

    made-up entries --> news.fetch.frontier, one partition of a local broker --> read, kept, opened, in a fresh process

The entries are those of a fetcher that has run for long with the usual settings: of each eleven pages ten are over, and
remembered for thirty days, and one is young, and will be looked at again. URLs have 105 characters and titles 65, feeds
state summaries, three of four servers entity tags, every other one a date.

`python -m bench.frontier [--entries 1000000]` writes `bench/results/frontier-<date>.json`. Seconds are told of the
processor too, for the machine is never quiet.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaProducer

from bench.exactly_once import machine
from bench.ground import fleet_over_kafka, keep
from schemas import topics
from schemas.ids import article_id
from schemas.parts import Hints, Origin
from schemas.state import FrontierEntry
from services.fetcher.frontier import Frontier
from services.fetcher.settings import FetcherSettings
from services.runtime.kafka.reader import read_to_end
from services.runtime.settings import KafkaSettings
from services.runtime.stage import Assignment
from services.runtime.table import Table

MADE = 22_000
"""Entries that are made; more are these under other URLs."""

YOUNG = 11
"""One of so many is to be looked at again."""


def entries(now: datetime) -> list[FrontierEntry]:
    """
    Entries as they are after their pages were published, always the same for the same time.
    """
    rng = random.Random(1)
    words = ["".join(rng.choices("aeinorstulmdc", k=rng.randint(2, 9))) for _ in range(4000)]
    return [_entry(number, rng, words, now) for number in range(MADE)]


def _entry(number: int, rng: random.Random, words: list[str], now: datetime) -> FrontierEntry:
    site = f"https://www.{words[number % 300]}-{words[number % 37]}.example"
    url = f"{site}/{words[number % 9]}/2026/11/{number % 28 + 1:02}/{'-'.join(rng.choices(words, k=7))}-{number}"
    at = now - timedelta(seconds=rng.randrange(3600, 2_500_000))
    hints = Hints(title=" ".join(rng.choices(words, k=11)).capitalize())
    fields: dict[str, Any] = {"request_id": ""}
    if number % YOUNG == 0:
        hints = hints.model_copy(update={"summary": " ".join(rng.choices(words, k=40)), "published": at.isoformat()})
        fields = {
            "request_id": str(UUID(int=rng.getrandbits(128))),
            "due_at": now + timedelta(seconds=rng.randrange(200_000)),
            "traceparent": f"00-{rng.getrandbits(128):032x}-{rng.getrandbits(64):016x}-01",
            "origin": Origin(topic=topics.FETCH_REQUESTED.name, partition=0, offset=number),
            "discovered_at": at - timedelta(seconds=5),
        }
    return FrontierEntry(
        url=url,
        kind="page",
        state="done",
        changed_at=at,
        fetched_at=at - timedelta(milliseconds=rng.randrange(1000)),
        born_at=at - timedelta(seconds=rng.randrange(7200)),
        article_id=article_id(url) if number % 10 else UUID(int=rng.getrandbits(128)),
        etag=f'W/"{rng.getrandbits(48):x}-{rng.getrandbits(20):x}"' if number % 4 else None,
        last_modified=f"{at:%a, %d %b %Y %H:%M:%S} GMT" if number % 2 else None,
        items=[f"{rng.getrandbits(64):016x}"],
        source_url=f"{site}/feed/rss.xml",
        hints=hints,
        **fields,
    )


def records(count: int) -> Iterator[tuple[bytes, bytes]]:
    """
    So many keys and values.
    """
    made = [(each.url, each.to_wire()[0]) for each in entries(datetime.now(UTC))]
    for number in range(count):
        url, value = made[number % MADE]
        another = f"{url[:-1]}{number:06}"
        yield another.encode(), value.replace(url.encode(), another.encode())


async def write(kafka: KafkaSettings, count: int) -> None:
    """
    Put them on the first partition of the frontier.
    """
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, max_batch_size=1 << 19, linger_ms=50)
    await producer.start()
    for key, value in records(count):
        await producer.send(topics.FRONTIER.name, value, key, partition=0)
    await producer.stop()


async def restore(kafka: KafkaSettings) -> dict[str, float]:
    """
    What a task does at its start, in this process: read the table, keep it, open the frontier over it.
    """
    table, before, clock, processor = Table(FrontierEntry), _resident(), time.monotonic(), time.process_time()
    await read_to_end(
        kafka,
        topics.FRONTIER.name,
        0,
        start=None,
        apply=lambda record: table.restore((record.key or b"").decode(), record.value),
    )
    read_s, read_cpu_s = time.monotonic() - clock, time.process_time() - processor
    frontier = Frontier(Assignment(0, 1, datetime.now(UTC), 0.0), table, FetcherSettings())
    known = frontier.figures()["entries"]
    return {
        "entries": known,
        "bytes_an_entry": round((_resident() - before) / known),
        "seconds_a_million": round((time.monotonic() - clock) * 1e6 / known, 1),
        "cpu_s_a_million": round((time.process_time() - processor) * 1e6 / known, 1),
        "of_it_reading_s": round(read_s * 1e6 / known, 1),
        "of_it_reading_cpu_s": round(read_cpu_s * 1e6 / known, 1),
        "process_mb": round(_resident() / 1e6, 1),
    }


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def main(options: argparse.Namespace) -> int:
    """
    Measure, keep and show.
    """
    async with fleet_over_kafka(1) as (kafka, _):
        await write(kafka, options.entries)
        load = round(os.getloadavg()[0], 1)
        command = [sys.executable, "-m", "bench.frontier", "--restore", kafka.bootstrap_servers]
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        told = json.loads((await process.communicate())[0])
    date = datetime.now(UTC).date().isoformat()
    head = {"benchmark": "frontier", "date": date, "machine": machine(), "load": [load, round(os.getloadavg()[0], 1)]}
    print(keep(f"frontier-{date}", {**head, **told}))
    return 0


def parse(arguments: list[str]) -> argparse.Namespace:
    """
    Read the command line.
    """
    parser = argparse.ArgumentParser(
        prog="python -m bench.frontier", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--restore", metavar="SERVERS", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    given = parse(sys.argv[1:])
    if given.restore:
        print(json.dumps(asyncio.run(restore(KafkaSettings(bootstrap_servers=given.restore)))))
        sys.exit(0)
    sys.exit(asyncio.run(main(given)))
