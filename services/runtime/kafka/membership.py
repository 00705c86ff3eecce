"""
The place of a process in its consumer group.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from services.runtime.kafka.connection import Offsets, bounded, by_partition, close, consumer, record_of
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings, RuntimeSettings


class Membership(ConsumerRebalanceListener):  # type: ignore[misc]
    """
    The place of this process in its consumer group, and the records of the partitions that it was given.

    Attributes:
        confirmed_at: When the question was asked to which the broker last said that this is a member (monotonic clock);
            0 until it has.
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
        self._is_started = False
        self._began_at = time.monotonic()
        self.confirmed_at = 0.0
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
        self._is_started = True

    def _watch_heartbeats(self) -> None:
        coordinator = self._consumer._coordinator  # noqa: SLF001 - aiokafka tells nobody when it was last confirmed
        beat = coordinator._do_heartbeat  # noqa: SLF001

        async def confirmed_beat() -> bool:
            sent = time.monotonic()
            is_member: bool = await beat()
            if is_member:
                self.confirmed_at = sent
            return is_member

        coordinator._do_heartbeat = confirmed_beat  # noqa: SLF001

    @property
    def confirmed_age_s(self) -> float:
        """
        Seconds since the broker last confirmed this member, counted from the question; since its start if it never did.
        """
        return time.monotonic() - (self.confirmed_at or self._began_at)

    @property
    def is_new(self) -> bool:
        """
        Whether the broker has never confirmed this member yet.
        """
        return not self.confirmed_at

    @property
    def is_broken(self) -> bool:
        """
        Whether a background task of the client has ended, by a bug in it: nothing would ever come again.
        """
        client = self._consumer
        if not self._is_started:
            return False
        routines = (
            client._coordinator._coordination_task,  # noqa: SLF001 - aiokafka logs their end, and tells nobody
            client._fetcher._fetch_task,  # noqa: SLF001
            client._client._sync_task,  # noqa: SLF001
        )
        return any(routine is None or routine.done() for routine in routines)

    def take_error(self) -> KafkaError | None:
        """
        Return what the client waits with until somebody asks for it, if anything; then it tries to join again. Polls
        ask for it; while there are none, between two shares, somebody else has to.
        """
        if not self._is_started:
            return None
        try:
            self._consumer._coordinator.check_errors()  # noqa: SLF001 - only calls that need a share do it
        except KafkaError as error:
            return error
        return None

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:  # noqa: ARG002
        """
        Assignors are eager: every rebalance takes everything away first.
        """
        await self._on_change(frozenset())

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """
        Hand the new share on.
        """
        self.confirmed_at = time.monotonic()
        await self._on_change(frozenset(tp.partition for tp in assigned))

    async def seek_to_committed(self, partition: int, offset: int | None) -> None:
        """
        Continue at the committed offset (none: at the beginning).
        """
        here = TopicPartition(self._topic, partition)
        if offset is None:
            await bounded(self._consumer.seek_to_beginning(here))
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

        Raises:
            KafkaError, TimeoutError: The broker is away.
        """
        offset: int | None = await bounded(self._consumer.committed(TopicPartition(topic, partition)))
        return offset

    async def commit(self, offsets: Offsets) -> None:
        """
        Commit offsets of the live input outside any transaction.
        """
        own = {part: offset for part, offset in by_partition(offsets).items() if part.topic == self._topic}
        if own:
            await bounded(self._consumer.commit(own))

    async def read_to(self, partition: int) -> int:
        """
        The offset up to which a partition was read: past the last record, and past the control records behind it.

        Raises:
            KafkaError, TimeoutError: The broker is away, or the partition was taken away meanwhile.
        """
        return int(await bounded(self._consumer.position(TopicPartition(self._topic, partition))))

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
