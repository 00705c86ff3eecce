"""
One event of each kind, written out, for tests that look at particular values.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from schemas.events import ArticleTagged, FetchRequested, PageFetched, PageMeta
from schemas.parts import Subject, Timeline

FETCHED_AT = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)

ARTICLE_ID = UUID("83feb107-967e-5eda-9875-0a20054be5d2")


def request(**fields: Any) -> FetchRequested:
    """
    A request for a page.
    """
    return FetchRequested(**{"url": "https://example.org/news/1", "requested_at": FETCHED_AT} | fields)


def page(body: bytes = b"<p>The dam held.</p>", **fields: Any) -> PageFetched:
    """
    A page as delivered.
    """
    meta: dict[str, Any] = {
        "url": "https://example.org/news/1",
        "request_url": "https://example.org/news/1",
        "article_id": ARTICLE_ID,
        "page_id": UUID("a43033fc-ff4f-533b-95cf-b9c4239be8f8"),
        "site": "example.org",
        "status": 200,
        "fetched_at": FETCHED_AT,
        "body_sha256": "00",
    }
    return PageFetched(meta=PageMeta(**meta | fields), body=body)


def tagged(**fields: Any) -> ArticleTagged:
    """
    A second version of an article on floods.
    """
    article: dict[str, Any] = {
        "article_id": ARTICLE_ID,
        "page_id": UUID("a43033fc-ff4f-533b-95cf-b9c4239be8f8"),
        "url": "https://example.org/news/1",
        "site": "example.org",
        "headline": "The dam held",
        "article_body": "The dam held.",
        "in_language": "en",
        "timeline": Timeline(fetched_at=FETCHED_AT),
        "version": 2,
        "pub_status": "corrected",
        "revised_at": FETCHED_AT,
        "word_count": 3,
        "reading_time_s": 1,
        "subjects": [Subject(id="medtop:20000154", name="flood", score=0.9, source="categories 1")],
    }
    return ArticleTagged(**article | fields)
