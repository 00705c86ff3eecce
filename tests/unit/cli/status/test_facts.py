"""
How the whole is doing.
"""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from schemas.events import ArticleTagged
from schemas.parts import Provenance, Timeline
from services.cli.status.facts import Latency, latency_of, quantile
from services.runtime.record import Record

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def tagged(fetched_s: float, published: str | None = None) -> Record:
    event = ArticleTagged(
        article_id=uuid4(),
        page_id=uuid4(),
        url="https://news.example.org/dam",
        site="example.org",
        headline="The dam held",
        article_body="It held.",
        timeline=Timeline(fetched_at=NOW - timedelta(seconds=fetched_s)),
        date_published=published,
        provenance={"datePublished": Provenance(source="meta", precision="instant" if published else None)},
        version=1,
        revised_at=NOW,
        word_count=2,
        reading_time_s=1,
    )
    return Record("news.article.tagged", 0, 0, NOW, b"k", event.to_wire()[0])


@pytest.mark.parametrize(("share", "value"), [(0.5, 3.0), (0.95, 5.0), (0.0, 1.0)])
def test_a_quantile_is_one_of_the_values(share: float, value: float) -> None:
    """
    The one that so many do not exceed.
    """
    assert quantile([5.0, 1.0, 3.0, 2.0, 4.0], share) == value


def test_latency_is_told_of_each_moment_that_articles_state() -> None:
    """
    Tombstones have none, and a publisher's clock may be ahead.
    """
    records = [
        tagged(2.0, "2026-01-01T13:00:00+01:00"),
        tagged(4.0, "2026-01-01T18:00:00Z"),
        Record("news.article.tagged", 0, 1, NOW, b"k", None),
    ]

    assert latency_of(records) == (Latency("published", 2, 0.0, 0.0, 0.0), Latency("fetched", 2, 4.0, 4.0, 4.0))
