"""
What is kept of the sites seen last.
"""

from __future__ import annotations

import pytest

from services.cleaner.sites import recent_sites
from services.cleaner.sites.recent_sites import RecentSites


def test_what_is_kept_of_a_site_is_begun_once() -> None:
    """
    Even where it is empty still.
    """
    sites: RecentSites[list[str]] = RecentSites()
    first = sites.of("a.example", list)

    assert sites.of("a.example", list) is first
    assert len(sites) == 1


def test_the_site_asked_for_longest_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Not the one that was begun first.
    """
    monkeypatch.setattr(recent_sites, "MAX_SITES", 2)
    sites: RecentSites[list[str]] = RecentSites()
    first, second = sites.of("a.example", list), sites.of("b.example", list)
    sites.of("a.example", list)
    sites.of("c.example", list)

    assert len(sites) == 2
    assert sites.of("a.example", list) is first
    assert sites.of("b.example", list) is not second
