"""
A topology: what a service reads, does and writes. A value, without behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from schemas.topics import Topic
from services.runtime.bar import Bar
from services.runtime.stage import Stage


@dataclass(frozen=True)
class Lane:
    """
    A second input, read by the task of the same partition number.

    Attributes:
        topic: Where it is read.
        is_urgent: Read before the live input; else only while the live input is empty (the replay lane).
    """

    topic: Topic[Any]
    is_urgent: bool = False


@dataclass(frozen=True)
class Topology:
    """
    The wiring of one service. Its name is the consumer group and the start of every transactional id.

    Attributes:
        live: The only topic it subscribes to; a task is one partition of it.
        stage: The functions.
        sinks: Where it may emit to; anything else is a bug.
        tables: What it remembers.
        lanes: Its other inputs.
        fingerprint: What outcomes depend on besides the input (`schemas.ids.fingerprint`).
        bar: What must not pass any more.
    """

    name: str
    live: Topic[Any]
    stage: Stage
    sinks: tuple[Topic[Any], ...]
    fingerprint: str
    tables: tuple[Topic[Any], ...] = ()
    lanes: tuple[Lane, ...] = ()
    bar: Bar | None = None

    @property
    def beside(self) -> tuple[Lane, ...]:
        """
        All inputs but the live one.
        """
        return (Lane(self.bar.topic, is_urgent=True), *self.lanes) if self.bar else self.lanes

    @property
    def remembered(self) -> tuple[Topic[Any], ...]:
        """
        All topics that are held in memory: the tables, and the notices, which somebody else writes.
        """
        return (*self.tables, self.bar.topic) if self.bar else self.tables

    @property
    def written(self) -> tuple[Topic[Any], ...]:
        """
        All topics that it writes to, but for dead letters.
        """
        return (*self.sinks, *self.tables, *(self.bar.erases if self.bar else ()))

    @property
    def replays(self) -> frozenset[str]:
        """
        The names of the inputs that hold old news.
        """
        return frozenset(lane.topic.name for lane in self.lanes if not lane.is_urgent)
