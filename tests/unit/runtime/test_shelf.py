from __future__ import annotations

import tracemalloc
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.runtime.shelf import LARGE_BYTES, Shelf

Keys = st.one_of(st.uuids().map(str), st.uuids().map(lambda each: str(each).upper()), st.text(max_size=20))


@given(st.lists(st.tuples(Keys, st.one_of(st.none(), st.binary(max_size=40))), max_size=30), st.integers(1, 3))
def test_a_shelf_is_a_dictionary(changes: list[tuple[str, bytes | None]], rounds: int) -> None:
    """
    Whatever is put, changed and taken away, it holds what a dictionary holds.
    """
    shelf, plain = Shelf(), dict[str, bytes]()
    for key, value in changes * rounds:
        if value is None:
            assert (shelf.pop(key, None)) == plain.pop(key, None)
        else:
            shelf[key] = plain[key] = value

    assert dict(shelf) == plain
    assert len(shelf) == len(plain)


def test_a_row_of_many_values_keeps_each() -> None:
    """
    Far more values than rows are all found.
    """
    shelf = Shelf()
    for number in range(40_000):
        shelf[str(UUID(int=number))] = number.to_bytes(4, "big")

    assert [shelf[str(UUID(int=number))] for number in range(0, 40_000, 97)] == [
        number.to_bytes(4, "big") for number in range(0, 40_000, 97)
    ]


def test_a_value_costs_little_more_than_its_bytes() -> None:
    """
    Half of what objects and a dictionary would take beside them, and less.
    """
    tracemalloc.start()
    shelf = Shelf()
    for number in range(30_000):
        shelf[str(UUID(int=number))] = bytes(100)
    held = tracemalloc.get_traced_memory()[0] / 30_000
    tracemalloc.stop()

    assert held < 100 + 16 + 60


def test_large_values_lie_beside_the_rows() -> None:
    """
    A row that is copied with each change stays small; whichever a value was before.
    """
    shelf = Shelf()
    for size in (10, LARGE_BYTES, LARGE_BYTES + 1, 10):
        shelf["a"] = bytes(size)
        shelf["b"] = bytes(size + 1)

        assert dict(shelf.items()) == {"a": bytes(size), "b": bytes(size + 1)}
        assert max(map(len, shelf._rows)) < LARGE_BYTES
    assert len(shelf) == 2


def test_a_shelf_may_change_while_it_is_read() -> None:
    """
    What is not touched is met once.
    """
    shelf = Shelf()
    for number in range(100):
        shelf[str(number)] = bytes(number * 100)
    met = []
    for key in shelf:
        met.append(key)
        if not key.startswith("new") and int(key) % 2:
            shelf.pop(str(int(key) - 1), None)
            shelf[f"new {key}"] = b""

    assert [key for key in met if not key.startswith("new") and int(key) % 2] == [
        key for key in shelf if not key.startswith("new") and int(key) % 2
    ]
