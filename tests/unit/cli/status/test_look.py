"""
What is made of what was seen.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from schemas.state import Source, SourceHealth
from services.cli.status.look import troubles

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def told(
    url: str, state: Literal["ok", "silent", "failing", "degraded"], minute: int, site: str | None = None
) -> SourceHealth:
    return SourceHealth(
        url=url,
        source_url=url,
        state=state,
        was="ok",
        changed_at=NOW + timedelta(minutes=minute),
        reason="GONE",
        site=site,
    )


def test_troubles_are_those_of_what_is_watched_the_newest_first() -> None:
    """
    A source that was removed is nobody's trouble; a degraded site has no source.
    """
    sources = {url: Source(url=url, changed_at=NOW) for url in ("https://a.example/", "https://b.example/")}
    health = [
        told("https://a.example/", "failing", 1),
        told("https://b.example/", "ok", 2),
        told("https://removed.example/", "failing", 3),
        told("https://c.example/", "degraded", 4, site="c.example"),
    ]

    assert [trouble.url for trouble in troubles(health, sources)] == ["https://c.example/", "https://a.example/"]
