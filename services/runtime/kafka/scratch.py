"""
Topics that are no part of the contract: made for one purpose, written in transactions of which some are aborted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import for_code

from schemas.topics import MAX_RECORD_BYTES, Topic
from services.runtime.errors import TopicsError
from services.runtime.kafka.connection import bounded, close, connection, partition_counts, reach
from services.runtime.kafka.writer import hand_over
from services.runtime.record import Outgoing
from services.runtime.settings import KafkaSettings

TRIES = 100
"""A tenth of a second apart: a broker answers for a new topic a moment after it has agreed to create it."""


async def create_scratch(
    kafka: KafkaSettings, name: str, partitions: int, *, like: Topic[Any], **settings: str
) -> None:
    """
    Create a topic that must not be there yet: set up, and copied as often, as one of the contract.

    Args:
        kafka: Where.
        name: Of the new topic.
        partitions: How many.
        like: The topic of the contract; where it is not there, one copy has to do.
        settings: What is different, with underscores for dots.

    Raises:
        BrokerError: Kafka is away.
        TopicsError: It is there, or Kafka refuses.
    """
    client = AIOKafkaAdminClient(**connection(kafka))
    try:
        await reach(client, kafka)
        [model] = await client.describe_topics([like.name])
        copies = len(model["partitions"][0]["replicas"]) if model["partitions"] else 1
        own = {key.replace("_", "."): text for key, text in settings.items()}
        wanted = NewTopic(name, partitions, copies, topic_configs=like.settings() | own)
        answer = await client.create_topics([wanted])
    finally:
        await close(client)
    for topic, code, *rest in answer.topic_errors:
        if code:
            why = f"{for_code(code).__name__} {rest[0] if rest else ''}".strip()
            raise TopicsError(f"{topic}: {why}", "take another name, or see the broker's log")
    for _ in range(TRIES):
        if (await partition_counts(kafka, [name]))[name] == partitions:
            return
        await asyncio.sleep(0.1)
    raise TopicsError(f"{name} does not appear", "see the broker's log")


async def write_transactions(
    kafka: KafkaSettings, transactional_id: str, transactions: Iterable[tuple[Sequence[Outgoing], bool]]
) -> None:
    """
    Write records in transactions, each committed or, with False, aborted when all of it has been written.

    Raises:
        BrokerError: Kafka is away.
        KafkaError, TimeoutError: Kafka went away, or refuses.
    """
    producer = AIOKafkaProducer(
        **connection(kafka),
        transactional_id=transactional_id,
        max_request_size=MAX_RECORD_BYTES,
        compression_type="zstd",
    )
    try:
        await reach(producer, kafka)
        for records, is_committed in transactions:
            await bounded(producer.begin_transaction())
            await bounded(asyncio.gather(*await hand_over(producer, records)))
            await bounded(producer.commit_transaction() if is_committed else producer.abort_transaction())
    finally:
        await close(producer)
