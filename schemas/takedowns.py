"""
Takedowns: articles that nobody is to have any more, and by which names whatever belongs to them is known.

A URL goes by the id of the article at it: a hash, from which nobody reads the URL again. So the record of a takedown,
which is kept for ever, holds nothing of what was taken down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from schemas.base import Event, Instant
from schemas.events import Article, FetchRequested, PageFetched
from schemas.ids import article_id
from schemas.state import FrontierEntry, LedgerEntry, Source
from schemas.stories import ArticleFingerprint, StoryLinked, WindowEntry

TAKEN_DOWN = "TAKEN_DOWN"
"""The reason by which is counted what was dropped for a takedown."""


class Takedown(Event):
    """
    An article that was taken down: who wanted it, when and why, and what was touched; nothing of the article itself.
    """

    ce_type: ClassVar[str] = "news.takedown.v1"

    takedown_id: UUID = Field(description="the article id that was named, or that of the URL that was named")
    article_ids: list[UUID] = Field(
        description="of the article, and those that articles at the URLs that lead to it would have"
    )
    sites: list[str] = Field(default_factory=list, description="where its pages are, as far as known")
    state: Literal["standing", "lifted"] = "standing"
    reason: str = Field(min_length=1, max_length=2000, description="in the words of who took it down")
    by: str = Field(min_length=1, max_length=200)
    began_at: Instant
    changed_at: Instant
    swept_at: Instant | None = Field(None, description="when it was swept a second time; absent: that is still to come")
    touched: dict[str, int] = Field(default_factory=dict, description="what stood when it was looked, by topic")
    lifted_by: str | None = None
    lifted_reason: str | None = None

    def occurred_at(self) -> datetime:
        return self.changed_at

    def subject(self) -> str:
        return f"urn:uuid:{self.takedown_id}"


def name_of_url(url: str) -> str:
    """
    What a normalised URL is known by.
    """
    return str(article_id(url))


def names_of(event: Event) -> frozenset[str]:
    """
    The names by which an event is barred: of its article, and of the URLs that it was asked for and found at. A
    takedown has those that it bars, and none once it is lifted.

    What a page says of other pages (its canonical link, whether believed or not, what it lists) is no name of its own:
    nobody takes down another publisher's article by it.
    """
    for kind, read in _NAMES.items():
        if isinstance(event, kind):
            return frozenset(read(event))
    return frozenset()


def _of_takedown(takedown: Takedown) -> set[str]:
    return {str(each) for each in takedown.article_ids} if takedown.state == "standing" else set()


def _of_page(page: PageFetched) -> set[str]:
    return {str(page.meta.article_id), name_of_url(page.meta.url), name_of_url(page.meta.request_url)}


def _of_article(article: Article | LedgerEntry) -> set[str]:
    return {str(article.article_id), name_of_url(article.url)}


def _of_link(told: ArticleFingerprint | WindowEntry | StoryLinked) -> set[str]:
    return {str(told.article_id)}


def _of_wish(wish: FetchRequested | Source) -> set[str]:
    return {name_of_url(wish.url)} if wish.kind == "page" else set()


def _of_entry(entry: FrontierEntry) -> set[str]:
    if entry.kind != "page":
        return set()
    return {name_of_url(entry.url)} | ({str(entry.article_id)} if entry.article_id else set())


_NAMES: Mapping[type[Event], Callable[[Any], set[str]]] = {
    Takedown: _of_takedown,
    PageFetched: _of_page,
    Article: _of_article,
    LedgerEntry: _of_article,
    ArticleFingerprint: _of_link,
    WindowEntry: _of_link,
    StoryLinked: _of_link,
    FetchRequested: _of_wish,
    Source: _of_wish,
    FrontierEntry: _of_entry,
}
