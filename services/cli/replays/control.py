"""
Beginning a replay, going on with it, pausing and stopping it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import UTC, datetime

from schemas.replays import Replay
from services.cli.errors import ReplayError
from services.cli.kafka_errors import told_to_a_person
from services.cli.replays.carrying import Carrier, Report
from services.cli.replays.copying import CHUNK_RECORDS, Making, copies, copy, unless_taken_down, watching
from services.cli.replays.selection import refusal, way_of
from services.cli.replays.states import all_replays, held
from services.cli.replays.stretches import advanced, left_to_read
from services.cli.takedowns.known import taken_down
from services.runtime.errors import TaskFenced
from services.runtime.kafka.connection import count_partitions
from services.runtime.kafka.stretches import read_stretches
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings

TAKE_OVER_S = 5.0
"""Whoever pauses or stops a replay has said so by then."""


async def begin(kafka: KafkaSettings, replay: Replay, report: Report, making: Making = copies) -> Replay:
    """
    Copy from the beginning; return the last state. `making`: who makes what is written.

    Raises:
        ReplayError: The name is taken.
        TaskFenced, BrokerError, TopicsError: As with `go_on`.
    """

    def fresh(last: Replay | None) -> Replay:
        if last is not None:
            next_step = f"go on with `news-ingest replay resume {replay.replay_id}`, or choose another --name"
            raise ReplayError(f"there is a replay {replay.replay_id} already, it is {last.state}", next_step)
        return replay

    fresh((await all_replays(kafka)).get(replay.replay_id))
    return await _run(kafka, replay, fresh, report=report, making=making)


async def go_on(
    kafka: KafkaSettings, replay_id: str, rate: float | None, report: Report, making: Making = copies
) -> Replay:
    """
    Copy what is left of a `standing` replay that was paused or killed; return its last state.

    Raises:
        ReplayError: It is over meanwhile.
        TaskFenced: Somebody else has taken it over.
        BrokerError: Kafka is away.
        TopicsError: Topics are missing.
    """

    def resumed(last: Replay | None) -> Replay:
        assert last is not None  # whoever goes on has looked; nothing is ever deleted
        return _unless_over(last).model_copy(update={"state": "running", "rate": rate or last.rate})

    return await _run(kafka, await standing(kafka, replay_id), resumed, report=report, making=making)


async def _run(
    kafka: KafkaSettings,
    known: Replay,
    first: Callable[[Replay | None], Replay],
    *,
    report: Report,
    making: Making,
) -> Replay:
    replay_id = known.replay_id

    async def work() -> Replay:
        async with making(known) as make, held(kafka, replay_id, known.lane) as holding:
            replay = first(holding.last)
            way = way_of(replay.topic)
            count = await count_partitions(kafka, [way.topic.name, replay.lane])
            checked = unless_taken_down(holding.taken_down, way.topic, make)
            async with watching(kafka, way, replay.rate, count) as watch:
                return await copy(kafka, Carrier(holding, replay, checked, turn=watch, report=report))

    return await unless_taken_over(kafka, replay_id, work())


async def unless_taken_over(kafka: KafkaSettings, replay_id: str, work: Awaitable[Replay]) -> Replay:
    """
    What a run of a replay or an import comes to; the state that somebody else puts it into, if he does.

    Raises:
        TaskFenced: Somebody else goes on with it.
    """
    try:
        return await work
    except TaskFenced as error:
        if (last := await _put_by_somebody(kafka, replay_id)) is not None:
            return last
        raise TaskFenced(f"replay {replay_id} runs somewhere else now", "`news-ingest replay list` shows it") from error


async def _put_by_somebody(kafka: KafkaSettings, replay_id: str) -> Replay | None:
    """
    The state that somebody else has put a replay into: he takes it over first, and says why a moment later.
    """
    clock = asyncio.get_running_loop()
    patience_ends_at = clock.time() + TAKE_OVER_S
    while clock.time() < patience_ends_at:
        last = (await all_replays(kafka)).get(replay_id)
        if last is not None and last.state in ("paused", "stopped"):
            return last
        await asyncio.sleep(TAKE_OVER_S / 10)
    return None


async def put(kafka: KafkaSettings, replay_id: str, state: str) -> Replay:
    """
    Pause or stop a replay, whether it runs or not: whoever copies it can commit nothing more.

    Raises:
        ReplayError: There is none of that name, or it is over.
        TaskFenced: Somebody else has taken it over at the same moment.
        BrokerError: Kafka is away.
    """
    known = await standing(kafka, replay_id)
    async with held(kafka, replay_id, known.lane) as holding:
        assert holding.last is not None
        fresh = {"state": state, "changed_at": datetime.now(UTC)}
        replay = _unless_over(holding.last).model_copy(update=fresh)
        await holding.writer.commit([holding.record(replay)], {})
        return replay


async def standing(kafka: KafkaSettings, replay_id: str) -> Replay:
    """
    The committed state of a replay that can be gone on with.

    Raises:
        ReplayError: There is none of that name, or it is over.
    """
    known = (await all_replays(kafka)).get(replay_id)
    if known is None:
        raise ReplayError(f"there is no replay {replay_id}", "`news-ingest replay list` shows those that there are")
    return _unless_over(known)


def _unless_over(replay: Replay) -> Replay:
    if replay.state in ("done", "stopped"):
        raise ReplayError(
            f"replay {replay.replay_id} is {replay.state}", "begin another one with `news-ingest replay start`"
        )
    return replay


async def rehearse(kafka: KafkaSettings, replay: Replay, report: Report) -> Replay:
    """
    Count what would be copied, and write nothing.

    Raises:
        BrokerError: Kafka is away.
    """
    way, left = way_of(replay.topic), Counter[str]()
    copied = 0
    positions: dict[int, int] = {}

    def why_not(record: Record) -> str | None:
        return refusal(way.topic, replay.selection, record) or known.refusal(way.topic, record)

    reading = aclosing(read_stretches(kafka, way.topic, left_to_read(replay), CHUNK_RECORDS))
    with told_to_a_person("ask again"):
        async with taken_down(kafka) as known, reading as chunks:
            async for chunk in chunks:
                refused = [why_not(record) for record in chunk.records]
                copied += refused.count(None)
                left.update(why for why in refused if why is not None)
                positions |= chunk.positions
                counted = {"copied": copied, "left": dict(left), "stretches": advanced(replay, positions)}
                report(replay.model_copy(update=counted), "")
    return replay.model_copy(update={"copied": copied, "left": dict(left)})
