"""
A service's network is cut under load and comes back, and what was connected before never says another word.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.ports import free_ports
from deploy.local.properties import HOST
from schemas import topics
from services.runtime.kafka import admin
from services.runtime.kafka.membership import Membership
from services.runtime.settings import KafkaSettings, RuntimeSettings
from tests.kafka.black_hole import networked_broker
from tests.kafka.conftest import PARTITIONS
from tests.kafka.fleet import Fleet
from tests.kafka.test_kill import doubled, missing, publish_over
from tests.kafka.watching import Subscriber, counted, settled

ARTICLES = 900
BACK_S = 60.0
"""
Within this after the network is back, all is caught up: two requests in series that nobody answers, a rebalance, and
the work. With requests of 40 s it took 30 s after the short cut, and 68 s after the long one.
"""

SLOW_S = 25.0
"""More than two requests may take, and less than a rebalance may."""

USUAL = {
    "NEWS_RUNTIME_SESSION_TIMEOUT_S": "10",
    "NEWS_RUNTIME_REBALANCE_TIMEOUT_S": "40",
    "NEWS_RUNTIME_TRANSACTION_TIMEOUT_S": "20",
    "STUB_WORK_S": "0.01",
}
"""The time-outs that a service has when nobody sets any: they are what this is about."""


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("cut_s", "refuse"),
    [
        pytest.param(20, True, id="new connections are refused"),
        pytest.param(42, False, id="new connections are swallowed"),
    ],
)
async def test_a_service_outlives_a_network_that_becomes_a_black_hole(
    tmp_path: Path, cut_s: float, *, refuse: bool
) -> None:
    """
    No network for a while, under load, and no end of the old connections ever comes: the service catches up soon after
    new ones work, without being started again, and nothing is lost or doubled.
    """
    urls = [f"https://site-{number % 20}.test/{number}" for number in range(ARTICLES)]
    [port] = free_ports(1)
    async with networked_broker(tmp_path / "broker") as (broker, far_address, network):
        near = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
        await admin.create_topics(near, PARTITIONS)
        first, second = Fleet(near, tmp_path), Fleet(KafkaSettings(bootstrap_servers=far_address), tmp_path)
        first.start("first", ["tests.kafka.stub_service", "first"])
        second.start(
            "second", ["tests.kafka.stub_service", "second"], environ={**USUAL, "NEWS_RUNTIME_HTTP_PORT": str(port)}
        )
        seen = Subscriber(near, topics.ARTICLE_CLEANED)
        try:
            await publish_over(near, urls[:50], 1)
            await seen.wait_for(20, 60)
            flow = asyncio.create_task(publish_over(near, urls[50:], cut_s + 10))
            await asyncio.sleep(5)
            await network.cut(refuse=refuse)
            await asyncio.sleep(cut_s)
            await network.open()
            back_at = time.monotonic()
            await flow
            await seen.wait_for(ARTICLES, BACK_S - (time.monotonic() - back_at))
            print(f"all were seen {time.monotonic() - back_at:.1f} s after the network was back")
            lag = await settled(near, "second", topics.PAGE_FETCHED)
            well = await readiness(port)
            starts = [replica.starts for replica in second.replicas]
            after = await counted(near, topics.ARTICLE_CLEANED)
        finally:
            await seen.stop()
            await asyncio.gather(first.stop(), second.stop())

    assert missing(urls, seen.seen) == []
    assert doubled(seen.seen) == {}
    assert after == seen.seen
    assert sum(lag.values()) == 0
    assert well == "well"
    assert starts == [1]


@pytest.mark.e2e
async def test_who_joins_waits_for_a_member_that_takes_its_time(kafka: KafkaSettings) -> None:
    """
    A rebalance may take longer than any other request: a member that ends its transactions slowly keeps its place, and
    so does the one that asks again and again to be let in.
    """
    shares: dict[str, list[frozenset[int]]] = {"slow": [], "new": []}
    slow, new = (member(kafka, shares[name], takes_s) for name, takes_s in (("slow", SLOW_S), ("new", 0.0)))
    await slow.start()
    await until(lambda: len(shares["slow"]) == 1)
    await new.start()
    began_at = time.monotonic()
    await until(lambda: len(shares["slow"]) == 2 and len(shares["new"]) == 1)
    took_s = time.monotonic() - began_at
    await asyncio.sleep(3)
    await asyncio.gather(slow.stop(), new.stop())

    assert SLOW_S <= took_s < SLOW_S + 10
    assert [len(shares["slow"]), len(shares["new"])] == [2, 1]
    assert shares["slow"][1] | shares["new"][0] == frozenset(range(PARTITIONS))
    assert not shares["slow"][1] & shares["new"][0]


def member(kafka: KafkaSettings, shares: list[frozenset[int]], takes_s: float) -> Membership:
    """
    A member of a group that notes its shares, and takes its time to give one back.
    """

    async def note(share: frozenset[int]) -> None:
        if share:
            shares.append(share)
        elif shares:
            await asyncio.sleep(takes_s)

    settings = RuntimeSettings()
    return Membership(topics.PAGE_FETCHED.name, "waiting", kafka=kafka, settings=settings, on_change=note)


async def until(is_so: Callable[[], bool]) -> None:
    """
    Wait until something is so, or far too long.
    """
    async with asyncio.timeout(60):
        while not is_so():
            await asyncio.sleep(0.1)


async def readiness(port: int) -> str:
    """
    What the service says of itself.
    """
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(b"GET /ready HTTP/1.0\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return answer.decode().rpartition("\r\n")[2].strip()
