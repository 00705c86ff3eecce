"""
Topics as the contract has them: created, looked at, compared; and how far behind a group is.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from schemas import topics
from schemas.topics import Topic
from services.runtime.errors import TopicsError
from services.runtime.kafka.connection import bounded, close, connection, consumer, partition_counts, reach
from services.runtime.settings import KafkaSettings

REACH_TIMEOUT_S = 5.0
"""A broker that is there answers within this."""

CHANGE_TIMEOUT_MS = 30_000
"""Creating all topics takes a small broker a while."""

COORDINATOR_TRIES = 30
"""A second apart: a new broker first makes the topic of its groups, one that was started again reads it."""


@dataclass(frozen=True)
class TopicState:
    """
    A topic of the contract as the broker has it.

    Attributes:
        partitions: How many; 0 when it does not exist.
        replication: Copies of each.
        records: Offsets between beginning and end, all partitions together: at least as many as there are records.
        differences: Settings that are not as the contract says, `name: is, should be`.
        retention_ms: How long it keeps records; None where that is for ever, or it does not exist.
    """

    topic: Topic[Any]
    partitions: int
    replication: int
    records: int
    differences: tuple[str, ...] = ()
    retention_ms: int | None = None


async def is_reachable(kafka: KafkaSettings) -> bool:
    """
    Whether a broker answers.
    """
    client = AIOKafkaAdminClient(**connection(kafka))
    try:
        await bounded(client.start(), REACH_TIMEOUT_S)
    except (KafkaError, TimeoutError):
        return False
    finally:
        await close(client)
    return True


async def create_topics(
    kafka: KafkaSettings,
    partitions: int = topics.DEFAULT_PARTITIONS,
    replication: int = 1,
    *,
    retention_ms: Mapping[str, int] | None = None,
) -> list[str]:
    """
    Create the topics of the contract that are missing; return their names. `retention_ms`, by name, goes before what
    the contract says.

    Raises:
        BrokerError: Kafka is away.
        TopicsError: Kafka refuses, or an existing topic has another partition count or cleanup than it must have.
    """
    states = await describe_topics(kafka)
    missing = [state.topic for state in states if not state.partitions]
    _insist(states, partitions)
    async with admin_client(kafka) as client:
        wanted = [
            NewTopic(t.name, t.partitions or partitions, replication, topic_configs=_settings_of(t, retention_ms or {}))
            for t in missing
        ]
        answer = await client.create_topics(wanted, timeout_ms=CHANGE_TIMEOUT_MS) if wanted else None
    _raise_refusals(answer)
    await _until_known(kafka, partitions)
    return [topic.name for topic in missing]


async def create_topic(kafka: KafkaSettings, topic: Topic[Any], like: Topic[Any]) -> None:
    """
    Create a topic that the contract does not have, with as many partitions and copies as one that it has.

    Raises:
        BrokerError: Kafka is away.
        TopicsError: Kafka refuses.
    """
    async with admin_client(kafka) as client:
        [row] = await client.describe_topics([like.name])
        parts = row["partitions"]
        wanted = NewTopic(topic.name, len(parts), len(parts[0]["replicas"]), topic_configs=topic.settings())
        answer = await client.create_topics([wanted], timeout_ms=CHANGE_TIMEOUT_MS)
    _raise_refusals(answer)
    await _until_known(kafka, len(parts), [topic])


def _settings_of(topic: Topic[Any], retention_ms: Mapping[str, int]) -> dict[str, str]:
    own = {"retention.ms": str(retention_ms[topic.name])} if topic.name in retention_ms else {}
    return {**topic.settings(), **own}


async def _until_known(kafka: KafkaSettings, partitions: int, wanted: Sequence[Topic[Any]] = topics.ALL) -> None:
    """
    A broker answers for a new topic a moment after it has agreed to create it.
    """
    expected = {topic.name: topic.partitions or partitions for topic in wanted}
    for _ in range(100):
        if await partition_counts(kafka, expected) == expected:
            return
        await asyncio.sleep(0.1)
    raise TopicsError("new topics do not appear", "see the broker's log")


def _insist(states: list[TopicState], partitions: int) -> None:
    for state in states:
        wanted = state.topic.partitions or partitions
        if state.partitions not in (0, wanted):
            raise TopicsError(
                f"{state.topic.name} has {state.partitions} partitions, not {wanted}",
                "the count is fixed at creation: ask for the count that is there, or drain and create anew",
            )
        if state.differences:
            raise TopicsError(f"{state.topic.name}: {'; '.join(state.differences)}", "alter the topic's configuration")


def _raise_refusals(answer: Any) -> None:
    for name, code, *rest in getattr(answer, "topic_errors", ()):
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise TopicsError(f"{name}: {error.__name__} {rest[0] if rest else ''}".strip(), "see the broker's log")


async def describe_topics(kafka: KafkaSettings) -> list[TopicState]:
    """
    Look at every topic of the contract.

    Raises:
        BrokerError: Kafka is away.
    """
    async with admin_client(kafka) as client:
        known = {row["topic"]: row for row in await client.describe_topics([t.name for t in topics.ALL])}
        present = [t for t in topics.ALL if known.get(t.name, {}).get("partitions")]
        settings = await _settings(client, present)
    counts = await _counts(kafka, {t.name: len(known[t.name]["partitions"]) for t in present})
    return [_state(topic, known.get(topic.name), settings.get(topic.name, {}), counts) for topic in topics.ALL]


def _state(topic: Topic[Any], row: Any, settings: dict[str, str], counts: dict[str, int]) -> TopicState:
    parts = row["partitions"] if row else []
    if not parts:
        return TopicState(topic, 0, 0, 0)
    differences = tuple(
        f"{name} is {settings[name]}, should be {wanted}"
        for name, wanted in topic.settings().items()
        if name in ("cleanup.policy", "message.timestamp.type") and settings.get(name, wanted) != wanted
    )
    kept = int(settings.get("retention.ms", -1)) if "delete" in topic.cleanup else -1
    return TopicState(
        topic, len(parts), len(parts[0]["replicas"]), counts[topic.name], differences, None if kept < 0 else kept
    )


async def _settings(client: AIOKafkaAdminClient, present: list[Topic[Any]]) -> dict[str, dict[str, str]]:
    if not present:
        return {}
    answers = await client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, t.name) for t in present])
    return {
        resource[3]: {entry[0]: entry[1] for entry in resource[4]}
        for answer in answers
        for resource in answer.resources
    }


async def _counts(kafka: KafkaSettings, partitions: dict[str, int]) -> dict[str, int]:
    reader = consumer(kafka)
    try:
        await reach(reader, kafka)
        parts = [TopicPartition(name, number) for name, count in partitions.items() for number in range(count)]
        ends, starts = await reader.end_offsets(parts), await reader.beginning_offsets(parts)
    finally:
        await close(reader)
    counts = dict.fromkeys(partitions, 0)
    for part in parts:
        counts[part.topic] += ends[part] - starts[part]
    return counts


@dataclass(frozen=True)
class Span:
    """
    Offsets of a partition.

    Attributes:
        start: Of the first record that is there.
        end: Of what is committed.
        committed: Where a group goes on; None where it has not been, or none was asked for.
    """

    start: int
    end: int
    committed: int | None = None


async def spans(kafka: KafkaSettings, topic: Topic[Any], group: str | None = None) -> dict[int, Span]:
    """
    Where the partitions of a topic begin and end, and where a group is in them.

    Raises:
        BrokerError: Kafka is away.
    """
    reader = consumer(kafka, group_id=group)
    try:
        await reach(reader, kafka)
        count = (await partition_counts(kafka, [topic.name]))[topic.name]
        parts = [TopicPartition(topic.name, number) for number in range(count)]
        ends, starts = await reader.end_offsets(parts), await reader.beginning_offsets(parts)
        done = {part: None if group is None else await reader.committed(part) for part in parts}
    finally:
        await close(reader)
    return {part.partition: Span(starts[part], ends[part], done[part]) for part in parts}


async def lag(kafka: KafkaSettings, group: str, topic: Topic[Any]) -> dict[int, int]:
    """
    Records that a group has still to read, by partition: the end of what is committed less its committed offset.

    Raises:
        BrokerError: Kafka is away.
    """
    found = await spans(kafka, topic, group)
    return {n: span.end - (span.start if span.committed is None else span.committed) for n, span in found.items()}


async def members(kafka: KafkaSettings, groups: Iterable[str]) -> dict[str, int]:
    """
    How many processes each consumer group counts on. One that was killed is counted until its session has ended.

    Raises:
        BrokerError: Kafka is away.
        KafkaError: It refuses.
    """
    async with admin_client(kafka) as client:
        return {group: await _members(client, group) for group in groups}


async def _members(client: AIOKafkaAdminClient, group: str) -> int:
    tries = COORDINATOR_TRIES
    while True:
        try:
            # One at a time: of several, aiokafka 0.14 misreads all but the first (a v3 answer by the v2 schema).
            [answer] = await client.describe_consumer_groups([group])
            [(code, _group, _state, _type, _assignor, members_of_it, *_)] = answer.groups
            if not code:
                return len(members_of_it)
            raise for_code(code)(group)
        except KafkaError as error:
            tries -= 1
            if not (error.retriable and tries):
                raise
        await asyncio.sleep(1.0)


@asynccontextmanager
async def admin_client(kafka: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    """
    A client for what is done to topics and groups, within a block.

    Raises:
        BrokerError: Kafka is away.
    """
    client = AIOKafkaAdminClient(**{**connection(kafka), "request_timeout_ms": CHANGE_TIMEOUT_MS})
    await reach(client, kafka)
    try:
        yield client
    finally:
        await close(client)
