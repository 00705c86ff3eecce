"""
Reading a topic for as long as it is wanted, and closing the connection then.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

from schemas.topics import Topic
from services.runtime.kafka.access import follow
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings


@asynccontextmanager
async def following(
    kafka: KafkaSettings, topic: Topic[Any], *, from_start: bool, until_end: bool = False
) -> AsyncIterator[AsyncIterator[Record]]:
    """
    The records of a topic within a block.

    Raises:
        BrokerError: Kafka is away.
        TopicsError: The topic is not there.
    """
    async with aclosing(follow(kafka, topic, from_start=from_start, until_end=until_end)) as records:
        yield records
