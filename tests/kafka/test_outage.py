"""
The broker is killed and comes back: everybody goes on unaided.
"""

from __future__ import annotations

import asyncio

import pytest

from deploy.local.broker import Broker
from schemas import topics
from services.runtime.settings import KafkaSettings
from tests.kafka.fleet import Fleet
from tests.kafka.test_kill import doubled, missing, publish_over
from tests.kafka.watching import Subscriber, counted, settled

AWAY_S = 10.0
ARTICLES = 600


async def test_services_outlive_a_broker_that_is_killed_for_ten_seconds(
    kafka: KafkaSettings, broker: Broker | None, fleet: Fleet
) -> None:
    """
    SIGKILL to the broker under load, ten seconds without it: the services go on by themselves, without being started
    again, and nothing is lost or doubled.
    """
    if broker is None:
        pytest.skip("the broker is not ours to kill")
    urls = [f"https://site-{number % 20}.test/{number}" for number in range(ARTICLES)]
    for stage in ("first", "second"):
        fleet.start(stage, ["tests.kafka.stub_service", stage])
    await publish_over(kafka, urls[:300], 1.0)
    await some_were_seen(kafka, 20)

    broker.kill()
    await asyncio.sleep(AWAY_S)
    await broker.start()
    await publish_over(kafka, urls[300:], 1.0)
    during = Subscriber(kafka, topics.ARTICLE_CLEANED)
    await during.wait_for(ARTICLES, 90)
    lag = await settled(kafka, "second", topics.PAGE_FETCHED)
    await during.stop()
    after = await counted(kafka, topics.ARTICLE_CLEANED)

    assert missing(urls, during.seen) == []
    assert doubled(during.seen) == {}
    assert after == during.seen
    assert [replica.starts for replica in fleet.replicas] == [1, 1]
    assert sum(lag.values()) == 0


@pytest.mark.e2e
async def test_a_service_that_starts_before_its_broker_waits_for_it(
    kafka: KafkaSettings, broker: Broker | None, fleet: Fleet
) -> None:
    """
    No order of starting is needed: the service says that it waits, and goes to work when the broker is there.
    """
    if broker is None:
        pytest.skip("the broker is not ours to stop")
    await publish_over(kafka, ["https://site-1.test/1"], 0.1)
    await broker.stop()
    fleet.start("first", ["tests.kafka.stub_service", "first"])
    await asyncio.sleep(3)
    await broker.start()

    seen = Subscriber(kafka, topics.PAGE_FETCHED)
    await seen.wait_for(1, 60)
    await seen.stop()

    assert seen.seen == {"https://site-1.test/1": 1}
    assert [replica.starts for replica in fleet.replicas] == [1]
    assert "waiting for the broker" in fleet.logs()


async def some_were_seen(kafka: KafkaSettings, count: int) -> None:
    """
    Wait until a subscriber has seen so many articles.
    """
    reader = Subscriber(kafka, topics.ARTICLE_CLEANED)
    await reader.wait_for(count, 60)
    await reader.stop()
