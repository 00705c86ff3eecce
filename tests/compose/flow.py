"""
Articles on their way through the stack, and a subscriber outside of it that counts what arrives.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count, pairwise

from schemas import topics
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings
from tests.compose.conftest import until
from tests.compose.stack import SERVICES, Stack
from tests.kafka.watching import Subscriber, counted

A_FEED = 60
"""Articles in each feed that a test adds: twelve seconds of work for the fetcher, at five requests a second."""

UNDER_WAY_S = 4
"""After it some articles of a feed are tagged, and most are not."""

LONGEST_FEED = 500

_FIRST = count(LONGEST_FEED, LONGEST_FEED)
"""No number is used twice in a test run, so that what a test counts is its own."""


class Flow:
    """
    Articles on their way through the stack, and a subscriber outside that counts what arrives; `kafka` says how it gets
    in, where it needs a password for that.
    """

    def __init__(self, stack: Stack, kafka: KafkaSettings | None = None) -> None:
        self._stack, self._kafka = stack, kafka or stack.kafka
        self._arrivals: list[tuple[float, str]] = []
        self._is_over = threading.Event()
        # By itself, for the tests' own loop stands still whenever they wait for Docker.
        self._subscriber = threading.Thread(target=asyncio.run, args=(self._subscribe(),), daemon=True)
        self._subscriber.start()
        self.wanted: set[str] = set()

    async def _subscribe(self) -> None:
        subscriber = Subscriber(self._kafka, topics.ARTICLE_TAGGED, self._note)
        while not self._is_over.is_set():
            await asyncio.sleep(0.2)
        await subscriber.stop()

    def _note(self, record: Record) -> str:
        name = record.header("ce_subject") or ""
        self._arrivals.append((time.monotonic(), name))
        return name

    def add(self, feeds: int, articles: int = A_FEED) -> None:
        """
        Add so many feeds, each on the next of ten hosts, with so many articles, at most `LONGEST_FEED`.
        """
        for first in (next(_FIRST) for _ in range(feeds)):
            host = f"http://h{first // LONGEST_FEED % 10}.example:8080"
            self._watch(f"{host}/{first}-{first + articles}.xml")
            self.wanted |= {f"{host}/a/{article}" for article in range(first, first + articles)}

    def _watch(self, url: str, attempts: int = 30) -> None:
        """
        Ask for a feed, again while there is no Kafka (NI-201): it may just have been killed.
        """
        try:
            self._stack.cli("sources", "add", url)
        except AssertionError as error:
            if not attempts or "NI-201" not in str(error):
                raise
            time.sleep(2)
            self._watch(url, attempts - 1)

    def missing(self) -> set[str]:
        """
        What has not been seen yet.
        """
        return self.wanted - {name for _, name in list(self._arrivals)}

    def longest_pause_s(self, after: float) -> float:
        """
        Seconds of the longest time without an arrival, from a moment (time.monotonic()) to the last arrival.
        """
        moments = [after, *(moment for moment, _ in list(self._arrivals) if moment > after)]
        return max((later - earlier for earlier, later in pairwise(moments)), default=0.0)

    async def end(self, awaited: Sequence[str] = ("kafka", *SERVICES)) -> Counter[str]:
        """
        Wait until everything is there or five minutes are over, and a little longer for what must not come; then ask
        again, as a subscriber that comes when all is over.
        """
        began = time.monotonic()
        await until(lambda: not self.missing(), 300)
        print(f"waited {time.monotonic() - began:.0f} s for {len(self.wanted)}, {len(self.missing())} of them not seen")
        await until(all_healthy(self._stack, awaited), 120)
        await asyncio.sleep(5)
        return await counted(self._kafka, topics.ARTICLE_TAGGED)

    async def stop(self) -> None:
        """
        Read no more.
        """
        self._is_over.set()
        await asyncio.to_thread(self._subscriber.join)


def faults(flow: Flow, seen: Counter[str]) -> dict[str, int]:
    """
    What is missing, and what is there more than once.
    """
    return {url: seen[url] for url in sorted(flow.wanted) if seen[url] != 1}


def all_healthy(stack: Stack, services: Sequence[str] = ("kafka", *SERVICES)) -> Callable[[], bool]:
    """
    A claim to wait for.
    """
    return lambda: all(set(stack.health(name)) == {"healthy"} for name in services)
