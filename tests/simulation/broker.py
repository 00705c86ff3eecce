"""
A broker in memory: partitions, transactions, fencing, `read_committed`, and offsets that are committed with records.

What it does of Kafka's protocol: an id that is taken over gets a new epoch, its open transaction is aborted, and
whatever still comes under an older epoch is refused; a marker takes an offset; nobody reads past the first open one;
a transaction that stays open is aborted after its time-out. A group's generation is not looked at, as with KIP-447 left
out: that is what the services live with. What is not here: replicas, compaction, and markers that get lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from services.runtime.record import Outgoing, Record

Place = tuple[str, int]
Source = tuple[str, str, int]
"""A group, and the place that it reads."""

TIMEOUT_S = 20.0


class FencedError(Exception):
    """
    Somebody else holds the transactional id now.
    """


@dataclass(frozen=True)
class Claim:
    """
    What a task says of one input that it handles in a transaction; no part of Kafka, and only the checker reads it.

    Attributes:
        number: The same for no other decision of the run.
        given: Place and offset of the record; None for an action.
        records: How many records the decision wrote.
    """

    number: int
    group: str
    given: tuple[str, int, int] | None
    records: int
    what: str


@dataclass(frozen=True)
class Marked:
    """
    A record on its way, and which record of which decision it is.
    """

    record: Outgoing
    number: int = -1
    index: int = 0


@dataclass(eq=False)
class Transaction:
    """
    One transaction, and what it touched.
    """

    state: Literal["open", "committed", "aborted"] = "open"
    places: set[Place] = field(default_factory=set)
    offsets: dict[Source, int] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """
    One offset of a partition; a marker has no record.
    """

    marked: Marked | None
    transaction: Transaction | None
    at: datetime

    @property
    def is_visible(self) -> bool:
        """
        Whether a `read_committed` reader sees it.
        """
        return self.marked is not None and (self.transaction is None or self.transaction.state == "committed")


@dataclass
class _Holder:
    epoch: int = 0
    current: Transaction | None = None
    last: bool | None = None


class Broker:
    """
    All partitions of all topics, which begin to exist when they are named.
    """

    def __init__(self, clock: Callable[[], datetime], after: Callable[[float, Callable[[], None]], None]) -> None:
        self._clock, self._after = clock, after
        self.logs: defaultdict[Place, list[Entry]] = defaultdict(list)
        self.offsets: dict[Source, int] = {}
        self.commits: list[Transaction] = []
        self._holders: defaultdict[str, _Holder] = defaultdict(_Holder)
        self._open: defaultdict[Place, dict[Transaction, int]] = defaultdict(dict)
        self._watchers: defaultdict[Place, dict[int, Callable[[], None]]] = defaultdict(dict)

    def watch(self, place: Place, who: int, call: Callable[[], None]) -> None:
        """
        Call somebody when there is more to be read in a partition.
        """
        self._watchers[place][who] = call

    def unwatch(self, who: int) -> None:
        """
        Call him no more.
        """
        for watchers in self._watchers.values():
            watchers.pop(who, None)

    def last_end(self, holder: str) -> bool | None:
        """
        Whether the last transaction of an id was committed, if any was since it was taken over.
        """
        return self._holders[holder].last

    def take_over(self, holder: str) -> int:
        """
        Fence whoever held an id; return the new epoch.
        """
        held = self._holders[holder]
        if held.current is not None:
            self._finish(held, "aborted")
        held.epoch, held.last = held.epoch + 1, None
        return held.epoch

    def begin(self, holder: str, epoch: int, claims: Iterable[Claim]) -> None:
        """
        Open a transaction.
        """
        held = self._held(holder, epoch)
        held.current = opened = Transaction(claims=list(claims))
        self._after(TIMEOUT_S, lambda: self._time_out(held, opened))

    def produce(self, holder: str, epoch: int, records: Iterable[Marked]) -> None:
        """
        Write within the open transaction.
        """
        transaction = self._current(holder, epoch)
        for marked in records:
            place = marked.record.topic, marked.record.partition
            transaction.places.add(place)
            self._open[place].setdefault(transaction, len(self.logs[place]))
            self.logs[place].append(Entry(marked, transaction, self._clock()))

    def add_offsets(self, holder: str, epoch: int, offsets: Mapping[Source, int]) -> None:
        """
        Commit offsets along with the open transaction.
        """
        self._current(holder, epoch).offsets.update(offsets)

    def commit(self, holder: str, epoch: int) -> None:
        """
        Make it all visible.
        """
        self._current(holder, epoch)
        self._finish(self._held(holder, epoch), "committed")

    def append(self, records: Iterable[Marked]) -> None:
        """
        Write outside any transaction, as tools do.
        """
        for marked in records:
            place = marked.record.topic, marked.record.partition
            self.logs[place].append(Entry(marked, None, self._clock()))
            self._tell(place)

    def stable_end(self, place: Place) -> int:
        """
        Up to where may be read: the first open transaction, else the end.
        """
        return min(self._open[place].values(), default=len(self.logs[place]))

    def read(self, place: Place, start: int, most: int = 1_000_000) -> tuple[list[Record], int]:
        """
        What is visible from an offset on, and where to go on.
        """
        found: list[Record] = []
        position, end, log = start, self.stable_end(place), self.logs[place]
        while position < end and len(found) < most:
            if log[position].is_visible:
                found.append(record_at(place, position, log[position]))
            position += 1
        return found, position

    def _held(self, holder: str, epoch: int) -> _Holder:
        held = self._holders[holder]
        if held.epoch != epoch:
            raise FencedError(holder)
        return held

    def _current(self, holder: str, epoch: int) -> Transaction:
        current = self._held(holder, epoch).current
        if current is None:
            raise FencedError(f"{holder} has no open transaction")
        return current

    def _time_out(self, held: _Holder, opened: Transaction) -> None:
        if held.current is opened:
            held.epoch += 1
            self._finish(held, "aborted")

    def _finish(self, held: _Holder, state: Literal["committed", "aborted"]) -> None:
        transaction, held.current, held.last = held.current, None, state == "committed"
        assert transaction is not None
        transaction.state = state
        if state == "committed":
            self.offsets.update(transaction.offsets)
            self.commits.append(transaction)
        for place in sorted(transaction.places):
            self._open[place].pop(transaction)
            self.logs[place].append(Entry(None, transaction, self._clock()))
            self._tell(place)

    def _tell(self, place: Place) -> None:
        for call in tuple(self._watchers[place].values()):
            call()


def record_at(place: Place, offset: int, entry: Entry) -> Record:
    """
    What a reader gets.
    """
    assert entry.marked is not None
    written = entry.marked.record
    return Record(*place, offset, entry.at, written.key, written.value, dict(written.headers))
