"""
What the broker refuses is never taken for written: neither by a task nor by whoever publishes.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import MessageSizeTooLargeError

from schemas import topics
from schemas.events import FetchRequested
from schemas.ids import request_id
from services.runtime.errors import BrokerError
from services.runtime.kafka import access, admin
from services.runtime.kafka.writer import Writer
from services.runtime.record import Outgoing
from services.runtime.settings import KafkaSettings, RuntimeSettings

SMALL_BYTES = 1000
PROBE = b"probe"
BIG = os.urandom(4 * SMALL_BYTES)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def only_small_records(kafka: KafkaSettings, topic: topics.Topic[FetchRequested]) -> None:
    """
    Have the broker refuse larger records for a topic, as one does whose settings are not ours; return when it does.
    """
    client = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await client.start()
    limit = {"max.message.bytes": str(SMALL_BYTES)}
    await client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=limit)])
    await client.close()
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    await producer.start()
    with suppress(MessageSizeTooLargeError):
        while True:
            await producer.send_and_wait(topic.name, BIG, PROBE, partition=0)
    await producer.stop()


async def keys(kafka: KafkaSettings) -> set[bytes | None]:
    """
    Of what is in the topic, but for the probes.
    """
    found = access.follow(kafka, topics.FETCH_REQUESTED, from_start=True, until_end=True)
    return {record.key async for record in found} - {PROBE}


async def test_a_transaction_with_a_refused_record_commits_no_offset(kafka: KafkaSettings) -> None:
    """
    Left to itself, aiokafka commits all the rest of it, the input's offset with it: an article lost without a word.
    """
    await only_small_records(kafka, topics.FETCH_REQUESTED)
    writer = Writer("owner-0", "group", kafka=kafka, settings=RuntimeSettings(transaction_timeout_s=5))
    await writer.start()
    name = topics.FETCH_REQUESTED.name
    records = [Outgoing(name, 0, b"a", b"small", ()), Outgoing(name, 1, b"b", BIG, ())]

    with pytest.raises(MessageSizeTooLargeError):
        await writer.commit(records, {(topics.PAGE_FETCHED.name, 0): 7})
    await writer.stop()

    assert set((await admin.lag(kafka, "group", topics.PAGE_FETCHED)).values()) == {0}
    assert await keys(kafka) == set()


async def test_publishing_says_what_the_broker_refused(kafka: KafkaSettings) -> None:
    """
    Whoever publishes hears that an event was not taken, and why.
    """
    await only_small_records(kafka, topics.FETCH_REQUESTED)
    url = f"https://site.test/{'x' * 4 * SMALL_BYTES}"
    event = FetchRequested(url=url, requested_at=NOW)

    with pytest.raises(BrokerError, match="MessageSizeTooLarge"):
        await access.publish(kafka, topics.FETCH_REQUESTED, [(event, request_id("test", url))], "test")

    assert await keys(kafka) == set()
