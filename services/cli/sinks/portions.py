"""
What a sink is given: changes of articles, in order, and how far the topic is read with them. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

import pydantic_core

from schemas.takedowns import name_of_url
from services.cli.rows import Row, row_of
from services.runtime.kafka.stretches import Chunk
from services.runtime.record import Record

Places = Mapping[int, int]
"""By partition, the next offset to be read."""


@dataclass(frozen=True)
class Change:
    """
    What a record does to its article.

    Attributes:
        record: Where it comes from.
        row: What the article is now; None: it is taken down, by this record or by a notice that is known already.
        event: The event as JSON text.
    """

    record: Record
    row: Row | None
    event: str = ""

    @property
    def id(self) -> str:
        """
        The article id.
        """
        return (self.record.key or b"").decode(errors="replace")

    @property
    def kind(self) -> str:
        """
        What it is counted as.
        """
        if self.row is None:
            return "takenDown"
        return "withdrawn" if self.row.status == "withdrawn" else "written"


@dataclass(frozen=True)
class Portion:
    """
    Changes that are kept together, or not at all.

    Attributes:
        before: Where the sink was; only a sink that is there may take this.
        after: Where it is then; further than the last record, where ends of transactions follow it.
        unreadable: Records that hold no event.
        erased: Articles that were taken down meanwhile: none of their rows is to stand.
    """

    changes: tuple[Change, ...]
    before: Places
    after: Places
    unreadable: tuple[Record, ...] = ()
    erased: tuple[str, ...] = ()

    @property
    def moved(self) -> dict[int, tuple[int, int]]:
        """
        By partition, where it was and where it is; those that stayed are left out.
        """
        return {n: (self.before[n], after) for n, after in self.after.items() if after != self.before[n]}

    @property
    def counts(self) -> Counter[str]:
        """
        How many changes there are of each kind.
        """
        return Counter(change.kind for change in self.changes) + Counter(unreadable=len(self.unreadable))


class Sink(Protocol):
    """
    Where articles go.
    """

    async def places(self) -> Places:
        """
        Where it is in the topic; empty before the first start.
        """

    async def begin(self, places: Places) -> None:
        """
        Note where it begins, at the first start.
        """

    async def write(self, portion: Portion) -> None:
        """
        Keep a portion, and where the topic is read to, for good.

        Raises:
            SinkTargetError: It cannot be written.
            SinkStateError: Somebody else writes there.
        """


def portion_of(
    chunk: Chunk, before: Places, *, barred: AbstractSet[str] = frozenset(), erased: AbstractSet[str] = frozenset()
) -> Portion:
    """
    Make changes of records. One that holds no event is told apart, and harms nobody; one of an article that is taken
    down, which goes by a name that is `barred`, deletes it.
    """
    changes, unreadable = [], []
    for record in chunk.records:
        try:
            changes.append(_change_of(record, barred))
        except (KeyError, TypeError, ValueError):
            unreadable.append(record)
    return Portion(tuple(changes), before, {**before, **chunk.positions}, tuple(unreadable), tuple(sorted(erased)))


def _change_of(record: Record, barred: AbstractSet[str]) -> Change:
    if record.value is None:
        return Change(record, None)
    row = row_of(pydantic_core.from_json(record.value))
    if barred and (row.id in barred or name_of_url(row.url) in barred):
        return Change(record, None)
    return Change(record, row, record.value.decode())
