"""
Articles of our own making, and the tagger's facets loaded once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from schemas.events import ArticleCleaned
from schemas.parts import Entity, Place, Timeline
from services.tagger.settings import TaggerSettings
from services.tagger.stage import Annotated, work

SETTINGS = TaggerSettings()
START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

MakeArticle = Callable[..., ArticleCleaned]
Tag = Callable[..., Annotated]


def make_article(body: str, headline: str = "A headline", page: int = 1, **fields: Any) -> ArticleCleaned:
    """
    An article whose page was the `page`-th, fetched that many hours after the start.
    """
    facts: dict[str, Any] = {
        "article_id": UUID(int=7),
        "page_id": UUID(int=1000 + page),
        "url": "https://paper.example/story",
        "site": "paper.example",
        "headline": headline,
        "article_body": body,
        "in_language": "en",
        "timeline": Timeline(fetched_at=START + timedelta(hours=page)),
        "generation": 1,
    }
    return ArticleCleaned(**{**facts, **fields})


@pytest.fixture(scope="session")
def article() -> MakeArticle:
    return make_article


@pytest.fixture(scope="session")
def tag() -> Tag:
    """
    Tags a body: `tag("text", headline="...")`.
    """
    return lambda body, **fields: work(make_article(body, **fields), SETTINGS)


@pytest.fixture(scope="session")
def entities(tag: Tag) -> Callable[..., dict[str, Entity]]:
    """
    The entities of a body by name.
    """
    return lambda body, **fields: {e.name: e for e in tag(body, **fields).found.entities or ()}


@pytest.fixture(scope="session")
def places(tag: Tag) -> Callable[..., dict[str, Place]]:
    """
    The places of a body by name.
    """
    return lambda body, **fields: {p.name: p for p in tag(body, **fields).found.places or ()}
