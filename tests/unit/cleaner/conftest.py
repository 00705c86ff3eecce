"""
Pages as the fetcher delivers them, and what the cleaner makes of them.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.events import ArticleCleaned, PageFetched, PageMeta
from schemas.ids import article_id, page_id, sha256_hex
from schemas.sites import site_of
from services.cleaner.settings import CleanerSettings
from services.cleaner.stage import clean
from services.runtime.outcome import Emit, Outcome

FETCHED_AT = datetime(2025, 3, 10, 12, 0, tzinfo=UTC)
STORY = (
    "<p>The dam above the village held through the night, the mayor said on Sunday, and nobody was hurt.</p>"
    "<p>Engineers had opened the gates on Friday, when the river rose by two metres within an hour.</p>"
)


@pytest.fixture
def make_page() -> Callable[..., PageFetched]:
    """
    Makes a page of a body (bytes or text) and of any fields of its meta.
    """

    def make(
        body: bytes | str,
        url: str = "https://news.example.org/dam",
        content_type: str | None = "text/html; charset=utf-8",
        **facts: Any,
    ) -> PageFetched:
        body = body.encode() if isinstance(body, str) else body
        digest = sha256_hex(body)
        meta = {
            "url": url,
            "request_url": url,
            "article_id": article_id(url),
            "page_id": page_id(url, FETCHED_AT, digest),
            "site": site_of(url),
            "status": 200,
            "fetched_at": FETCHED_AT,
            "content_type": content_type,
            "body_sha256": digest,
        }
        return PageFetched(meta=PageMeta.model_validate(meta | facts), body=body)

    return make


@pytest.fixture
def run(make_page: Callable[..., PageFetched]) -> Callable[..., Outcome]:
    """
    Cleans a page and gives the outcome.
    """
    return lambda body, **facts: clean(make_page(body, **facts), CleanerSettings())


@pytest.fixture
def article(run: Callable[..., Outcome]) -> Callable[..., ArticleCleaned]:
    """
    Cleans a page and gives its article.
    """

    def make(body: bytes | str, **facts: Any) -> ArticleCleaned:
        outcome = run(body, **facts)
        assert isinstance(outcome, Emit), outcome
        event = outcome.events[0].event
        assert isinstance(event, ArticleCleaned)
        return event

    return make


@pytest.fixture
def html() -> Callable[..., str]:
    """
    Makes an HTML page of a story with something between its parts and in its head.
    """

    def make(inner: str = "", head: str = "<title>The dam held</title>", lang: str = "en") -> str:
        return (
            f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">{head}</head><body><article>'
            f"<h1>The dam held</h1>{STORY}{inner}</article></body></html>"
        )

    return make


@pytest.fixture
def json_ld() -> Callable[[str], str]:
    """
    Writes a script element that holds JSON-LD.
    """
    return lambda text: f'<script type="application/ld+json">{text}</script>'
