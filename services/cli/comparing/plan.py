"""
Which inputs are compared: a replay that is only imagined, as far as the service has come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from schemas import topics
from schemas.replays import Replay, Selection, Stretch
from services.cli.comparing.published import BY_INPUT
from services.cli.replays.selection import WAYS, Way
from services.cli.replays.stretches import resolve, size
from services.runtime.kafka import admin
from services.runtime.kafka.connection import count_partitions
from services.runtime.settings import KafkaSettings


@dataclass(frozen=True)
class Wish:
    """
    A comparison as an operator asks for it.

    Attributes:
        what: pages or articles.
        limit: Inputs, at most.
        examples: Of each site and field, at most.
    """

    what: str
    selection: Selection
    limit: int | None = None
    examples: int = 3


@dataclass(frozen=True)
class Plan:
    """
    What a wish comes to.

    Attributes:
        replay: Its stretches end where the service is.
        waiting: Offsets that the service has not worked off, so that there is nothing to compare them with.
    """

    way: Way
    replay: Replay
    waiting: int


async def planned(kafka: KafkaSettings, wish: Wish, now: datetime) -> Plan:
    """
    Fix the offsets.

    Raises:
        BrokerError: Kafka is away.
        TopicsError: Topics are missing.
    """
    way = WAYS[wish.what]
    await count_partitions(kafka, [topic.name for topic in (way.topic, topics.SITE_LINES, *BY_INPUT[way.topic.name])])
    meant = await resolve(kafka, way, wish.selection)
    group, live = way.live[0]
    reached = await admin.spans(kafka, live, group)
    stretches = worked_off(meant, {number: span.committed or 0 for number, span in reached.items()})
    replay = Replay(
        replay_id="compare",
        topic=way.topic.name,
        lane=way.lane.name,
        began_at=now,
        changed_at=now,
        selection=wish.selection,
        stretches=stretches,
    )
    return Plan(way, replay, size(meant) - size(stretches))


def worked_off(stretches: list[Stretch], reached: Mapping[int, int]) -> list[Stretch]:
    """
    The part of some stretches that a group has behind it.
    """
    cut = [s.model_copy(update={"end": min(s.end, reached.get(s.partition, 0))}) for s in stretches]
    return [stretch for stretch in cut if stretch.start < stretch.end]
