"""
Inputs from Kafka through the code at hand into the spool, a few at a time.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

from schemas import topics
from services.cli.comparing.plan import Plan
from services.cli.comparing.rerun import Hands
from services.cli.comparing.spool import Spool
from services.cli.offsets import spans
from services.cli.progress import Report
from services.cli.replays.selection import refusal
from services.cli.replays.stretches import left_to_read
from services.cli.takedowns.known import taken_down
from services.runtime.kafka.stretches import read_stretches
from services.runtime.pool import PoolError
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings
from services.runtime.table import Table

CHUNK_RECORDS = 100

AHEAD = 2
"""Inputs under way for each worker, so that none waits for its next one."""


@dataclass
class Tally:
    """
    What was read.

    Attributes:
        taken: Inputs that were worked on.
        left: Records that were not meant, by why.
        since: When the first input arrived.
    """

    taken: int = 0
    left: Counter[str] = field(default_factory=Counter)
    since: datetime | None = None


async def site_lines(kafka: KafkaSettings) -> Table:
    """
    What the cleaner has learned of all sites: a page is cleaned with what was known when it was fetched.

    Raises:
        KafkaError, TimeoutError: Kafka went away.
    """
    table = Table(topics.SITE_LINES.event)
    async with aclosing(read_stretches(kafka, topics.SITE_LINES, await spans(kafka, topics.SITE_LINES))) as chunks:
        async for chunk in chunks:
            for record in chunk.records:
                table.restore((record.key or b"").decode(), record.value)
    return table


class Worker:
    """
    One run over the inputs of a plan. `report` is told how many offsets are done.
    """

    def __init__(self, plan: Plan, hands: Hands, spool: Spool, report: Report) -> None:
        self._plan, self._hands, self._spool, self._report = plan, hands, spool, report
        self._done = self._ahead = 0
        self.tally = Tally()

    async def run(self, kafka: KafkaSettings, *, limit: int | None, workers: int) -> None:
        """
        Work on all inputs, or on the first `limit` that are meant.

        Raises:
            PoolError: No worker can be started.
            KafkaError, TimeoutError: Kafka went away.
        """
        places = asyncio.Semaphore(AHEAD * workers)
        async with aclosing(self._chosen(kafka)) as batches:
            async for batch in batches:
                room = len(batch) if limit is None else limit - self.tally.taken
                await self._work(batch[:room], places)
                if limit is not None and self.tally.taken >= limit:
                    break

    async def _chosen(self, kafka: KafkaSettings) -> AsyncGenerator[list[Record], None]:
        way, replay = self._plan.way, self._plan.replay
        starts = {stretch.partition: stretch.start for stretch in replay.stretches}

        def why_not(record: Record) -> str | None:
            return refusal(way.topic, replay.selection, record) or known.refusal(way.topic, record)

        reading = aclosing(read_stretches(kafka, way.topic, left_to_read(replay), CHUNK_RECORDS))
        async with taken_down(kafka) as known, reading as chunks:
            async for chunk in chunks:
                refused = [why_not(record) for record in chunk.records]
                self.tally.left.update(why for why in refused if why is not None)
                yield [record for record, why in zip(chunk.records, refused, strict=True) if why is None]
                for number, position in chunk.positions.items():
                    starts[number], before = position, starts[number]
                    self._done += position - before
                self._ahead = 0
                self._report(self._done, "")

    async def _work(self, batch: list[Record], places: asyncio.Semaphore) -> None:
        self.tally.taken += len(batch)
        for record in batch:
            self.tally.since = min(self.tally.since or record.timestamp, record.timestamp)
        try:
            async with asyncio.TaskGroup() as group:
                for record in batch:
                    await places.acquire()
                    group.create_task(self._one(record)).add_done_callback(lambda _: places.release())
        except* PoolError as errors:
            raise errors.exceptions[0] from None

    async def _one(self, record: Record) -> None:
        self._spool.put(await self._hands.entry(record), record.origin)
        self._ahead += 1
        self._report(self._done + self._ahead, "")
