"""
Topics from outside the stages: what a person writes, and what any subscriber reads.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaConnectionError

from schemas.base import Event
from schemas.envelope import seal
from schemas.topics import MAX_RECORD_BYTES, Topic
from services.runtime.errors import BrokerError, TopicsError
from services.runtime.kafka import close, connection, consumer, partition_counts, record_of
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings


async def publish(kafka: KafkaSettings, topic: Topic[Any], events: Iterable[tuple[Event, UUID]], source: str) -> None:
    """
    Write events from outside the stages: a person's request, a source.

    Raises:
        BrokerError: Kafka is away, or refuses.
    """
    producer = AIOKafkaProducer(**connection(kafka), enable_idempotence=True, max_request_size=MAX_RECORD_BYTES)
    try:
        await reach(producer, kafka)
        count = len(await producer.partitions_for(topic.name))
        for event, event_id in events:
            sealed = seal(topic, event, event_id, source)
            await producer.send(
                topic.name,
                sealed.value,
                sealed.key,
                partition=topic.partition(event, count),
                headers=list(sealed.headers),
            )
        await producer.flush()
    finally:
        await close(producer)


async def erase(kafka: KafkaSettings, topic: Topic[Any], key: str, partition_of: Callable[[int], int]) -> None:
    """
    Write a tombstone for a key; `partition_of` gives its partition among a count.
    """
    producer = AIOKafkaProducer(**connection(kafka), enable_idempotence=True)
    try:
        await reach(producer, kafka)
        count = len(await producer.partitions_for(topic.name))
        await producer.send_and_wait(topic.name, None, key.encode(), partition=partition_of(count))
    finally:
        await close(producer)


async def follow(
    kafka: KafkaSettings, topic: Topic[Any], *, from_start: bool, until_end: bool = False
) -> AsyncIterator[Record]:
    """
    Read a topic as any subscriber would, committed records only; with `until_end`, stop at its end as of now.

    Raises:
        BrokerError: Kafka is away.
    """
    reader = consumer(kafka)
    try:
        await reach(reader, kafka)
        count = (await partition_counts(kafka, [topic.name]))[topic.name]
        parts = [TopicPartition(topic.name, number) for number in range(count)]
        if not parts:
            raise TopicsError(f"topic {topic.name} does not exist", "run `news-ingest topics create`")
        reader.assign(parts)
        await (reader.seek_to_beginning(*parts) if from_start else reader.seek_to_end(*parts))
        ends = await reader.end_offsets(parts) if until_end else {}
        while not until_end or await _is_short_of(reader, ends):
            for messages in (await reader.getmany(timeout_ms=200)).values():
                for message in messages:
                    yield record_of(message)
    finally:
        await close(reader)


async def _is_short_of(reader: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]) -> bool:
    return any([await reader.position(here) < end for here, end in ends.items()])


async def reach(client: AIOKafkaConsumer | AIOKafkaProducer, kafka: KafkaSettings) -> None:
    """
    Connect a client, or say what to do.

    Raises:
        BrokerError: Kafka is away.
    """
    try:
        await client.start()
    except KafkaConnectionError as error:
        raise BrokerError(
            f"no Kafka at {kafka.bootstrap_servers}: {error}",
            "start one with `news-ingest up`, or set KAFKA_BOOTSTRAP_SERVERS",
        ) from error
