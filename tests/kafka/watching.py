"""
A subscriber that reads committed records while everything else happens, and counts.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from schemas.topics import Topic
from services.runtime.kafka import access, admin
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings


class Subscriber:
    """
    Counts the records of a topic by a name that a function gives them.
    """

    def __init__(self, kafka: KafkaSettings, topic: Topic[Any], name: Callable[[Record], str] | None = None) -> None:
        self._kafka = kafka
        self._topic = topic
        self._name = name or (lambda record: record.header("ce_subject") or "")
        self.seen: Counter[str] = Counter()
        self.records: list[Record] = []
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for record in access.follow(self._kafka, self._topic, from_start=True):
            self.seen[self._name(record)] += 1
            self.records.append(record)

    async def wait_for(self, count: int, timeout_s: float) -> None:
        """
        Wait until so many different names were seen, or the time is over.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while len(self.seen) < count:
                    if self._reader.done():
                        self._reader.result()
                    await asyncio.sleep(0.1)

    async def stop(self) -> None:
        """
        Read no more.
        """
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)


async def counted(kafka: KafkaSettings, topic: Topic[Any]) -> Counter[str]:
    """
    What a subscriber sees that comes when all is over.
    """
    return Counter(
        [r.header("ce_subject") or "" async for r in access.follow(kafka, topic, from_start=True, until_end=True)]
    )


async def settled(kafka: KafkaSettings, group: str, topic: Topic[Any], timeout_s: float = 30) -> dict[int, int]:
    """
    The lag of a group, as soon as it is zero everywhere, or when the time is over.
    """
    lag: dict[int, int] = {}
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            while not lag or any(lag.values()):
                lag = await admin.lag(kafka, group, topic)
                await asyncio.sleep(0.3)
    return lag
