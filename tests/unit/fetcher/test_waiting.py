from __future__ import annotations

from services.fetcher.waiting import LOOK, NEWS, Ready, Waiting

A, B = "https://a.example", "https://b.example"


def test_what_is_due_first_comes_first_in_its_rank() -> None:
    """
    Looks and news of an origin do not meet.
    """
    waiting = Waiting()
    for due, rank in ((3.0, NEWS), (2.0, NEWS), (1.0, LOOK)):
        waiting.add(f"{A}/{due}", A, due_s=due, rank=rank)

    assert waiting.first(A, NEWS) == (2.0, f"{A}/2.0")
    assert waiting.first(A, LOOK) == (1.0, f"{A}/1.0")
    assert waiting.first(B, NEWS) is None


def test_what_waits_for_another_time_is_not_met_at_the_old_one() -> None:
    """
    Nor in the old rank, though its time is the same.
    """
    waiting = Waiting()
    waiting.add("one", A, due_s=1.0, rank=LOOK)
    waiting.add("two", A, due_s=1.0, rank=LOOK)

    assert waiting.remove("one") == 1.0
    waiting.add("one", A, due_s=1.0, rank=NEWS)
    assert waiting.first(A, NEWS) == (1.0, "one")
    assert waiting.first(A, LOOK) == (1.0, "two")


def test_an_origin_without_anything_is_left() -> None:
    """
    As soon as somebody looks.
    """
    waiting = Waiting()
    waiting.add("one", A, due_s=1.0, rank=NEWS)
    waiting.remove("one")
    first = waiting.first(A, NEWS)

    assert first is None
    assert not waiting.has(A)
    assert waiting.origins() == 0
    assert waiting.remove("one") is None


def test_an_origin_has_one_appointment() -> None:
    """
    The one that was made last.
    """
    ready = Ready()
    ready.put(A, 1.0)
    ready.put(B, 2.0)
    ready.put(A, 3.0)

    assert ready.soonest() == (2.0, B)
    assert ready.take() == B
    assert ready.soonest() == (3.0, A)
