"""
Very many small values in little memory: a mapping that keeps them in rows of bytes instead of objects of their own.

    key --> row, by its checksum --> name, length, value | name, length, value | ...

An object costs Python 33 bytes beside its content, and a dictionary 80 more for each key and value. A row is copied
when it changes, which is cheap while it has some kilobytes: up to ten million values. So a large value is an object.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, MutableMapping
from uuid import UUID
from zlib import crc32

ROWS = 1 << 14
NAME_HEAD, VALUE_HEAD = 2, 2
"""Bytes of a length. A key has at most 32 KiB."""

LARGE_BYTES = 4096
"""From that on a value is kept beside the rows."""

UUID_CHARS = 36

IS_TEXT = 1 << 15
"""Beside the length of a name: not the 16 bytes of a UUID."""


class Shelf(MutableMapping[str, bytes]):
    """
    Keys are text; those that are UUIDs take 16 bytes. The order of iteration means nothing, and is the same everywhere
    for the same history.
    """

    def __init__(self) -> None:
        self._rows = [b""] * ROWS
        self._count = 0
        self._large: dict[str, bytes] = {}

    def __len__(self) -> int:
        return self._count + len(self._large)

    def __iter__(self) -> Iterator[str]:
        for key, _ in self.pairs():
            yield key

    def items(self) -> ItemsView[str, bytes]:
        """
        All of it, at the cost of reading it once.
        """
        return _Items(self)

    def pairs(self) -> Iterator[tuple[str, bytes]]:
        """
        Each key with its value. What is changed meanwhile may be met as it was or as it is.
        """
        for row in filter(None, self._rows):
            for start, middle, end in _items(row):
                yield _key(row[start:middle]), row[middle + VALUE_HEAD : end]
        yield from list(self._large.items())

    def __getitem__(self, key: str) -> bytes:
        name = _name(key)
        row = self._rows[crc32(name) % ROWS]
        found = _find(row, name)
        if found is None:
            return self._large[key]
        return row[found[1] + VALUE_HEAD : found[2]]

    def __setitem__(self, key: str, value: bytes) -> None:
        name = _name(key)
        number = crc32(name) % ROWS
        if name in self._rows[number] or key in self._large:
            self._take(key, name)
        if len(value) >= LARGE_BYTES:
            self._large[key] = value
            return
        self._count += 1
        self._rows[number] += name + len(value).to_bytes(VALUE_HEAD, "big") + value

    def __delitem__(self, key: str) -> None:
        if not self._take(key, _name(key)):
            raise KeyError(key)

    def _take(self, key: str, name: bytes) -> bool:
        number = crc32(name) % ROWS
        row = self._rows[number]
        found = _find(row, name)
        if found is None:
            return self._large.pop(key, None) is not None
        self._rows[number] = row[: found[0]] + row[found[2] :]
        self._count -= 1
        return True


class _Items(ItemsView[str, bytes]):
    """
    Without looking up each key again.
    """

    def __init__(self, shelf: Shelf) -> None:
        super().__init__(shelf)
        self._shelf = shelf

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        return self._shelf.pairs()


def _find(row: bytes, name: bytes) -> tuple[int, int, int] | None:
    """
    The item of a name. What is in no row is seen without looking at each.
    """
    if name not in row:
        return None
    return next((item for item in _items(row) if row[item[0] : item[1]] == name), None)


def _items(row: bytes) -> Iterator[tuple[int, int, int]]:
    """
    Where each item of a row begins, where its name ends, and where it ends.
    """
    start = 0
    while start < len(row):
        middle = start + NAME_HEAD + (int.from_bytes(row[start : start + NAME_HEAD], "big") & ~IS_TEXT)
        end = middle + VALUE_HEAD + int.from_bytes(row[middle : middle + VALUE_HEAD], "big")
        yield start, middle, end
        start = end


def _name(key: str) -> bytes:
    try:
        number = UUID(key) if len(key) == UUID_CHARS else None
    except ValueError:
        number = None
    if number is not None and str(number) == key:
        return b"\0\x10" + number.bytes
    raw = key.encode()
    return (len(raw) | IS_TEXT).to_bytes(NAME_HEAD, "big") + raw


def _key(name: bytes) -> str:
    raw = name[NAME_HEAD:]
    return raw.decode() if name[0] & IS_TEXT >> 8 else str(UUID(bytes=raw))
