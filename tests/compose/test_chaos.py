from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from tests.compose.conftest import until
from tests.compose.flow import UNDER_WAY_S, Flow, all_healthy, faults
from tests.compose.stack import SERVICES, Stack

pytestmark = pytest.mark.e2e

NETWORKS = {"fetcher": ["bus", "web"], "cleaner": ["bus"], "tagger": ["bus"], "kafka": ["bus", "edge"]}

A_CUT_S = 20
"""Twice a session: others take the partitions of whoever is away."""


@pytest.fixture
async def flow(stack: Stack) -> AsyncIterator[Flow]:
    """
    A subscriber, and what it has to wait for.
    """
    flow = Flow(stack)
    yield flow
    await flow.stop()


async def test_each_article_comes_once_whatever_is_killed(stack: Stack, flow: Flow) -> None:
    """
    SIGKILL to every process of every container in turn, the broker's too, while articles are on their way. Docker
    starts each again.
    """
    under_way = []
    for victim in ("fetcher", "cleaner", "tagger", "kafka"):
        flow.add(2)
        await asyncio.sleep(UNDER_WAY_S)
        under_way.append(len(flow.missing()))
        stack.kill_inside(victim)
    seen = await flow.end()

    assert all(under_way)
    assert faults(flow, seen) == {}
    assert all(stack.containers(victim)[0]["RestartCount"] >= 1 for victim in ("kafka", *SERVICES))
    assert await until(all_healthy(stack), 120)


@pytest.mark.parametrize("service", NETWORKS)
async def test_each_article_comes_once_when_a_network_is_cut(stack: Stack, flow: Flow, service: str) -> None:
    """
    A service, or the broker, is off its networks for longer than a session. Who cannot reach Kafka is not healthy
    meanwhile, and recovers by itself.
    """
    flow.add(2)
    await asyncio.sleep(UNDER_WAY_S)
    under_way = len(flow.missing())
    with stack.cut_off(service, *NETWORKS[service]):
        lame = "cleaner" if service == "kafka" else service
        was_seen = await until(lambda: stack.health(lame) == ["unhealthy"], 120)
    seen = await flow.end()

    assert under_way
    assert was_seen
    assert faults(flow, seen) == {}
    assert await until(all_healthy(stack), 120)


async def test_each_article_comes_once_while_services_are_scaled_and_restarted(stack: Stack, flow: Flow) -> None:
    """
    Four cleaners, then one; and a restart of each service in turn.
    """
    flow.add(2)
    stack.compose("up", "-d", "--wait", "--no-recreate", "--scale", "cleaner=4")
    replicas = len(stack.containers("cleaner"))
    flow.add(2)
    for service in SERVICES:
        stack.compose("restart", service)
    flow.add(2)
    stack.compose("up", "-d", "--wait", "--no-recreate", "--scale", "cleaner=1")
    seen = await flow.end()

    assert replicas == 4
    assert faults(flow, seen) == {}
    assert await until(all_healthy(stack), 120)


async def test_five_thousand_articles_come_once_each_whatever_happens(stack: Stack, flow: Flow) -> None:
    """
    All of the above in one go, under load: kills, cuts, four cleaners and again one, a restart of each service.
    """
    for victim in ("fetcher", "cleaner", "tagger", "kafka"):
        flow.add(1, articles=500)
        await asyncio.sleep(UNDER_WAY_S)
        stack.kill_inside(victim)
    for service, networks in NETWORKS.items():
        flow.add(1, articles=500)
        await asyncio.sleep(UNDER_WAY_S)
        with stack.cut_off(service, *networks):
            await asyncio.sleep(A_CUT_S)
    flow.add(2, articles=500)
    stack.compose("up", "-d", "--wait", "--no-recreate", "--scale", "cleaner=4")
    for service in SERVICES:
        stack.compose("restart", service)
    stack.compose("up", "-d", "--wait", "--no-recreate", "--scale", "cleaner=1")
    seen = await flow.end()

    assert len(flow.wanted) == 5000
    assert faults(flow, seen) == {}
    assert await until(all_healthy(stack), 120)


async def test_a_restart_is_graceful(stack: Stack) -> None:
    """
    SIGTERM drains: the service ends by itself, with 0, long before it would be killed.
    """
    began = time.monotonic()
    stack.compose("stop", *SERVICES)
    took_s = time.monotonic() - began
    codes = [stack.containers(service)[0]["State"]["ExitCode"] for service in SERVICES]
    stack.compose("start", *SERVICES)

    assert codes == [0, 0, 0]
    assert took_s < 40
    assert await until(all_healthy(stack), 120)
