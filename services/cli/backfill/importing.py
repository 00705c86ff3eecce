"""
Importing: what was found elsewhere goes into the live input, each page once, at a pace that live traffic does not feel.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from datetime import UTC, datetime

from schemas import topics
from schemas.envelope import seal
from schemas.events import PageFetched
from schemas.ids import sha256_hex
from schemas.replays import Replay, Selection
from services.cli.backfill.answers import Found, Left, Origin
from services.cli.errors import ReplayError
from services.cli.replays.carrying import Carrier, Made, Make, Report, Turn
from services.cli.replays.copying import CHUNK_RECORDS, watching
from services.cli.replays.names import IMPORT
from services.cli.replays.pace import Offsets, Place
from services.cli.replays.selection import WAYS, Way
from services.cli.replays.states import held
from services.cli.replays.stretches import advanced, left_to_read
from services.cli.takedowns.known import TAKEN_DOWN_OPTION, TakenDown
from services.runtime.kafka.connection import count_partitions
from services.runtime.record import Outgoing
from services.runtime.settings import KafkaSettings

IMPORT_HEADER, ORIGIN_HEADER = "import_id", "imported_from"
"""Which import brought a page, and where it lay."""

BREATH_RECORDS = 20
"""Read at a stretch; then others have their turn, such as whoever says that it is enough."""

WAY = Way(topics.PAGE_FETCHED, topics.PAGE_FETCHED, WAYS["pages"].live)
"""An import leads into the live input itself: old pages are pages too."""


@dataclass(frozen=True)
class Wish:
    """
    An import as an operator asks for it.

    Attributes:
        rate: Pages a second, at most.
        limit: Pages after which it rests.
        is_again: What was imported already is imported once more.
        is_at_once: Nobody is waited for.
    """

    selection: Selection
    rate: float = 20.0
    limit: int | None = None
    is_again: bool = False
    is_at_once: bool = False


class AtOnce:
    """
    It is always one's turn.
    """

    async def room(self, _now: float) -> tuple[int, str]:
        """
        As many as are read at once.
        """
        return CHUNK_RECORDS, ""

    def wrote(self, written: Offsets, counts: Mapping[Place, int], given: int) -> None:
        """
        Nobody wants to know.
        """


async def planned(origin: Origin, wish: Wish) -> Replay:
    """
    An import before its first record. The same of the same, with the same filters, has the same id.
    """
    now = datetime.now(UTC)
    name = "\n".join((origin.identity, *wish.selection.hosts, "", *wish.selection.types))
    return Replay(
        replay_id=IMPORT + sha256_hex(name.encode())[:16],
        topic=origin.name,
        lane=topics.PAGE_FETCHED.name,
        began_at=now,
        changed_at=now,
        selection=wish.selection,
        rate=wish.rate,
        stretches=await origin.stretches(),
    )


def going_on(last: Replay | None, fresh: Replay, *, is_again: bool) -> Replay | None:
    """
    Where an import goes on: at its beginning, or where it was left; None if there is nothing to do.

    Raises:
        ReplayError: It was stopped for good.
    """
    if last is None or (is_again and last.state in ("done", "stopped")):
        return fresh
    if last.state == "stopped":
        raise ReplayError(f"import {last.replay_id} of {last.topic} was stopped for good", "begin anew with --again")
    if last.state == "done":
        return None
    return last.model_copy(update={"state": "running", "rate": fresh.rate})


def is_news(last: Replay, fresh: Replay) -> bool:
    """
    Whether anything was to be done: what was over before is as it was.
    """
    return last.state != "done" or last.changed_at >= fresh.began_at


async def bring(kafka: KafkaSettings, origin: Origin, fresh: Replay, wish: Wish, report: Report) -> Replay:
    """
    Import what is left; return the last state.

    Raises:
        ReplayError: It was stopped for good.
        TaskFenced: Somebody else has taken it over.
        KafkaError, TimeoutError, BrokerError: Kafka is away.
        TopicsError: Topics are missing.
        OSError: What is read cannot be read any more.
    """
    async with held(kafka, fresh.replay_id, fresh.lane) as holding:
        replay = going_on(holding.last, fresh, is_again=wish.is_again)
        if replay is None:
            assert holding.last is not None
            return holding.last
        count = await count_partitions(kafka, [topic.name for _, topic in WAY.live])
        async with AsyncExitStack() as stack:
            turn: Turn = AtOnce()
            if not wish.is_at_once:
                turn = await stack.enter_async_context(watching(kafka, WAY, replay.rate, count))
            make = pages_unless_taken_down(holding.taken_down, replay.replay_id, count)
            return await _carry(Carrier(holding, replay, make, turn=turn, report=report), origin, wish.limit)


def pages_unless_taken_down(known: TakenDown, import_id: str, count: int) -> Make[Found]:
    """
    Who makes the records of an import, into a topic of so many partitions.
    """

    async def make(batch: Sequence[Found]) -> Made:
        await known.refresh()
        kept = [found for found in batch if isinstance(found.what, PageFetched) and not known.bars(found.what)]
        left = Counter({TAKEN_DOWN_OPTION: len(batch) - len(kept)})
        return Made([outgoing(found, import_id, count) for found in kept], +left)

    return make


async def _carry(carrier: Carrier[Found], origin: Origin, limit: int | None) -> Replay:
    replay = carrier.replay
    await carrier.commit()
    given = 0
    async with aclosing(_breathing(origin.found(left_to_read(replay)))) as all_of_it:
        async for found in all_of_it:
            if isinstance(found.what, Left):
                carrier.leave(found.what.why)
            elif limit is not None and given == limit:
                await carrier.commit("paused")
                return carrier.replay
            else:
                await carrier.give(found, len(found.what.body))
                given += 1
            carrier.at({found.partition: found.next})
            await carrier.beat()
    carrier.at({stretch.partition: stretch.end for stretch in replay.stretches})
    await carrier.commit("done")
    return carrier.replay


def outgoing(found: Found, import_id: str, count: int) -> Outgoing:
    """
    A page as it goes into the live input, with two headers that say where it is from.
    """
    assert not isinstance(found.what, Left)
    sealed = seal(topics.PAGE_FETCHED, found.what, found.what.meta.page_id, "import")
    headers = tuple(found.headers.items()) or sealed.headers
    marks = ((IMPORT_HEADER, import_id.encode()), (ORIGIN_HEADER, found.place.encode()))
    partition = topics.PAGE_FETCHED.partition(found.what, count)
    return Outgoing(topics.PAGE_FETCHED.name, partition, sealed.key, sealed.value, (*headers, *marks))


async def rehearse(origin: Origin, fresh: Replay, limit: int | None, report: Callable[[Replay, str], None]) -> Replay:
    """
    Count what would be imported, and write nothing.
    """
    left, copied = Counter[str](), 0
    positions: dict[int, int] = {}
    replay = fresh
    async with aclosing(_breathing(origin.found(left_to_read(fresh)))) as all_of_it:
        async for found in all_of_it:
            if isinstance(found.what, Left):
                left[found.what.why] += 1
            elif copied == limit:
                break
            else:
                copied += 1
            positions[found.partition] = found.next
            counted = {"copied": copied, "left": left, "stretches": advanced(fresh, positions)}
            replay = fresh.model_copy(update=counted)
            report(replay, "")
    return replay.model_copy(update={"left": dict(left)})


async def _breathing(found: AsyncGenerator[Found, None]) -> AsyncGenerator[Found, None]:
    """
    The same, with a moment for others now and then: reading never waits for anybody by itself.
    """
    async with aclosing(found) as all_of_it:
        number = 0
        async for one in all_of_it:
            yield one
            number += 1
            if number % BREATH_RECORDS == 0:
                await asyncio.sleep(0)
