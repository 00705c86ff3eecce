"""
What remembering costs: bytes of memory of an entry of a table, and how long many of them take to be restored.

    entries of a topic --> the same under other names, many --> a table and what a stage makes of it, in a fresh process

Used by `bench.footprint`.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas import topics
from schemas.topics import Topic
from services.cli.following import following
from services.fetcher.frontier import Frontier
from services.fetcher.settings import FetcherSettings
from services.runtime.settings import KafkaSettings
from services.runtime.stage import Assignment
from services.runtime.table import Table
from services.tagger.settings import TaggerSettings
from services.tagger.stage import open_ledger

ENTRIES = 200_000
SAMPLE = 2000


@dataclass(frozen=True)
class Held:
    """
    One table.

    Attributes:
        wire_bytes: Mean length of key and value.
        memory_bytes: Resident bytes of an entry, with the stage's index over it.
        restore_s: Seconds to take in a million entries that have been read, and to open the stage's state over them.
    """

    topic: str
    entries: int
    wire_bytes: int
    memory_bytes: int
    restore_s: float


async def held(kafka: KafkaSettings, topic: Topic[Any]) -> Held:
    """
    Measure on the pages' or articles' entries that a topic holds now.
    """
    found: dict[str, str] = {}
    async with following(kafka, topic, from_start=True, until_end=True) as records:
        async for record in records:
            if (
                record.value is not None
                and b'"kind":"feed"' not in record.value
                and b'"kind":"robots"' not in record.value
            ):
                found[(record.key or b"").decode()] = record.value.decode()
    sample = json.dumps(list(found.items())[:SAMPLE]).encode()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.tables", topic.name, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    answer, _ = await process.communicate(sample)
    return Held(**json.loads(answer))


def _weigh(topic: Topic[Any], sample: list[tuple[str, str]]) -> Held:
    table, wire = Table(topic.event), 0
    before, began = _resident(), time.monotonic()
    for number in range(ENTRIES):
        key, value = sample[number % len(sample)]
        key, value = _another(key, number), value.replace(key, _another(key, number))
        wire += len(key) + len(value)
        table.restore(key, value.encode())
    state = _OPENERS[topic.name](table)
    took_s = time.monotonic() - began
    held_bytes = _resident() - before
    assert state is not None
    return Held(topic.name, ENTRIES, wire // ENTRIES, held_bytes // ENTRIES, round(took_s * 1_000_000 / ENTRIES, 1))


def _another(key: str, number: int) -> str:
    """
    A key of the same kind: another page of the host, or another article id.
    """
    return f"{key}-{number}" if key.startswith("http") else re.sub(r"^.{8}", f"{number:08x}", key)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _frontier(table: Table) -> object:
    assignment = Assignment(0, 1, datetime.now(UTC), 0.0)
    return Frontier(assignment, table, FetcherSettings())


_OPENERS: dict[str, Callable[[Table], object]] = {
    topics.FRONTIER.name: _frontier,
    topics.LEDGER.name: lambda table: open_ledger(
        Assignment(0, 1, datetime.now(UTC), 0.0), {topics.LEDGER.name: table}, TaggerSettings()
    ),
}


if __name__ == "__main__":
    told = _weigh(topics.by_name(sys.argv[1]), json.load(sys.stdin))
    print(json.dumps(told.__dict__))
