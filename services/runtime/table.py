"""
A table: the current value of each key of a compacted topic, restored at the start and written through.

Changes of a transaction in flight are seen by the decisions that follow them, and become lasting only at the commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, field
from itertools import chain

from schemas.base import Event
from services.runtime.shelf import Shelf

Watcher = Callable[[str, Event | None], None]
"""Told `(key, value or None)` of each change as soon as it is decided, to keep an index; rebuilt with the task."""


class Table:
    """
    One partition of a table topic. Values are kept as their wire bytes, a tenth of the size of models; those
    of which there are very many are packed, and on a shelf.
    """

    def __init__(self, event: type[Event]) -> None:
        self._event = event
        self._kept: MutableMapping[str, bytes] = Shelf() if event.is_many else {}
        self._pending: dict[str, bytes | None] = {}
        self._watchers: list[Watcher] = []

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def get(self, key: str) -> Event | None:
        """
        The value of a key, with the changes that are not committed yet.
        """
        value = self._pending[key] if key in self._pending else self._kept.get(key)
        return None if value is None else self._event.unpacked(key, value)

    def search(self, is_meant: Callable[[str, bytes], bool]) -> list[str]:
        """
        The keys of the values that are meant, as they are kept; of changes that are not committed yet too.
        """
        settled = (pair for pair in self._kept.items() if pair[0] not in self._pending)
        current = chain(settled, self._pending.items())
        return [key for key, value in current if value is not None and is_meant(key, value)]

    def watch(self, watcher: Watcher, is_of_note: Callable[[bytes], bool] = lambda _: True) -> None:
        """
        Call `watcher` for every value that is there now and of note as it is kept, and for each change from now on.
        """
        self._watchers.append(watcher)
        for key, value in self._kept.items():
            if is_of_note(value):
                watcher(key, self._event.unpacked(key, value))

    def restore(self, key: str, value: bytes | None) -> None:
        """
        Apply one record of the topic; only before the task runs.

        Raises:
            ValueError: What is kept packed has to be read for it, and is none of the table's events.
        """
        if value is not None and self._event.is_many:
            value = self._event.kept(key, value)
        _store(self._kept, key, value)

    def put(self, key: str, value: Event | None) -> None:
        """
        Change a key within the transaction in flight.
        """
        self._pending[key] = None if value is None else value.packed(key)
        for watcher in self._watchers:
            watcher(key, value)

    def forget(self) -> None:
        """
        Drop what was not committed, and who watched: a new owner begins.
        """
        self._pending.clear()
        self._watchers.clear()

    def commit(self) -> None:
        """
        The transaction is committed: its changes are lasting.
        """
        for key, value in self._pending.items():
            _store(self._kept, key, value)
        self._pending.clear()


def _store(kept: MutableMapping[str, bytes], key: str, value: bytes | None) -> None:
    if value is None:
        kept.pop(key, None)
    else:
        kept[key] = value


@dataclass
class Memory:
    """
    A partition's tables, and up to where each was read; kept for a while after the partition is lost.

    Attributes:
        is_commit: How the last transaction ended, when it was last to be known: to take the id over forgets it.
    """

    tables: dict[str, Table] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)
    is_commit: bool = False
