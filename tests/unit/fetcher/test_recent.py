"""
Entries that are kept as values.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from schemas.state import FrontierEntry
from services.fetcher.frontier import Frontier
from services.fetcher.recent import MAX_ROBOTS_CHARS, Recent
from services.fetcher.settings import FetcherSettings
from services.runtime.stage import Assignment
from services.runtime.table import Table

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def entry(url: str, **fields: Any) -> FrontierEntry:
    return FrontierEntry(**({"url": url, "kind": "page", "changed_at": NOW, "request_id": "r"} | fields))


def test_the_one_that_was_not_asked_for_the_longest_goes() -> None:
    """
    Room is for so many only.
    """
    recent = Recent(room=2)
    recent.keep(entry("a"))
    recent.keep(entry("b"))
    recent.get("a")
    recent.keep(entry("c"))

    assert [recent.get(url) is not None for url in "abc"] == [True, False, True]


def test_long_rules_are_not_kept() -> None:
    """
    A few of them would take the memory of all others.
    """
    recent = Recent()
    recent.keep(entry("a", kind="robots", robots="#" * (MAX_ROBOTS_CHARS + 1)))

    assert recent.get("a") is None


def test_a_change_is_seen_at_once() -> None:
    """
    Also one that is not committed yet.
    """
    table = Table(FrontierEntry)
    frontier = Frontier(Assignment(0, 1, NOW, 0.0), table, FetcherSettings())
    table.put("https://a.example/1", entry("https://a.example/1", attempts=1))
    before = frontier.entry("https://a.example/1")
    table.put("https://a.example/1", entry("https://a.example/1", attempts=2))
    after = frontier.entry("https://a.example/1")

    assert before is not None
    assert after is not None
    assert (before.attempts, after.attempts) == (1, 2)
