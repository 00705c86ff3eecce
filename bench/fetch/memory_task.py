"""
The fetcher's task in memory: what a task does between its reads and its transactions, many actions under way at once.

    request --> accept --> due --> act (the real client) --> work --> decide --> records, which are only counted
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.base import Event
from schemas.envelope import seal
from schemas.ids import state_id
from schemas.topics import Topic
from services.fetcher.client import Client
from services.fetcher.settings import FetcherSettings
from services.fetcher.topology import fetcher_topology
from services.runtime.pool import Broken, Done, Pool, Worked
from services.runtime.processor import Processor, perform, work_lightly
from services.runtime.record import Record
from services.runtime.settings import RuntimeSettings
from services.runtime.stage import Action, Assignment
from services.runtime.table import Table

LONGEST_WAIT_S = 1.0

Hear = Callable[[Action, datetime], None]
"""Told of each action before it is carried out, and when it was handed out."""


class MemoryTask:
    """
    One task over a client. `reasons` counts the ends of what it was given and of what it did. Work on answers is done
    in place, or by worker processes where their number is given.
    """

    def __init__(
        self, settings: FetcherSettings, client: Client, *, hear: Hear | None = None, workers: int = 0
    ) -> None:
        self.reasons: Counter[str] = Counter()
        self._hear = hear
        self._topology = fetcher_topology(settings, client)
        self._pool = Pool(self._topology.stage, RuntimeSettings(workers=workers)) if workers else None
        self._tables = {table.name: Table(table.event) for table in self._topology.remembered}
        self._processor = Processor(self._topology, Assignment(0, 1, self._now(), handover_s=0.0), self._tables)
        self._offset = 0
        self._running: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()

    def entry(self, topic: Topic[Any], key: str) -> Event | None:
        """
        What is remembered under a key.
        """
        return self._tables[topic.name].get(key)

    def record(self, topic: Topic[Any], event: Event) -> Record:
        """
        A record of an event at the next offset, as arrived now.
        """
        sealed = seal(topic, event, state_id(topic.name, topic.key(event), event.to_wire()[0]), "bench")
        self._offset += 1
        return Record(topic.name, 0, self._offset, self._now(), sealed.key, sealed.value, dict(sealed.headers))

    def pipe(self, record: Record) -> None:
        """
        Take one record in.
        """
        arguments = self._processor.arguments(record)
        worked = Done(self._topology.stage.work(*arguments)) if isinstance(arguments, tuple) else arguments
        self._conclude(record, worked, self._now())

    async def run(self, is_over: Callable[[], bool]) -> None:
        """
        Carry out what is due until it is over, and end what is under way.
        """
        if self._pool is not None:
            await self._pool.start()
        try:
            await self._run(is_over)
            await asyncio.gather(*self._running)
        finally:
            if self._pool is not None:
                await self._pool.stop()

    async def _run(self, is_over: Callable[[], bool]) -> None:
        while not is_over():
            self._news.clear()
            handed_out_at = self._now()
            actions, due_at = self._processor.due(handed_out_at)
            for action in actions:
                if self._hear is not None:
                    self._hear(action, handed_out_at)
                running = asyncio.create_task(self._carry_out(action))
                self._running.add(running)
                running.add_done_callback(self._running.discard)
            await self._wait(due_at)

    async def _wait(self, due_at: datetime | None) -> None:
        until = min(due_at or datetime.max.replace(tzinfo=UTC), self._now() + timedelta(seconds=LONGEST_WAIT_S))
        try:
            async with asyncio.timeout(max(0.001, (until - self._now()).total_seconds())):
                await self._news.wait()
        except TimeoutError:
            pass

    async def _carry_out(self, action: Action) -> None:
        stage = self._topology.stage
        result = await perform(stage, action, self._now)
        worked = result if isinstance(result, Broken) else await self._work(result.value)
        self._conclude(action, worked, self._now())
        self._news.set()

    async def _work(self, given: Any) -> Worked:
        if self._pool is None:
            return Done(self._topology.stage.work(given))
        return work_lightly(self._topology.stage, given) or await self._pool.run(given)

    def _conclude(self, given: Record | Action, worked: Worked, now: datetime) -> None:
        conclusion = self._processor.conclude(given, worked, now)
        self._processor.commit()
        self.reasons[conclusion.reason] += 1

    @staticmethod
    def _now() -> datetime:
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)
