"""
A real broker for the tests that need one; or the one that KAFKA_BOOTSTRAP_SERVERS names.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from deploy.local.broker import Broker, BrokerConfig
from services.runtime.kafka import admin
from services.runtime.settings import KafkaSettings
from tests.kafka.fleet import Fleet
from tests.kafka.wiping import wipe

PARTITIONS = 4


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker | None]:
    """
    One broker for all tests of a session; None where the environment names another.
    """
    if "KAFKA_BOOTSTRAP_SERVERS" in os.environ:
        yield None
        return
    own = Broker(BrokerConfig(tmp_path_factory.mktemp("kafka")))
    asyncio.run(own.start())
    yield own
    asyncio.run(own.stop())


@pytest.fixture
async def kafka(broker: Broker | None) -> KafkaSettings:
    """
    Kafka with the contract's topics, all of them empty.
    """
    servers = broker.bootstrap_servers if broker else os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    settings = KafkaSettings(bootstrap_servers=servers)
    await wipe(settings)
    await admin.create_topics(settings, PARTITIONS)
    return settings


@pytest.fixture
async def fleet(kafka: KafkaSettings, tmp_path: Path) -> AsyncIterator[Fleet]:
    """
    Service processes that end with the test; what they said is shown where it fails.
    """
    processes = Fleet(kafka, tmp_path)
    yield processes
    await processes.stop()
    print(processes.logs())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Everything in this folder needs a broker.
    """
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.kafka)
