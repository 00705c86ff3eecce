"""
The services as scorers call them: `plugins:function`, each running exactly what the service runs. Here is the cleaner;
the fetcher's and the tagger's functions are found under this name too.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from schemas.events import ArticleCleaned, PageFetched, PageMeta
from schemas.ids import article_id, sha256_hex
from services.cleaner.settings import CleanerSettings
from services.cleaner.stage import clean
from services.runtime.outcome import Emit

FETCHED_AT = datetime(2026, 12, 31, tzinfo=UTC)
"""Bench pages do not say when they were fetched; none is younger."""

SETTINGS = CleanerSettings(min_chars=0)
"""A bench asks for short pages too."""


def extract(html: bytes | str, url: str | None = None) -> str:
    """
    The body, paragraphs apart by an empty line; empty where the service would drop the page.
    """
    article = _article(html, url)
    return article.article_body if article else ""


def metadata(html: bytes | str, url: str | None = None) -> dict[str, Any]:
    """
    `title`, `authors` and `date` (a day), as the service finds them.
    """
    article = _article(html, url)
    if article is None:
        return {"title": None, "authors": [], "date": None}
    day = re.match(r"\d{4}-\d\d-\d\d", article.date_published or "")
    return {
        "title": article.headline,
        "authors": [author.name for author in article.author],
        "date": day.group(0) if day else None,
    }


def page_of(html: bytes | str, url: str | None, content_type: str | None = None) -> PageFetched:
    """
    A page as the fetcher would deliver it.
    """
    body = html.encode() if isinstance(html, str) else html
    url = url if url and urlsplit(url).hostname else "https://example.org/article"
    meta = PageMeta.of(
        sha256_hex(body), url=url, article_id=article_id(url), fetched_at=FETCHED_AT, content_type=content_type
    )
    return PageFetched(meta=meta, body=body)


def _article(html: bytes | str, url: str | None) -> ArticleCleaned | None:
    outcome = clean(page_of(html, url), SETTINGS)
    if not isinstance(outcome, Emit):
        return None
    article = outcome.events[0].event
    assert isinstance(article, ArticleCleaned)
    return article


ELSEWHERE = {
    "plugins_fetch": {"allowed_address", "robots_allowed", "feed_items", "normalise"},
    "plugins_tag": {"lid", "ner", "topic", "geo", "dedup"},
}


def __getattr__(name: str) -> Any:
    for module, names in ELSEWHERE.items():
        if name in names:
            return getattr(import_module(f"{__package__}.{module}" if __package__ else module), name)
    raise AttributeError(name)
