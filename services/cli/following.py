"""
Reading a topic for as long as it is wanted, and closing the connection then.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any, cast

from schemas.topics import Topic
from services.runtime.access import follow
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
    records = cast("AsyncGenerator[Record, None]", follow(kafka, topic, from_start=from_start, until_end=until_end))
    async with aclosing(records):
        yield records
