"""
What is taken down, for whoever passes records on and is no task: replays, retries, imports, sinks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from schemas.base import Event
from schemas.takedowns import Takedown, names_of
from schemas.topics import TAKEDOWNS, Topic
from services.runtime.bar import Barred
from services.runtime.kafka.connection import BRIEF
from services.runtime.kafka.reader import PartitionReader
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings

TAKEN_DOWN_OPTION = "taken down"
"""Among the reasons for which a record is not passed on, beside the options that it does not fit."""


class TakenDown:
    """
    The takedowns that stand, as far as they were read. One partition has them all.
    """

    def __init__(self, reader: PartitionReader) -> None:
        self._reader = reader
        self._barred = Barred()

    async def refresh(self) -> None:
        """
        Read on to the present end: before each batch, so that nothing is passed on that was taken down meanwhile.

        Raises:
            KafkaError, TimeoutError: The broker is away.
        """
        end = await self._reader.end()
        while await self._reader.position() < end:
            for record in await self._reader.poll(max_records=500, timeout_s=1.0):
                self.take(record)

    def take(self, record: Record) -> None:
        """
        Take a record of the topic into account.
        """
        notice = Takedown.from_wire(record.value, record.headers) if record.value is not None else None
        self._barred.take((record.key or b"").decode(), names_of(notice) if notice else frozenset())

    @property
    def names(self) -> frozenset[str]:
        """
        The names that are barred: of articles, and of URLs.
        """
        return self._barred.names

    def bars(self, event: Event) -> bool:
        """
        Whether an event belongs to what was taken down. URLs have to be normalised, as they are in all but requests.
        """
        return bool(self._barred) and self._barred.meets(names_of(event))

    def meets(self, names: frozenset[str]) -> bool:
        """
        The same by names.
        """
        return self._barred.meets(names)

    def refusal(self, topic: Topic[Any], record: Record) -> str | None:
        """
        Why a record is not to be passed on, if it is not; what is no event is not known here.
        """
        if not self._barred or record.value is None:
            return None
        try:
            event = topic.event.from_wire(record.value, record.headers)
        except ValueError:
            return None
        return TAKEN_DOWN_OPTION if self.bars(event) else None


@asynccontextmanager
async def taken_down(kafka: KafkaSettings) -> AsyncIterator[TakenDown]:
    """
    What is taken down, known up to now, and refreshed within the block by who asks for it.

    Raises:
        KafkaError, TimeoutError: The broker is away.
    """
    reader = PartitionReader(kafka, TAKEDOWNS.name, 0, **BRIEF)
    try:
        await reader.start(None)
        known = TakenDown(reader)
        await known.refresh()
        yield known
    finally:
        await reader.stop()
