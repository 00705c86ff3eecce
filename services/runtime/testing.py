"""
Runs topologies in memory: no broker, no processes, the same decisions and the same bytes.

    page record --> driver(cleaner) --> driver(tagger) --> outputs, as records
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from schemas.base import Event
from schemas.envelope import seal
from schemas.ids import state_id
from schemas.topics import Topic
from services.runtime.pool import Broken, Done, Worked
from services.runtime.processor import Conclusion, Input, Processor, perform
from services.runtime.record import Outgoing, Record
from services.runtime.settings import RuntimeSettings
from services.runtime.stage import Action, Assignment
from services.runtime.table import Table
from services.runtime.topology import Topology

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""The driver's clock begins here unless it is told otherwise."""


class TopologyDriver:
    """
    One task of a topology, in memory. What it commits is in `records`, what became of each input in `conclusions`.

    Attributes:
        now: The time at which it decides; set by whoever drives it, or read from a clock at each action.
        due_at: When to ask again for what is due, as the stage said last.
    """

    def __init__(
        self,
        topology: Topology,
        *,
        partition: int = 0,
        partitions: int = 1,
        now: datetime = EPOCH,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self._clock = clock
        self.now = clock() if clock else now
        self.due_at: datetime | None = None
        self.records: list[Outgoing] = []
        self.conclusions: list[Conclusion] = []
        self._topology = topology
        self._offsets = 0
        self.tables = {table.name: Table(table.event) for table in topology.remembered}
        assignment = Assignment(partition, partitions, self.now, handover_s=0.0)
        self._processor = Processor(topology, assignment, self.tables)

    def pipe(self, event: Event, topic: Topic[Any] | None = None, event_id: UUID | None = None) -> Conclusion:
        """
        Put one event on the live input, or on another; it is sealed and read back as a broker would hand it over.
        """
        topic = topic or self._topology.live
        event_id = event_id or state_id(topic.name, topic.key(event), event.to_wire()[0])
        sealed = seal(topic, event, event_id, "driver")
        return self.pipe_record(self.record(topic.name, sealed.key, sealed.value, dict(sealed.headers)))

    def record(self, topic: str, key: bytes | None, value: bytes | None, headers: dict[str, bytes]) -> Record:
        """
        A record at the next offset, as arrived now.
        """
        self._offsets += 1
        return Record(topic, 0, self._offsets - 1, self.now, key, value, headers)

    def pipe_record(self, record: Record) -> Conclusion:
        """
        Put any record on the input that it names.
        """
        arguments = self._processor.arguments(record)
        return self._conclude(record, self._work(*arguments) if isinstance(arguments, tuple) else arguments)

    def pipe_outgoing(self, outgoing: Iterable[Outgoing]) -> list[Conclusion]:
        """
        Put what another driver wrote on this one's inputs; what this one does not read passes by.
        """
        inputs = {self._topology.live.name, *(lane.topic.name for lane in self._topology.beside)}
        read = [o for o in outgoing if o.topic in inputs]
        return [self.pipe_record(self.record(o.topic, o.key, o.value, dict(o.headers))) for o in read]

    async def run_due(self, now: datetime | None = None) -> Sequence[Conclusion]:
        """
        Carry out what is due at a time, one action after the other; return what became of each.
        """
        self.now = now or (self._clock() if self._clock else self.now)
        actions, self.due_at = self._processor.due(self.now)
        return [self._conclude(action, await self._perform(action)) for action in actions]

    async def _perform(self, action: Action) -> Worked:
        result = await perform(self._topology.stage, action, lambda: self.now)
        self.now = self._clock() if self._clock else self.now
        return result if isinstance(result, Broken) else self._work(result.value)

    def _work(self, *arguments: Any) -> Worked:
        try:
            return Done(self._topology.stage.work(*arguments))
        except Exception as error:  # noqa: BLE001 - as the pool does
            told = f"{type(error).__name__}: {error}"
            return Broken("STAGE_FAILED", told, traceback.format_exc(limit=-8), RuntimeSettings().record_attempts)

    def _conclude(self, given: Input, worked: Worked) -> Conclusion:
        conclusion = self._processor.conclude(given, worked, self.now)
        self._processor.commit()
        self.conclusions.append(conclusion)
        self.records.extend(conclusion.records)
        return conclusion

    def output(self, topic: Topic[Any]) -> list[Outgoing]:
        """
        The records written to a topic, in order.
        """
        return [record for record in self.records if record.topic == topic.name]

    def events(self, topic: Topic[Any]) -> list[Any]:
        """
        The events written to a topic, in order, read back from their bytes.
        """
        return [topic.event.from_wire(r.value, dict(r.headers)) for r in self.output(topic) if r.value is not None]
