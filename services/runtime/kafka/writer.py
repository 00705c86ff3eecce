"""
The transactions of one task.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import InvalidProducerEpoch, InvalidProducerIdMapping, ProducerFenced

from schemas.topics import MAX_RECORD_BYTES
from services.runtime.errors import TaskFenced
from services.runtime.kafka.connection import Offsets, Place, bounded, by_partition, close, connection
from services.runtime.kafka.last_transaction import was_committed
from services.runtime.kafka.membership import Membership
from services.runtime.record import Outgoing
from services.runtime.settings import KafkaSettings, RuntimeSettings

BATCH_BYTES = 512 * 1024
"""Producer batch; four times the throughput of aiokafka's 16 KiB."""


class Writer:
    """
    The transactional producer of one task. Its start fences whoever held the same transactional id, and ends what that
    one left open; at most one transaction is in flight.
    """

    def __init__(self, transactional_id: str, group: str, *, kafka: KafkaSettings, settings: RuntimeSettings) -> None:
        self._id, self._group, self._kafka = transactional_id, group, kafka
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
        await bounded(self._producer.start(), self._timeout_s)

    async def commit(self, records: Sequence[Outgoing], offsets: Offsets) -> dict[Place, int]:
        """
        Make records and offsets visible together, or not at all; return the offset behind the last record of each
        partition.

        1. begin; 2. hand over all records; 3. add the offsets; 4. wait until every record is written; 5. commit.

        The wait is not aiokafka's: its commit waits too, but for success or failure alike, and would then commit the
        offsets of records that were never written.

        Raises:
            TaskFenced: Another instance owns the transactional id now.
            KafkaError, TimeoutError: The outcome is unknown; the task starts again from what is committed.
        """
        async with self._transaction(records, offsets) as written:
            await self._producer.commit_transaction()
        return written

    async def was_committed(self) -> bool | None:
        """
        Whether the last transaction of this id was committed, asked before the start; None if nobody knows.
        """
        return await was_committed(self._kafka, self._id)

    async def end_hanging(
        self, tables: Iterable[Place], sinks: Iterable[Place], offset: Offsets, *, commit: bool
    ) -> None:
        """
        End what the last transaction of this id may have left open, as it was ended, and wait for that.

        A broker that was killed can leave such: Kafka 4.3 spares the markers of a transaction to partitions that have
        no leader at that moment, and a lone broker leads none for a while as it comes back. Whatever this id ends next
        in such a partition would end the former along with itself: commit offsets whose records were aborted, or abort
        records whose offsets were committed (docs/decisions/0007-transactions-that-hang.md).

        Args:
            tables: Each gets a tombstone of no key: a log that is to be read must have taken a write before.
            sinks: Each gets the marker alone, which no reader sees.
            offset: One that nobody reads.
            commit: How the last transaction was ended.

        Raises:
            TaskFenced: Another instance owns the transactional id now.
            KafkaError, TimeoutError: The broker is away.
        """
        tombstones = [Outgoing(topic, partition, b"", None) for topic, partition in tables]
        async with self._transaction(tombstones, offset):
            for place in sinks:
                manager = self._producer._txn_manager  # noqa: SLF001 - only sending adds a partition by itself
                manager.maybe_add_partition_to_txn(TopicPartition(*place))
            await (self._producer.commit_transaction() if commit else self._producer.abort_transaction())
        async with self._transaction([], offset):  # begins when the markers of the one before are written
            await self._producer.abort_transaction()

    @asynccontextmanager
    async def _transaction(self, records: Sequence[Outgoing], offsets: Offsets) -> AsyncIterator[dict[Place, int]]:
        """
        Everything of a transaction but its end.
        """
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._producer.begin_transaction()
                sent = await hand_over(self._producer, records)
                if offsets:
                    await self._producer.send_offsets_to_transaction(by_partition(offsets), self._group)
                yield _behind(await asyncio.gather(*sent))
        except (ProducerFenced, InvalidProducerEpoch, InvalidProducerIdMapping) as error:
            raise TaskFenced(str(error)) from error

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

    async def was_committed(self) -> bool | None:
        return None

    async def end_hanging(
        self, tables: Iterable[Place], sinks: Iterable[Place], offset: Offsets, *, commit: bool
    ) -> None:
        pass

    async def commit(self, records: Sequence[Outgoing], offsets: Offsets) -> dict[Place, int]:
        written = [await future for future in await hand_over(self._producer, records)]
        await self._membership.commit(offsets)
        return _behind(written)


async def hand_over(producer: AIOKafkaProducer, records: Iterable[Outgoing]) -> list[asyncio.Future[Any]]:
    """
    Give records to a producer; each is written when its future says so, and not before.
    """
    sent = []
    for record in records:
        future = await producer.send(
            record.topic, record.value, record.key, partition=record.partition, headers=list(record.headers)
        )
        future.add_done_callback(_seen)
        sent.append(future)
    return sent


def _behind(written: Iterable[Any]) -> dict[Place, int]:
    """
    What a producer says of records that it has written, in order, as the next offset of each partition.
    """
    return {(each.topic, each.partition): each.offset + 1 for each in written}


def _seen(future: asyncio.Future[Any]) -> None:
    """
    Look at a result that nobody waits for any more when its transaction has failed as a whole.
    """
    if not future.cancelled():
        future.exception()
