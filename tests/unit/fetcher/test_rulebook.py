"""
What becomes of asking for a robots.txt.
"""

from __future__ import annotations

from datetime import UTC, datetime

from services.fetcher.answers import Answer
from services.fetcher.responses import Rulebook
from services.fetcher.rulebook import lifetime_s


def answered(cache_control: str) -> Answer:
    url = "https://a.example/robots.txt"
    return Answer(url, (), 200, {"cache-control": cache_control}, b"", datetime(2026, 1, 1, 12, tzinfo=UTC))


def test_rules_are_kept_for_a_day_or_as_their_cache_control_says() -> None:
    """
    But at least for five minutes, lest each page ask for them.
    """
    assert lifetime_s(Rulebook("rules"), 86400) == 86400
    assert lifetime_s(Rulebook("rules", "", answered("max-age=3600")), 86400) == 3600
    assert lifetime_s(Rulebook("rules", "", answered("no-store")), 86400) == 300
    assert lifetime_s(Rulebook("rules", "", answered("max-age=999999")), 86400) == 86400
