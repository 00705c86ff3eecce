"""
Where a group is, and where topics end, asked again and again over one connection; nobody joins the group for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiokafka import TopicPartition

from services.runtime.kafka.connection import Place, bounded, close, consumer, reach
from services.runtime.settings import KafkaSettings


class GroupView:
    """
    One group, seen from outside.
    """

    def __init__(self, kafka: KafkaSettings, group: str) -> None:
        self._kafka = kafka
        self._consumer = consumer(kafka, group_id=group)

    async def start(self) -> None:
        """
        Connect.

        Raises:
            BrokerError: Kafka is away.
        """
        await reach(self._consumer, self._kafka)

    async def committed(self, places: Sequence[Place]) -> dict[Place, int]:
        """
        Where the group goes on; 0 where it has not been.

        Raises:
            KafkaError, TimeoutError: The broker is away; so does everything else here.
        """
        asked = (self._consumer.committed(TopicPartition(*place)) for place in places)
        return dict(zip(places, [offset or 0 for offset in await bounded(asyncio.gather(*asked))], strict=True))

    async def starts(self, places: Sequence[Place]) -> dict[Place, int]:
        """
        The first offsets that are there.
        """
        return _by_place(await bounded(self._consumer.beginning_offsets([TopicPartition(*place) for place in places])))

    async def ends(self, places: Sequence[Place]) -> dict[Place, int]:
        """
        The ends of what is committed.
        """
        return _by_place(await bounded(self._consumer.end_offsets([TopicPartition(*place) for place in places])))

    async def stop(self) -> None:
        """
        Close the connection.
        """
        await close(self._consumer)


def _by_place(offsets: dict[TopicPartition, int]) -> dict[Place, int]:
    return {(part.topic, part.partition): offset for part, offset in offsets.items()}
