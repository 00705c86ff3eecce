"""
What is to be seen of a frontier.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.state import Pulse
from services.fetcher.tally import GRAIN_S, HEALTH, STATES, Tally
from tests.unit.fetcher.test_frontier import NOW, Bench, after, entry, rules


def figures(bench: Bench) -> dict[str, float]:
    """
    Those that are not zero.
    """
    return {name: figure for name, figure in bench.frontier.figures().items() if figure}


def test_an_empty_frontier_shows_all_its_figures_as_zero() -> None:
    """
    So that a graph has no holes.
    """
    shown = Bench().frontier.figures()

    assert set(shown) == {
        *STATES, "entries", "due", "overdue_seconds", "hosts_held", "hosts_open", "hosts_half_open",
        "lists_ok", "lists_silent", "lists_failing", "origins_waiting", "in_flight",
    }  # fmt: skip
    assert set(shown.values()) == {0}


def test_entries_are_counted_by_kind_and_state() -> None:
    """
    What was there before the task, and what came since.
    """
    bench = Bench(rules("https://a.example"), entry("https://a.example/0", state="done", due_at=None))
    bench.put(entry("https://a.example/1", due_at=after(100)), entry("https://a.example/2", state="done", due_at=None))
    bench.put(entry("https://a.example/f", kind="feed", due_at=after(100)))
    bench.put(entry("https://a.example/3", state="failed", due_at=None))

    assert figures(bench) == {
        "robots_done": 1,
        "page_done": 2,
        "page_waiting": 1,
        "page_failed": 1,
        "feed_waiting": 1,
        "entries": 6,
        "origins_waiting": 1,
    }


def test_watched_lists_are_counted_by_their_health() -> None:
    """
    One that is no longer watched counts no more.
    """
    bench = Bench()
    lists = [
        entry(f"https://a.example/{number}", kind="feed", due_at=after(100), min_interval_s=60, pulse=pulse)
        for number, pulse in enumerate((None, Pulse(state="silent"), Pulse(state="failing"), Pulse()))
    ]
    bench.put(*lists)
    counts = [figures(bench)]
    bench.put(lists[2].model_copy(update={"min_interval_s": None}), lists[3].model_copy(update={"pulse": None}))
    counts.append(figures(bench))

    assert [[count.get(f"lists_{state}", 0) for state in HEALTH] for count in counts] == [[2, 1, 1], [2, 1, 0]]


def test_an_entry_that_changes_is_counted_once() -> None:
    """
    As what it is now; one that is deleted, not at all.
    """
    bench = Bench()
    bench.put(entry("https://a.example/1"), entry("https://a.example/2"))
    bench.put(entry("https://a.example/1", due_at=after(60)))
    bench.put(entry("https://a.example/1", state="refused", due_at=None))
    bench.remove("https://a.example/2")

    assert {name: figures(bench)[name] for name in ("page_refused", "entries")} == {"page_refused": 1, "entries": 1}
    assert "page_waiting" not in figures(bench)
    assert "due" not in figures(bench)


def test_what_is_due_is_counted_by_the_time_of_the_last_decision() -> None:
    """
    With how late the oldest is, to ten seconds.
    """
    bench = Bench()
    bench.put(rules("https://a.example"), *(entry(f"https://a.example/{n}", due_at=after(n * 60)) for n in range(5)))
    bench.due(0)
    first = figures(bench)
    bench.due(150)
    second = figures(bench)

    assert (first["due"], first.get("overdue_seconds", 0)) == (1, 0)
    assert (second["due"], second["overdue_seconds"], second["in_flight"]) == (3, 150, 1)


def test_hosts_that_want_to_be_left_alone_are_counted_until_they_do_not() -> None:
    """
    By their Retry-After, or for 429.
    """
    bench = Bench()
    bench.put(rules("https://a.example", host_not_before=after(60)), rules("https://b.example"))
    bench.put(rules("https://c.example", host_not_before=after(90)))
    bench.due(0)
    counts = [bench.frontier.figures()["hosts_held"]]
    for seconds in (61, 91):
        bench.due(seconds)
        counts.append(bench.frontier.figures()["hosts_held"])

    assert counts == [2, 1, 0]


CHANGES = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["waiting", "done", "refused", "failed", "none"]), st.integers(0, 90)),
    max_size=40,
)


@given(CHANGES)
@settings(max_examples=50)
def test_counts_are_those_of_the_table_whatever_has_changed(changes: list[tuple[int, str, int]]) -> None:
    """
    Nothing is lost or counted twice.
    """
    bench = Bench()
    table: dict[str, Any] = {}
    for number, state, due in changes:
        url = f"https://a.example/{number}"
        if state == "none":
            bench.remove(url)
            table.pop(url, None)
        else:
            is_waiting = state == "waiting"
            bench.put(entry(url, state=state, due_at=after(due) if is_waiting else None))
            table[url] = (state, due)
    bench.frontier.due(after(45), lambda *_: after(1000))
    shown = bench.frontier.figures()

    for state in ("waiting", "done", "refused", "failed"):
        assert shown[f"page_{state}"] == sum(held == state for held, _ in table.values())
    waiting = [due for state, due in table.values() if state == "waiting"]
    assert sum(due + GRAIN_S <= 45 for due in waiting) <= shown["due"] <= sum(due <= 45 for due in waiting)


def test_done_pages_need_no_memory() -> None:
    """
    They are what is left of all.
    """
    tally = Tally()
    for number in range(1000):
        done = entry(f"https://a.example/{number}", state="done", due_at=None)
        tally.changed(done.url, done)

    assert tally._states == {}
    assert tally.figures(1000, NOW + timedelta(days=1))["page_done"] == 1000
