"""
Topics from outside the stages: what a person writes, and what any subscriber reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from itertools import chain
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError

from schemas.base import Event
from schemas.envelope import seal
from schemas.topics import MAX_RECORD_BYTES, Topic
from services.runtime.errors import BrokerError, TopicsError
from services.runtime.kafka.connection import (
    BRIEF,
    close,
    connection,
    consumer,
    or_hidden,
    partition_counts,
    reach,
    record_of,
)
from services.runtime.kafka.writer import hand_over
from services.runtime.record import Outgoing, Record
from services.runtime.settings import KafkaSettings


async def publish(kafka: KafkaSettings, topic: Topic[Any], events: Iterable[tuple[Event, UUID]], source: str) -> None:
    """
    Write events from outside the stages: a person's request, a source.

    Raises:
        BrokerError: Kafka is away, or refuses an event.
        TopicsError: The topic is not there.
    """
    producer = AIOKafkaProducer(**connection(kafka), enable_idempotence=True, max_request_size=MAX_RECORD_BYTES)
    try:
        await reach(producer, kafka)
        count = await _count(kafka, topic)
        records = (_outgoing(topic, event, event_id, source=source, count=count) for event, event_id in events)
        await asyncio.gather(*await hand_over(producer, chain.from_iterable(records)))
    except KafkaError as error:
        raise BrokerError(
            f"Kafka did not take everything: {error!r}", "ask again: what is known already stays single"
        ) from error
    finally:
        await close(producer)


def _outgoing(topic: Topic[Any], event: Event, event_id: UUID, *, source: str, count: int) -> list[Outgoing]:
    sealed = seal(topic, event, event_id, source)
    numbers = topic.all_partitions(event, count)
    return [Outgoing(topic.name, number, sealed.key, sealed.value, sealed.headers) for number in numbers]


async def erase(kafka: KafkaSettings, topic: Topic[Any], key: str, partition_of: Callable[[int], int]) -> None:
    """
    Write a tombstone for a key; `partition_of` gives its partition among a count.
    """
    producer = AIOKafkaProducer(**connection(kafka), enable_idempotence=True)
    try:
        await reach(producer, kafka)
        count = await _count(kafka, topic)
        await producer.send_and_wait(topic.name, None, key.encode(), partition=partition_of(count))
    finally:
        await close(producer)


async def follow(
    kafka: KafkaSettings, topic: Topic[Any], *, from_start: bool, until_end: bool = False
) -> AsyncGenerator[Record, None]:
    """
    Read a topic as any subscriber would, committed records only; with `until_end`, stop at its end as of now.

    Raises:
        BrokerError: Kafka is away.
        TopicsError: The topic is not there, or must not be read by this user.
    """
    reader = consumer(kafka, **(BRIEF if until_end else {}))
    try:
        await reach(reader, kafka)
        parts = [TopicPartition(topic.name, number) for number in range(await _count(kafka, topic))]
        reader.assign(parts)
        await (reader.seek_to_beginning(*parts) if from_start else reader.seek_to_end(*parts))
        ends = await reader.end_offsets(parts) if until_end else {}
        while not until_end or await _is_short_of(reader, ends):
            for messages in (await reader.getmany(timeout_ms=200)).values():
                for message in messages:
                    yield record_of(message)
    except TopicAuthorizationFailedError as error:
        raise TopicsError(
            f"user {kafka.sasl_username!r} may not read {topic.name}", "docs/topics.md says who may"
        ) from error
    finally:
        await close(reader)


async def _count(kafka: KafkaSettings, topic: Topic[Any]) -> int:
    count = (await partition_counts(kafka, [topic.name]))[topic.name]
    if not count:
        raise TopicsError(f"topic {topic.name} does not exist{or_hidden(kafka)}", "run `news-ingest topics create`")
    return count


async def _is_short_of(reader: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]) -> bool:
    return any([await reader.position(here) < end for here, end in ends.items()])
