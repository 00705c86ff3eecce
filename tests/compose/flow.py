"""
Articles on their way through the stack, and a subscriber outside of it that counts what arrives.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count

from schemas import topics
from tests.compose.conftest import until
from tests.compose.stack import SERVICES, Stack
from tests.kafka.watching import Subscriber, counted

A_FEED = 60
"""Articles in each feed that a test adds: twelve seconds of work for the fetcher, at five requests a second."""

UNDER_WAY_S = 4
"""After it some articles of a feed are tagged, and most are not."""


_FIRST = count(1000, A_FEED)
"""No number is used twice in a test run, so that what a test counts is its own."""


class Flow:
    """
    Articles on their way through the stack, and a subscriber outside that counts what arrives.
    """

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._subscriber = Subscriber(stack.kafka, topics.ARTICLE_TAGGED)
        self.wanted: set[str] = set()

    def add(self, feeds: int) -> None:
        """
        Add so many feeds, each on a host of its own.
        """
        for number in range(feeds):
            host, first = f"http://h{number % 10}.example:8080", next(_FIRST)
            self._stack.cli("sources", "add", f"{host}/{first}-{first + A_FEED}.xml")
            self.wanted |= {f"{host}/a/{article}" for article in range(first, first + A_FEED)}

    def missing(self) -> set[str]:
        """
        What has not been seen yet.
        """
        return self.wanted - set(self._subscriber.seen)

    async def end(self, awaited: Sequence[str] = ("kafka", *SERVICES)) -> Counter[str]:
        """
        Wait until everything is there or three minutes are over, and a little longer for what must not come; then ask
        again, as a subscriber that comes when all is over.
        """
        await until(lambda: not self.missing(), 180)
        await until(all_healthy(self._stack, awaited), 120)
        await asyncio.sleep(5)
        return await counted(self._stack.kafka, topics.ARTICLE_TAGGED)

    async def stop(self) -> None:
        """
        Read no more.
        """
        await self._subscriber.stop()


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
