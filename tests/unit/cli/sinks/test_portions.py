from __future__ import annotations

from collections import Counter

import pytest

from schemas.takedowns import name_of_url
from services.cli.sinks.portions import portion_of
from services.runtime.kafka.stretches import Chunk
from tests.sinks.given import START, portions, record, records


def test_a_portion_counts_what_it_brings() -> None:
    """
    Withdrawals and takedowns apart.
    """
    assert sum((portion.counts for portion in portions()), start=Counter()) == {
        "written": 25,
        "withdrawn": 2,
        "takenDown": 2,
    }


@pytest.mark.parametrize("value", [b"", b"{", b"[]", b"1", b'{"articleId": "x"}', b"\xff"])
def test_what_holds_no_event_is_told_apart_and_harms_nobody(value: bytes) -> None:
    """
    Its neighbours are kept, and reading goes on behind it.
    """
    odd, takedown = record(5, "odd", value, partition=0), record(6, "x", None, partition=0)
    portion = portion_of(Chunk((odd, takedown), {0: 7}), START)

    assert portion.unreadable == (odd,)
    assert [change.kind for change in portion.changes] == ["takenDown"]
    assert portion.moved == {0: (0, 7)}


def test_ends_of_transactions_move_a_portion_too() -> None:
    """
    Nothing lies there that could be read, and it is read.
    """
    portion = portion_of(Chunk((), {1: 3}), START)

    assert portion.changes == ()
    assert portion.moved == {1: (0, 3)}


@pytest.mark.parametrize("by", ["id", "url"])
def test_an_event_of_an_article_that_is_taken_down_counts_as_the_takedown(by: str) -> None:
    """
    It is not kept, though the record that deletes it is still to come; its neighbours are.
    """
    one, other = records()[:2]
    whole = portion_of(Chunk((one, other), {}), START)
    row = whole.changes[0].row
    assert row is not None
    barred = {row.id if by == "id" else name_of_url(row.url)}
    portion = portion_of(Chunk((one, other), {}), START, barred=barred)

    assert [change.kind for change in portion.changes] == ["takenDown", "written"]
    assert portion.changes[0].event == ""
    assert portion.changes[1] == whole.changes[1]
