"""
Taking down and lifting: what is written, in which order, and who has to have heard of it.

    1. the takedown, to every partition: services stop the article, and delete what is theirs
    2. what stands of it elsewhere is found, and deleted
    3. a while later, when nothing can be under way any more, the same again; and the takedown anew, with what was
       touched, at which the services delete once more
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from schemas import topics
from schemas.envelope import seal
from schemas.ids import state_id
from schemas.takedowns import Takedown
from services.cli.errors import TakedownError
from services.cli.flow import GROUPS
from services.cli.kafka_errors import told_to_a_person
from services.cli.takedowns.finding import ERASED, LOOKED_AT, Findings, Trail, added
from services.cli.takedowns.looking import all_takedowns, bounds_of, find, follow_trail
from services.runtime.kafka.admin import members
from services.runtime.kafka.claim import claimed
from services.runtime.kafka.connection import Place, count_partitions
from services.runtime.kafka.group_view import GroupView
from services.runtime.kafka.writer import Writer
from services.runtime.record import Outgoing
from services.runtime.settings import KafkaSettings

BATCH_RECORDS = 500

HEARD_S = 30.0
"""Within so long every service that runs has read a takedown; a batch that is worked on comes first, 25 s at most."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Wish:
    """
    What an operator orders.

    Attributes:
        settle_s: Seconds after which nothing that was decided before can still be written.
    """

    trail: Trail
    reason: str
    by: str
    settle_s: float


@dataclass(frozen=True)
class Ordered:
    """
    What was ordered, and the services that have not heard of it.
    """

    takedown: Takedown
    unheard: tuple[str, ...] = ()


async def rehearse(kafka: KafkaSettings, trail: Trail) -> Findings:
    """
    Find what a takedown would touch; nothing is written.

    Raises:
        BrokerError: Kafka is away.
    """
    count = await count_partitions(kafka, [topic.name for topic in topics.ALL])
    await follow_trail(kafka, trail, count)
    return await find(kafka, trail, count, await bounds_of(kafka, LOOKED_AT))


async def take_down(kafka: KafkaSettings, wish: Wish, tell: Tell) -> Ordered:
    """
    Take an article down. Asked again, it is swept again; who asked first, when and why stays.

    Raises:
        TaskFenced: Somebody else takes it down, or lifts that, at the same moment.
        BrokerError: Kafka is away; what is written stays, and the same command goes on.
    """
    trail, clock = wish.trail, asyncio.get_running_loop()
    count = await count_partitions(kafka, [topic.name for topic in topics.ALL])
    async with _held(kafka, trail.takedown_id, count) as (writer, known):
        await follow_trail(kafka, trail, count)
        takedown = _taken_down(wish, known, datetime.now(UTC))
        before = await bounds_of(kafka, LOOKED_AT)
        await writer.commit(_everywhere(takedown, count), {})
        settled_at = clock.time() + wish.settle_s
        tell(f"undeliverable from now on; swept again in {wish.settle_s:g} s")
        first = await find(kafka, trail, count, before)
        await _write(writer, first.tombstones())
        await asyncio.sleep(max(0.0, settled_at - clock.time()))
        second = await find(kafka, trail, count, await bounds_of(kafka, ERASED, after=before))
        touched = added(added(takedown.touched, first.counts().items()), second.counts().items())
        now = datetime.now(UTC)
        takedown = takedown.model_copy(update={"touched": touched, "changed_at": now, "swept_at": now})
        written = await _write(writer, [*second.tombstones(), *_everywhere(takedown, count)])
    return Ordered(takedown, await _unheard(kafka, written))


async def lift(kafka: KafkaSettings, wish: Wish) -> Ordered:
    """
    Let an article come in again. What was deleted stays so, until its page is asked for.

    Raises:
        TakedownError: No takedown of it stands.
        TaskFenced, BrokerError: As above.
    """
    count = await count_partitions(kafka, [topics.TAKEDOWNS.name])
    async with _held(kafka, wish.trail.takedown_id, count) as (writer, known):
        if known is None or known.state == "lifted":
            raise TakedownError(
                f"no takedown of {wish.trail.takedown_id} stands", "`news-ingest takedown list` shows those that do"
            )
        said: dict[str, Any] = {"state": "lifted", "lifted_by": wish.by, "lifted_reason": wish.reason}
        takedown = known.model_copy(update={**said, "changed_at": datetime.now(UTC)})
        written = await _write(writer, _everywhere(takedown, count))
    return Ordered(takedown, await _unheard(kafka, written))


def _taken_down(wish: Wish, known: Takedown | None, now: datetime) -> Takedown:
    trail = wish.trail
    if known is not None and known.state == "standing":
        trail.names |= {str(each) for each in known.article_ids}
        trail.sites |= set(known.sites)
    else:
        known = None
    return Takedown(
        takedown_id=trail.takedown_id,
        article_ids=[UUID(name) for name in sorted(trail.names)],
        sites=sorted(trail.sites),
        reason=known.reason if known else wish.reason,
        by=known.by if known else wish.by,
        began_at=known.began_at if known else now,
        changed_at=now,
        touched=known.touched if known else {},
    )


@asynccontextmanager
async def _held(kafka: KafkaSettings, takedown_id: UUID, count: int) -> AsyncIterator[tuple[Writer, Takedown | None]]:
    """
    The one writer of a takedown, and what it says so far.
    """
    places = [(topic.name, number) for topic in (topics.TAKEDOWNS, *ERASED) for number in range(count)]
    log = (topics.TAKEDOWNS.name, 0)
    with told_to_a_person("ask again: what is written stays, and is completed"):
        async with claimed(kafka, f"cli-takedown-{takedown_id}", log=log, sinks=places) as writer:
            yield writer, (await all_takedowns(kafka)).get(str(takedown_id))


def _everywhere(takedown: Takedown, count: int) -> list[Outgoing]:
    event_id = state_id(topics.TAKEDOWNS.name, str(takedown.takedown_id), takedown.to_wire()[0])
    sealed = seal(topics.TAKEDOWNS, takedown, event_id, "cli")
    numbers = topics.TAKEDOWNS.all_partitions(takedown, count)
    return [Outgoing(topics.TAKEDOWNS.name, n, sealed.key, sealed.value, sealed.headers) for n in numbers]


async def _write(writer: Writer, records: Sequence[Outgoing]) -> dict[Place, int]:
    """
    Write records; return the offsets behind those of the takedown itself, which come last.
    """
    written: dict[Place, int] = {}
    for start in range(0, len(records), BATCH_RECORDS):
        written |= await writer.commit(records[start : start + BATCH_RECORDS], {})
    return {place: offset for place, offset in written.items() if place[0] == topics.TAKEDOWNS.name}


async def _unheard(kafka: KafkaSettings, written: Mapping[Place, int]) -> tuple[str, ...]:
    """
    The services that have not read up to some offsets, after a while; one that does not run is not waited for.
    """
    with told_to_a_person("the takedown is written: `news-ingest takedown list` shows it"):
        running = {group for group, size in (await members(kafka, GROUPS)).items() if size}
        waits = (_has_heard(kafka, group, written, HEARD_S if group in running else 0.0) for group in GROUPS)
        heard = await asyncio.gather(*waits)
    return tuple(group for group, has_heard in zip(GROUPS, heard, strict=True) if not has_heard)


async def _has_heard(kafka: KafkaSettings, group: str, written: Mapping[Place, int], patience_s: float) -> bool:
    view, clock = GroupView(kafka, group), asyncio.get_running_loop()
    ends_at = clock.time() + patience_s
    await view.start()
    try:
        while True:
            done = await view.committed(list(written))
            if all(done[place] >= offset for place, offset in written.items()):
                return True
            if clock.time() >= ends_at:
                return False
            await asyncio.sleep(0.2)
    finally:
        await view.stop()
