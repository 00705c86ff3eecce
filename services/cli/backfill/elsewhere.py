"""
Another cluster's topic of pages.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from schemas.events import PageFetched
from schemas.replays import Selection, Stretch
from schemas.topics import PAGE_FETCHED
from services.cli.backfill.answers import Found, Left
from services.cli.replays.selection import WAYS, refusal
from services.cli.replays.stretches import resolve
from services.runtime.kafka.connection import count_partitions
from services.runtime.kafka.stretches import read_stretches
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings

VARIABLES = "FROM_"
"""Before the names of the variables that say how the other cluster is reached, e.g. FROM_KAFKA_SASL_USERNAME."""

CHUNK_RECORDS = 200


@dataclass(frozen=True)
class Elsewhere:
    """
    A stretch of `news.page.fetched` of another cluster.

    Attributes:
        asked: The stretch as it was asked for, in words.
    """

    there: KafkaSettings
    selection: Selection
    asked: str
    unit: str = "offsets"

    @property
    def name(self) -> str:
        """
        For people.
        """
        return f"{PAGE_FETCHED.name} of {self.there.bootstrap_servers}"

    @property
    def identity(self) -> str:
        """
        Equal for what is asked for again in the same words.
        """
        return f"topic {self.there.bootstrap_servers} {self.asked}"

    async def stretches(self) -> list[Stretch]:
        """
        Where the records lie that arrived there in time.

        Raises:
            BrokerError: The other Kafka is away.
            TopicsError: It has no such topic.
        """
        await count_partitions(self.there, [PAGE_FETCHED.name])
        return await resolve(self.there, WAYS["pages"], self.selection)

    async def found(self, left: Mapping[int, tuple[int, int]]) -> AsyncGenerator[Found, None]:
        """
        Its pages, with the headers that they have there.

        Raises:
            BrokerError, KafkaError, TimeoutError: The other Kafka is away.
        """
        async with aclosing(read_stretches(self.there, PAGE_FETCHED, left, CHUNK_RECORDS)) as chunks:
            async for chunk in chunks:
                for record in chunk.records:
                    yield _found(record, self.selection, self.there.bootstrap_servers)


def _found(record: Record, selection: Selection, servers: str) -> Found:
    return Found(
        _page(record, selection), f"{servers}/{record.origin}", record.partition, record.offset + 1, record.headers
    )


def _page(record: Record, selection: Selection) -> PageFetched | Left:
    topic: Any = PAGE_FETCHED
    why = refusal(topic, selection, record)
    if why is not None or record.value is None:
        return Left(why or "deletion")
    try:
        return PageFetched.from_wire(record.value, record.headers)
    except ValueError as error:
        return Left("no event", str(error)[:200])


def settings_of(servers: str, environ: Mapping[str, str]) -> KafkaSettings:
    """
    How the other cluster is reached: its servers as given, all else from variables of its own.

    Raises:
        SettingsError: A variable does not fit.
    """
    own = {name.removeprefix(VARIABLES): text for name, text in environ.items() if name.startswith(VARIABLES)}
    return KafkaSettings.from_environ({**own, "KAFKA_BOOTSTRAP_SERVERS": servers})
