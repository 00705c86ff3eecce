"""
The states of replays, and the right to write one: who holds a replay's transactional id.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

from schemas import topics
from schemas.envelope import seal
from schemas.ids import state_id
from schemas.replays import Replay
from schemas.topics import partition_of
from services.cli.following import following
from services.cli.kafka_errors import told_to_a_person
from services.cli.replays.names import next_step
from services.cli.replays.selection import WAYS
from services.cli.takedowns.known import TakenDown, taken_down
from services.runtime.kafka.claim import claimed
from services.runtime.kafka.connection import count_partitions, partition_counts
from services.runtime.kafka.reader import written_end
from services.runtime.kafka.stretches import read_stretches
from services.runtime.kafka.writer import Writer
from services.runtime.record import Outgoing, Record
from services.runtime.settings import KafkaSettings


@dataclass(frozen=True)
class Held:
    """
    A replay that nobody else can write to, and what was written last, if anything; and what must not be copied.
    """

    writer: Writer
    partition: int
    last: Replay | None
    taken_down: TakenDown

    def record(self, replay: Replay) -> Outgoing:
        """
        The record of a state.
        """
        event_id = state_id(topics.REPLAYS.name, replay.replay_id, replay.to_wire()[0])
        sealed = seal(topics.REPLAYS, replay, event_id, "cli")
        return Outgoing(topics.REPLAYS.name, self.partition, sealed.key, sealed.value, sealed.headers)


@asynccontextmanager
async def held(kafka: KafkaSettings, replay_id: str, lane: str) -> AsyncIterator[Held]:
    """
    Hold a replay within a block. Whoever copied it until now is fenced: he can commit nothing more. `lane`: where it
    writes besides.

    Raises:
        TaskFenced: Somebody else holds it now.
        BrokerError: Kafka is away.
        TopicsError: Topics are missing.
    """
    lanes = {*(way.lane.name for way in WAYS.values()), topics.PAGE_FETCHED.name}
    with told_to_a_person(f"go on: {next_step(replay_id)}"):
        count = await count_partitions(kafka, [topics.REPLAYS.name, *lanes])
        place = topics.REPLAYS.name, partition_of(replay_id, count)
        there = await partition_counts(kafka, sorted(lanes | {lane}))
        sinks = [(name, number) for name, parts in there.items() for number in range(parts)]
        claim = claimed(kafka, f"cli-replay-{replay_id}", log=place, sinks=sinks)
        async with claim as writer, taken_down(kafka) as known_takedowns:
            stretch = {place[1]: (0, await written_end(kafka, place))}
            known: dict[str, Replay] = {}
            async with aclosing(read_stretches(kafka, topics.REPLAYS, stretch)) as chunks:
                async for chunk in chunks:
                    for record in chunk.records:
                        _take(known, record)
            yield Held(writer, place[1], known.get(replay_id), known_takedowns)


async def all_replays(kafka: KafkaSettings) -> dict[str, Replay]:
    """
    The last committed state of each replay.

    Raises:
        BrokerError: Kafka is away.
        TopicsError: The topic is not there.
    """
    known: dict[str, Replay] = {}
    with told_to_a_person("ask again"):
        async with following(kafka, topics.REPLAYS, from_start=True, until_end=True) as records:
            async for record in records:
                _take(known, record)
    return known


def _take(known: dict[str, Replay], record: Record) -> None:
    key = (record.key or b"").decode()
    known.pop(key, None)
    if record.value is not None:
        known[key] = Replay.from_wire(record.value, record.headers)
