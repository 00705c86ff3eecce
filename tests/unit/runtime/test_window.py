from __future__ import annotations

import asyncio

from services.runtime.pool import Done, Worked
from services.runtime.record import Record
from services.runtime.window import UnderWay, Window
from tests.unit.runtime.stub_stage import ASKED_AT, Visit


def record(offset: int) -> Record:
    """
    A record of ten bytes.
    """
    return Record("news.fetch.requested", 0, offset, ASKED_AT, b"key", b"value", {"h": b"ab"})


async def until(gate: asyncio.Event) -> Worked:
    """
    Work that is done when its gate opens.
    """
    await gate.wait()
    return Done(None)


async def settle() -> None:
    """
    Let tasks that can go on go on.
    """
    for _ in range(3):
        await asyncio.sleep(0)


def offsets(taken: list[UnderWay]) -> list[int]:
    return [u.given.offset for u in taken if isinstance(u.given, Record)]


async def test_records_leave_in_the_order_in_which_they_came() -> None:
    """
    A record that is done waits for those before it.
    """
    window, gates = Window(lambda: None), [asyncio.Event() for _ in range(3)]
    for offset, gate in enumerate(gates):
        window.add_record(record(offset), until(gate))
    gates[1].set()
    await settle()

    assert not window.has_finished
    assert window.take_finished() == []
    gates[0].set()
    await settle()
    assert window.has_finished
    assert offsets(window.take_finished()) == [0, 1]
    await window.abandon()


async def test_bytes_are_those_of_the_records_under_way() -> None:
    """
    Back-pressure counts what lies in memory, and no longer what has left.
    """
    window, gate = Window(lambda: None), asyncio.Event()
    gate.set()
    window.add_record(record(0), until(gate))
    window.add_record(record(1), until(asyncio.Event()))

    assert window.bytes == 2 * record(0).size == 20
    await settle()
    window.take_finished()
    assert window.bytes == 10
    assert len(window) == 1
    await window.abandon()


async def test_an_action_leaves_as_soon_as_it_is_done() -> None:
    """
    Actions have no order and no offset: one that is done does not wait for a slow record.
    """
    window, gate = Window(lambda: None), asyncio.Event()
    window.add_record(record(0), until(asyncio.Event()))
    window.add_action(Visit("https://example.org/"), until(gate))
    gate.set()
    await settle()

    assert window.has_finished
    assert [u.given for u in window.take_finished()] == [Visit("https://example.org/")]
    assert len(window) == 1
    await window.abandon()


async def test_a_slow_action_does_not_keep_records_waiting() -> None:
    """
    Whether all records are finished does not depend on actions; whether anything is under way does.
    """
    window, gate = Window(lambda: None), asyncio.Event()
    gate.set()
    window.add_record(record(0), until(gate))
    window.add_action(Visit("https://example.org/"), until(asyncio.Event()))
    await settle()

    assert window.is_finished
    window.take_finished()
    assert not window.is_idle
    await window.abandon()


async def test_the_owner_is_told_of_everything_that_ends() -> None:
    """
    A task sleeps until something is done.
    """
    told = asyncio.Event()
    window = Window(told.set)
    window.add_record(record(0), until(told))
    assert window.is_idle is False
    other = asyncio.Event()
    other.set()
    window.add_record(record(1), until(other))

    await asyncio.wait_for(told.wait(), 1)
    await window.abandon()


async def test_abandoned_work_is_cancelled() -> None:
    """
    Nothing goes on for a partition that was lost.
    """
    window = Window(lambda: None)
    window.add_record(record(0), until(asyncio.Event()))
    window.add_action(Visit("https://example.org/"), until(asyncio.Event()))

    await window.abandon()

    assert [u.work.cancelled() for u in window.take_finished()] == [True, True]


async def test_nothing_waits_for_a_patient_record() -> None:
    """
    All that is live is done: it is committed now, and not when the replayed record behind it is done too.
    """
    window, gates = Window(lambda: None), [asyncio.Event() for _ in range(2)]
    window.add_record(record(0), until(gates[0]))
    window.add_record(record(1), until(gates[1]), is_patient=True)
    before = window.is_finished
    gates[0].set()
    await settle()
    after = (window.is_finished, window.has_finished, window.patient)
    taken = offsets(window.take_finished())
    gates[1].set()
    await settle()
    taken += offsets(window.take_finished())

    assert (before, after) == (False, (True, True, 1))
    assert (taken, window.patient) == ([0, 1], 0)
