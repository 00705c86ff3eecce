from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from schemas import topics
from services.runtime.kafka import admin
from tests.compose.conftest import running
from tests.compose.flow import LONGEST_FEED, UNDER_WAY_S, Flow, faults
from tests.compose.stack import HA_FILE, Stack

pytestmark = pytest.mark.e2e

BROKERS = ("kafka", "kafka-2", "kafka-3")


@pytest.fixture(scope="module")
def three(images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """
    The stack with three brokers.
    """
    with running(tmp_path_factory.mktemp("ha"), HA_FILE) as stack:
        yield stack


async def test_every_topic_is_on_three_brokers(three: Stack) -> None:
    """
    Ours and Kafka's own.
    """
    states = await admin.describe_topics(three.kafka)

    assert {state.topic.name: state.replication for state in states} == {topic.name: 3 for topic in topics.ALL}


@pytest.mark.parametrize("broker", ["kafka-2", "kafka-3"])
async def test_articles_go_on_while_a_broker_is_down(three: Stack, broker: str) -> None:
    """
    It is killed while articles are on their way, and comes back after a minute, under load all the time: ten articles a
    second. They come on, after a pause for the new leaders, each once.
    """
    flow = Flow(three)
    try:
        flow.add(2, articles=LONGEST_FEED)
        await asyncio.sleep(UNDER_WAY_S)
        killed_at = time.monotonic()
        three.compose("kill", broker)
        await asyncio.sleep(60)
        states = [container["State"]["Running"] for container in three.containers(broker)]
        under_way = len(flow.missing())
        three.compose("up", "-d", "--wait", "--no-recreate", broker)
        seen = await flow.end()
    finally:
        await flow.stop()
    print(f"longest pause with {broker} killed: {flow.longest_pause_s(killed_at):.1f} s")

    assert under_way
    assert states == [False]
    assert faults(flow, seen) == {}
    assert flow.longest_pause_s(killed_at) < 15
