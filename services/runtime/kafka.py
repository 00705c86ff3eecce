"""
The streams' door to Kafka. What aiokafka 0.14 leaves to its user is done here, once:

- `getmany` hands out records before a task is ready: a task seeks, and only then polls its own partition;
- a rebalance callback's exception is swallowed: callbacks here only hand the news on;
- `stop()` and sends can hang with the broker down: everything that waits is bounded by its caller or here;
- a producer that was fenced is finished: it is thrown away with its task.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    InvalidProducerEpoch,
    InvalidProducerIdMapping,
    KafkaError,
    ProducerFenced,
)

from schemas.topics import MAX_RECORD_BYTES
from services.runtime.errors import TaskFenced, TopicsError
from services.runtime.record import Outgoing, Record
from services.runtime.settings import KafkaSettings, RuntimeSettings

TransientError = KafkaError
"""What a task may meet while the broker is away; the task is started again from its committed offset."""

FETCH_BYTES = 1024 * 1024
"""Prefetched per partition; a larger record still comes, alone. This bounds what lies unread in memory."""

BATCH_BYTES = 512 * 1024
"""Producer batch; four times the throughput of aiokafka's 16 KiB."""

CLOSE_TIMEOUT_S = 5.0
"""A client that cannot say goodbye within this is left behind."""

Offsets = Mapping[tuple[str, int], int]
"""Next offset to read by (topic, partition)."""


def connection(kafka: KafkaSettings) -> dict[str, Any]:
    """
    The arguments that every client shares.
    """
    return {"bootstrap_servers": kafka.bootstrap_servers}


def consumer(kafka: KafkaSettings, **settings: Any) -> AIOKafkaConsumer:
    """
    A consumer of committed records that commits nothing by itself.
    """
    return AIOKafkaConsumer(
        **connection(kafka),
        **settings,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=FETCH_BYTES,
        fetch_max_bytes=2 * MAX_RECORD_BYTES,
    )


def record_of(message: Any) -> Record:
    """
    What aiokafka read, as a record.
    """
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        timestamp=datetime.fromtimestamp(message.timestamp / 1000, UTC),
        key=message.key,
        value=message.value,
        headers=dict(message.headers),
    )


async def close(client: AIOKafkaConsumer | AIOKafkaProducer) -> None:
    """
    Stop a client, or leave it behind.
    """
    try:
        await asyncio.wait_for(client.stop(), CLOSE_TIMEOUT_S)
    except (TimeoutError, KafkaError):
        return


class Membership(ConsumerRebalanceListener):  # type: ignore[misc]
    """
    The place of this process in its consumer group, and the records of the partitions that it was given.
    """

    def __init__(
        self,
        topic: str,
        group: str,
        *,
        kafka: KafkaSettings,
        settings: RuntimeSettings,
        on_change: Callable[[frozenset[int]], Awaitable[None]],
    ) -> None:
        self._topic = topic
        self._on_change = on_change
        self._confirmed = 0.0
        session_ms = int(settings.session_timeout_s * 1000)
        self._consumer = consumer(
            kafka,
            group_id=group,
            session_timeout_ms=session_ms,
            heartbeat_interval_ms=session_ms // 4,
            rebalance_timeout_ms=int(settings.rebalance_timeout_s * 1000),
            max_poll_interval_ms=24
            * 3600
            * 1000,  # progress is the watchdog's business; a slow record is no reason to leave
        )

    async def start(self) -> None:
        """
        Join the group.

        Raises:
            KafkaError: The broker is away.
        """
        await self._consumer.start()
        self._watch_heartbeats()
        self._consumer.subscribe([self._topic], listener=self)

    def _watch_heartbeats(self) -> None:
        coordinator = self._consumer._coordinator  # noqa: SLF001 - aiokafka tells nobody when it was last confirmed
        beat = coordinator._do_heartbeat  # noqa: SLF001

        async def confirmed_beat() -> bool:
            sent = time.monotonic()
            is_member: bool = await beat()
            if is_member:
                self._confirmed = sent
            return is_member

        coordinator._do_heartbeat = confirmed_beat  # noqa: SLF001

    @property
    def confirmed_age_s(self) -> float:
        """
        Seconds since the broker last confirmed this member, counted from the question.
        """
        return time.monotonic() - self._confirmed

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:  # noqa: ARG002
        """
        Assignors are eager: every rebalance takes everything away first.
        """
        await self._on_change(frozenset())

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """
        Hand the new share on.
        """
        self._confirmed = time.monotonic()
        await self._on_change(frozenset(tp.partition for tp in assigned))

    async def seek_to_committed(self, partition: int, offset: int | None) -> None:
        """
        Continue at the committed offset (none: at the beginning).
        """
        here = TopicPartition(self._topic, partition)
        if offset is None:
            await self._consumer.seek_to_beginning(here)
        else:
            self._consumer.seek(here, offset)

    async def poll(self, partition: int, max_records: int, timeout_s: float) -> list[Record]:
        """
        Return the next records of one partition, waiting for them at most `timeout_s`.
        """
        here = TopicPartition(self._topic, partition)
        batches = await self._consumer.getmany(here, timeout_ms=int(timeout_s * 1000), max_records=max_records)
        return [record_of(message) for message in batches.get(here, [])]

    async def committed(self, topic: str, partition: int) -> int | None:
        """
        The group's committed offset of any partition, asked of the broker now.
        """
        offset: int | None = await self._consumer.committed(TopicPartition(topic, partition))
        return offset

    async def commit(self, offsets: Offsets) -> None:
        """
        Commit offsets of the live input outside any transaction.
        """
        own = {part: offset for part, offset in _by_partition(offsets).items() if part.topic == self._topic}
        if own:
            await self._consumer.commit(own)

    async def read_to(self, partition: int) -> int:
        """
        The offset up to which a partition was read: past the last record, and past the control records behind it.
        """
        return int(await self._consumer.position(TopicPartition(self._topic, partition)))

    def end(self, partition: int) -> int:
        """
        The end of what is committed in a partition, as last seen; 0 when nothing was seen yet.
        """
        return self._consumer.last_stable_offset(TopicPartition(self._topic, partition)) or 0

    async def stop(self) -> None:
        """
        Leave the group.
        """
        await close(self._consumer)


class PartitionReader:
    """
    Reads one partition without a group: a lane, or a table at restore.
    """

    def __init__(self, kafka: KafkaSettings, topic: str, partition: int) -> None:
        self._here = TopicPartition(topic, partition)
        self._consumer = consumer(kafka)

    async def start(self, offset: int | None) -> None:
        """
        Begin at an offset (none: at the beginning).
        """
        await self._consumer.start()
        self._consumer.assign([self._here])
        if offset is None:
            await self._consumer.seek_to_beginning(self._here)
        else:
            self._consumer.seek(self._here, offset)

    async def poll(self, max_records: int, timeout_s: float) -> list[Record]:
        """
        Return the next records, waiting for them at most `timeout_s`.
        """
        batches = await self._consumer.getmany(self._here, timeout_ms=int(timeout_s * 1000), max_records=max_records)
        return [record_of(message) for message in batches.get(self._here, [])]

    async def end(self) -> int:
        """
        The end of what is committed now.
        """
        ends = await self._consumer.end_offsets([self._here])
        return int(ends[self._here])

    async def position(self) -> int:
        """
        The next offset. Control records and compaction leave gaps, so only this tells that the end is reached.
        """
        return int(await self._consumer.position(self._here))

    async def stop(self) -> None:
        """
        Close the connection.
        """
        await close(self._consumer)


async def partition_counts(kafka: KafkaSettings, names: Iterable[str]) -> dict[str, int]:
    """
    How many partitions each topic has; 0 when it does not exist.

    Raises:
        KafkaError: The broker is away.
    """
    wanted = list(names)
    client = AIOKafkaAdminClient(**connection(kafka))
    try:
        await client.start()
        rows = {row["topic"]: row for row in await client.describe_topics(wanted)}
    finally:
        await client.close()
    return {name: len(rows.get(name, {}).get("partitions", ())) for name in wanted}


async def count_partitions(kafka: KafkaSettings, names: Iterable[str]) -> int:
    """
    The number of partitions that all these topics have.

    Raises:
        TopicsError: One is missing, or their counts differ: a task reads and writes one number in all of them.
        KafkaError: The broker is away.
    """
    counts = await partition_counts(kafka, names)
    missing = sorted(name for name, count in counts.items() if not count)
    if missing:
        raise TopicsError(f"missing topics: {', '.join(missing)}", "run `news-ingest topics create`")
    if len(set(counts.values())) > 1:
        raise TopicsError(f"partition counts differ: {counts}", "the count is one for all; see the drain procedure")
    return next(iter(counts.values()))


async def read_to_end(
    kafka: KafkaSettings, topic: str, partition: int, *, start: int | None, apply: Callable[[Record], None]
) -> int:
    """
    Apply every committed record from `start` (none: the beginning) to the end as it is now; return the next offset.
    """
    reader = PartitionReader(kafka, topic, partition)
    try:
        await reader.start(start)
        end = await reader.end()
        while await reader.position() < end:
            for record in await reader.poll(max_records=5000, timeout_s=1.0):
                apply(record)
        return await reader.position()
    finally:
        await reader.stop()


class Writer:
    """
    The transactional producer of one task. Its start fences whoever held the same transactional id, and ends what that
    one left open; at most one transaction is in flight.
    """

    def __init__(self, transactional_id: str, group: str, *, kafka: KafkaSettings, settings: RuntimeSettings) -> None:
        self._group = group
        self._timeout_s = settings.transaction_timeout_s
        self._producer = AIOKafkaProducer(
            **connection(kafka),
            transactional_id=transactional_id,
            transaction_timeout_ms=int(settings.transaction_timeout_s * 1000),
            max_request_size=MAX_RECORD_BYTES,
            max_batch_size=BATCH_BYTES,
            compression_type="zstd",
        )

    async def start(self) -> None:
        """
        Take the transactional id over.
        """
        await asyncio.wait_for(self._producer.start(), self._timeout_s)

    async def commit(self, records: Sequence[Outgoing], offsets: Offsets) -> None:
        """
        Make records and offsets visible together, or not at all.

        1. begin; 2. hand over all records; 3. add the offsets; 4. commit, which first waits for the records.

        Raises:
            TaskFenced: Another instance owns the transactional id now.
            KafkaError, TimeoutError: The outcome is unknown; the task starts again from what is committed.
        """
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._producer.begin_transaction()
                sent = await self._send(records)
                if offsets:
                    await self._producer.send_offsets_to_transaction(_by_partition(offsets), self._group)
                await self._producer.commit_transaction()
                for future in sent:
                    future.result()
        except (ProducerFenced, InvalidProducerEpoch, InvalidProducerIdMapping) as error:
            raise TaskFenced(str(error)) from error

    async def _send(self, records: Sequence[Outgoing]) -> list[asyncio.Future[Any]]:
        return [
            await self._producer.send(
                record.topic, record.value, record.key, partition=record.partition, headers=list(record.headers)
            )
            for record in records
        ]

    async def stop(self) -> None:
        """
        Throw the producer away; an open transaction is ended by the next owner, or by its time-out.
        """
        await close(self._producer)


class PlainWriter(Writer):
    """
    The same without transactions, at least once: for measuring what they cost. Lanes are read anew at each start.
    """

    def __init__(self, membership: Membership, *, kafka: KafkaSettings, settings: RuntimeSettings) -> None:
        self._membership = membership
        self._timeout_s = settings.transaction_timeout_s
        self._producer = AIOKafkaProducer(
            **connection(kafka), max_request_size=MAX_RECORD_BYTES, max_batch_size=BATCH_BYTES, compression_type="zstd"
        )

    async def commit(self, records: Sequence[Outgoing], offsets: Offsets) -> None:
        for future in await self._send(records):
            await future
        await self._membership.commit(offsets)


def _by_partition(offsets: Offsets) -> dict[TopicPartition, int]:
    return {TopicPartition(topic, partition): offset for (topic, partition), offset in offsets.items()}
