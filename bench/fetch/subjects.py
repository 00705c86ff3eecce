"""
What is measured of ours, and bare aiohttp: `python -m bench.fetch.subjects bare|client|whole PORT PAGES CONCURRENCY`.

Each writes one line of JSON: pages, processor seconds of this process with its threads, seconds. The clock starts after
a first page: imports, certificates and the making of a client do not count, nor does making the requests' records.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import aiohttp

from bench.fetch.memory_task import MemoryTask
from bench.fetch.site import urls
from schemas import topics
from schemas.events import FetchRequested
from schemas.parts import Origin
from services.fetcher.answers import Answer, Fetch
from services.fetcher.client import Client
from services.fetcher.settings import FetcherSettings
from services.runtime.stage import RecordFacts

FACTS = RecordFacts(Origin(topic=topics.FETCH_REQUESTED.name, partition=0, offset=0), "bench", None)

Ask = Callable[[str], Awaitable[bool]]
"""Whether a page came."""


class Meter:
    """
    Processor seconds and seconds of this process since `start`.
    """

    def start(self) -> None:
        """
        Count from here on.
        """
        self._began, self._cpu_began = time.monotonic(), time.process_time()

    def told(self, pages: int) -> dict[str, float]:
        """
        What it came to, as it is written.
        """
        cpu_s, wall_s = time.process_time() - self._cpu_began, time.monotonic() - self._began
        return {"pages": pages, "cpu_s": round(cpu_s, 3), "wall_s": round(wall_s, 3)}


def settings_for(port: int, concurrency: int, delay_s: float = 0.0) -> FetcherSettings:
    """
    As shipped, but for loopback and without pauses.
    """
    return FetcherSettings(
        delay_s=delay_s, max_in_flight=concurrency, allowed_ports=(port,), allowed_networks=("127.0.0.0/8",)
    )


async def bare(wanted: list[str], settings: FetcherSettings, meter: Meter) -> int:
    """
    One session of aiohttp that reads bodies, and nothing else.
    """
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def ask(url: str) -> bool:
            async with session.get(url) as response:
                return response.status == 200 and len(await response.read()) > 0

        return await _all(wanted, settings.max_in_flight, ask, meter)


async def client(wanted: list[str], settings: FetcherSettings, meter: Meter) -> int:
    """
    The fetcher's client alone.
    """
    ours = Client(settings)

    async def ask(url: str) -> bool:
        return isinstance((await ours.fetch(Fetch(url, FACTS, "page"))).result, Answer)

    try:
        return await _all(wanted, settings.max_in_flight, ask, meter)
    finally:
        await ours.close()


async def whole(wanted: list[str], settings: FetcherSettings, meter: Meter) -> int:
    """
    The whole fetcher without Kafka: requests in, rules of each host, pages out, sealed.
    """
    ours = Client(settings)
    task = MemoryTask(settings, ours)
    events = [FetchRequested(url=url, requested_at=datetime.now(UTC)) for url in wanted]
    first, *others = [task.record(topics.FETCH_REQUESTED, event) for event in events]
    try:
        task.pipe(first)
        await task.run(lambda: task.reasons["PAGE_FETCHED"] == 1)
        meter.start()
        for record in others:
            task.pipe(record)
        await task.run(lambda: task.reasons["PAGE_FETCHED"] == len(wanted))
    finally:
        await ours.close()
    return len(others)


async def _all(wanted: list[str], concurrency: int, ask: Ask, meter: Meter) -> int:
    """
    Ask for all, so many at once, the first before the clock starts; return how many of the others came.
    """
    left = iter(wanted)
    await ask(next(left))
    meter.start()

    async def work() -> int:
        return sum([await ask(url) for url in left])

    return sum(await asyncio.gather(*(work() for _ in range(concurrency))))


SUBJECTS = {"bare": bare, "client": client, "whole": whole}


async def main() -> None:
    """
    Measure one.
    """
    name, *numbers = sys.argv[1:]
    port, pages, concurrency = map(int, numbers)
    meter = Meter()
    came = await SUBJECTS[name](urls(port, pages + 1), settings_for(port, concurrency), meter)
    print(json.dumps(meter.told(came)))


if __name__ == "__main__":
    asyncio.run(main())
