from __future__ import annotations

import pytest

from schemas.base import Event
from schemas.state import Source
from services.runtime.table import Table
from tests.unit.runtime.stub_stage import source

URL = "https://example.org/feed"


@pytest.fixture
def table() -> Table:
    """
    An empty table of sources.
    """
    return Table(Source)


def test_a_change_is_seen_before_its_commit(table: Table) -> None:
    """
    The next decision of the same transaction sees the change; what is lasting does not have it yet.
    """
    table.put(URL, source(URL))

    assert table.get(URL) == source(URL)
    assert len(table) == 0


def test_a_commit_makes_changes_lasting(table: Table) -> None:
    """
    After the commit nothing can be forgotten.
    """
    table.put(URL, source(URL))
    table.commit()
    table.forget()

    assert table.get(URL) == source(URL)
    assert list(table) == [URL]


def test_what_was_not_committed_is_forgotten(table: Table) -> None:
    """
    A transaction that failed leaves the value that was there before it.
    """
    table.restore(URL, source(URL, "old").to_wire()[0])
    table.put(URL, source(URL, "new"))
    table.forget()

    assert table.get(URL) == source(URL, "old")


def test_a_deletion_hides_the_value_and_then_removes_it(table: Table) -> None:
    """
    A deleted key is gone for the next decision, and for good after the commit.
    """
    table.restore(URL, source(URL).to_wire()[0])

    table.put(URL, None)

    assert table.get(URL) is None
    table.commit()
    assert len(table) == 0


def test_restoring_takes_the_last_record_of_a_key(table: Table) -> None:
    """
    A compacted topic may still hold older values, and tombstones of keys that never were.
    """
    for value in (source(URL, "old").to_wire()[0], source(URL, "new").to_wire()[0]):
        table.restore(URL, value)
    table.restore("https://example.org/gone", None)

    assert table.get(URL) == source(URL, "new")
    assert list(table) == [URL]


def test_a_watcher_is_told_of_what_is_there_and_of_each_change(table: Table) -> None:
    """
    An index built by a watcher follows the table, deletions included, without waiting for a commit.
    """
    told: list[tuple[str, Event | None]] = []
    table.restore(URL, source(URL, "old").to_wire()[0])
    table.watch(lambda key, value: told.append((key, value)))
    table.put(URL, source(URL, "new"))
    table.put(URL, None)

    assert told == [(URL, source(URL, "old")), (URL, source(URL, "new")), (URL, None)]


def test_a_watcher_may_leave_out_what_is_of_no_note_as_it_is_kept(table: Table) -> None:
    """
    Of what there is already: nothing is made of that. Changes are told all the same.
    """
    told: list[str] = []
    for url in (URL, f"{URL}/2"):
        table.restore(url, source(url).to_wire()[0])
    table.watch(lambda key, _value: told.append(key), lambda kept: b"feed/2" in kept)
    table.put(URL, source(URL))

    assert told == [f"{URL}/2", URL]


def test_a_new_owner_is_not_watched_by_the_old_one(table: Table) -> None:
    """
    Watchers belong to a task, the table may outlive it.
    """
    told: list[str] = []
    table.watch(lambda key, _value: told.append(key))
    table.forget()
    table.put(URL, source(URL))

    assert told == []
