"""
What cannot be had again, taken out of Kafka and put back: what is watched, what the services remember, what they have
not read yet.

Topics are read in the order in which an article meets them. What moves on meanwhile is then found twice rather than
not at all; where the services stand still, everything is found once.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, BinaryIO

from schemas import topics
from schemas.topics import Topic
from services.cli.backup_file import BackupWriter
from services.cli.batches import batches
from services.cli.errors import BackupError, RunningError, TargetError
from services.cli.flow import GROUPS, INPUTS, KEPT, Input
from services.cli.kafka_errors import told_to_a_person
from services.cli.offsets import spans
from services.runtime.kafka.admin import describe_topics, members
from services.runtime.kafka.connection import count_partitions
from services.runtime.kafka.reader import read_to_end
from services.runtime.kafka.writer import Writer
from services.runtime.record import Outgoing, Record
from services.runtime.settings import KafkaSettings, RuntimeSettings

AT_ONCE = 4
"""Partitions of a topic whose keys are in memory together, about 200 bytes a key."""

RESTORER = "news-ingest-restore"
"""The transactional id: a second restore ends the first."""

Tell = Callable[[str, int], None]
"""Told a topic's name and how many of its records there were."""


async def back_up(kafka: KafkaSettings, stream: BinaryIO, now: datetime, *, articles: bool, tell: Tell) -> None:
    """
    Write a backup.

    Of topics that are kept, the last value of each key; of inputs, what their group has not read; nothing uncommitted.

    Args:
        kafka: Where from.
        stream: Where to.
        now: The time that the file says it was taken at.
        articles: Whether the tagged articles come along, the newest version of each.
        tell: Told how far it is.

    Raises:
        BrokerError: Kafka is away.
        TopicsError: Topics are missing.
    """
    kept = {topic.name for topic in KEPT} | ({topics.ARTICLE_TAGGED.name} if articles else set())
    inputs = {given.topic.name: given for given in INPUTS}
    await describe_topics(kafka)
    with told_to_a_person("ask again"):
        count = await count_partitions(kafka, [topic.name for topic in topics.ALL])
        file = BackupWriter(stream, count, now)
        for topic in topics.ALL:
            if topic.name in kept:
                await _keep(kafka, topic, file)
            elif topic.name in inputs:
                await _keep_unread(kafka, inputs[topic.name], file)
            else:
                continue
            tell(topic.name, file.records[topic.name])
    file.end()


async def _keep_unread(kafka: KafkaSettings, given: Input, file: BackupWriter) -> None:
    found = await spans(kafka, given.topic, given.group)
    reads = [read_to_end(kafka, given.topic.name, n, start=first, apply=file.add) for n, (first, _) in found.items()]
    await asyncio.gather(*reads)


async def _keep(kafka: KafkaSettings, topic: Topic[Any], file: BackupWriter) -> None:
    room = asyncio.Semaphore(AT_ONCE)

    async def keep(partition: int) -> None:
        async with room:
            await _keep_last(kafka, topic, partition, file)

    numbers = [0] if topic.is_everywhere else await spans(kafka, topic)
    await asyncio.gather(*(keep(number) for number in numbers))


async def _keep_last(kafka: KafkaSettings, topic: Topic[Any], partition: int, file: BackupWriter) -> None:
    """
    Read twice: once to learn which record of each key is the last, so that only keys have to fit into memory.
    """
    last: dict[bytes, int] = {}

    def learn(record: Record) -> None:
        if record.value is None:
            last.pop(record.key or b"", None)
        else:
            last[record.key or b""] = record.offset

    def take(record: Record) -> None:
        if record.value is not None and record.offset >= last.get(record.key or b"", record.offset + 1):
            file.add(record)

    await read_to_end(kafka, topic.name, partition, start=None, apply=learn)
    if last:
        await read_to_end(kafka, topic.name, partition, start=min(last.values()), apply=take)


async def restore(kafka: KafkaSettings, records: Iterable[Record], *, merge: bool, tell: Tell) -> dict[str, int]:
    """
    Write the records of a backup, each to the partition that the present count gives it; return how many, by topic.

    Raises:
        RunningError: A service runs.
        TargetError: Something is there already, and it was not asked to merge.
        BackupError: A record cannot be placed; what was written before it stays.
        BrokerError: Kafka is away, or refuses a record; what was written before it stays.
        TopicsError: Topics are missing.
    """
    await _insist_on_silence(kafka)
    filled = [state.topic.name for state in await describe_topics(kafka) if state.records]
    count = await count_partitions(kafka, [topic.name for topic in topics.ALL])
    if filled and not merge:
        raise TargetError(f"not empty: {', '.join(filled)}", "restore into new topics, before the services start")
    writer = Writer(RESTORER, RESTORER, kafka=kafka, settings=RuntimeSettings())
    done: Counter[str] = Counter()
    with told_to_a_person("create the topics anew, and restore again"):
        try:
            await writer.start()
            for batch in batches(records):
                await writer.commit([placed for record in batch for placed in _placed(record, count)], {})
                for record in batch:
                    done[record.topic] += 1
                tell(batch[-1].topic, done[batch[-1].topic])
        finally:
            await writer.stop()
    return dict(done)


async def _insist_on_silence(kafka: KafkaSettings) -> None:
    with told_to_a_person("ask again"):
        running = {group: count for group, count in (await members(kafka, GROUPS)).items() if count}
    if running:
        told = ", ".join(f"{group} ({count})" for group, count in sorted(running.items()))
        raise RunningError(
            f"still running: {told}", "stop all services; who was killed is counted until its session ends, 10 s"
        )


def _placed(record: Record, count: int) -> list[Outgoing]:
    is_everywhere = topics.by_name(record.topic).is_everywhere
    numbers = range(count) if is_everywhere else [_partition(record, count)]
    headers = tuple(record.headers.items())
    return [Outgoing(record.topic, number, record.key or b"", record.value, headers) for number in numbers]


def _partition(record: Record, count: int) -> int:
    """
    By the topic's own rule. An input may hold what is no event, or a deletion: its partition then only has to be one
    in which the order of its key is kept.
    """
    topic = topics.by_name(record.topic)
    if record.value is not None:
        try:
            return topic.partition(topic.event.from_wire(record.value, record.headers), count)
        except ValueError as error:
            if topic in KEPT:
                raise BackupError(f"{record.topic} {(record.key or b'').decode()!r}: {error}", RELEASE) from error
    elif topic.placed_by == "key":
        return topics.partition_of((record.key or b"").decode(), count)
    return record.partition % count


RELEASE = "restore with the release that made the backup"
