"""
Which records a replay means. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from schemas import topics
from schemas.base import Event
from schemas.events import ArticleCleaned, PageFetched
from schemas.replays import Replay, Selection
from schemas.topics import SIDE_PREFIX, Topic
from services.runtime.record import Record


@dataclass(frozen=True)
class Way:
    """
    What can be replayed into what: the topic, the lane, and the groups whose live inputs are on the way.

    Attributes:
        live: Each group with its live input; the first is the one that reads the lane.
    """

    topic: Topic[Any]
    lane: Topic[Any]
    live: tuple[tuple[str, Topic[Any]], ...]


_TAGGER = ("tagger", topics.ARTICLE_CLEANED)

WAYS: Mapping[str, Way] = {
    "pages": Way(topics.PAGE_FETCHED, topics.PAGE_REPLAY, (("cleaner", topics.PAGE_FETCHED), _TAGGER)),
    "articles": Way(topics.ARTICLE_CLEANED, topics.ARTICLE_REPLAY, (_TAGGER,)),
}
"""What an operator calls them."""


def way_of(topic: str) -> Way:
    """
    The way that leads out of a topic.
    """
    return next(way for way in WAYS.values() if way.topic.name == topic)


def is_aside(replay: Replay) -> bool:
    """
    Whether its events go to a side topic.
    """
    return replay.lane.startswith(SIDE_PREFIX)


@dataclass(frozen=True)
class Facts:
    """
    What can be asked about a record.
    """

    happened_at: datetime
    url: str
    source: str
    language: str
    ids: frozenset[str]


def facts_of(topic: Topic[Any], record: Record) -> Facts:
    """
    Read a record's event.

    Raises:
        ValueError: It is none of this topic's.
    """
    event: Event = topic.event.from_wire(record.value, record.headers)
    source, language, ids = _READ[type(event)](event)
    return Facts(
        happened_at=event.occurred_at(),
        url=event.subject(),
        source=source or "",
        language=(language or "und").partition("-")[0].lower(),
        ids=frozenset({*ids, record.header("ce_id") or ""}),
    )


def _of_page(page: PageFetched) -> tuple[str | None, str | None, tuple[str, ...]]:
    """
    What a page says of its language is found by the cleaner only; here is what its source and its server say.
    """
    meta = page.meta
    language = meta.hints.language or meta.headers.get("content-language")
    return meta.source_url, language, (str(meta.page_id), str(meta.article_id))


def _of_article(article: ArticleCleaned) -> tuple[str | None, str | None, tuple[str, ...]]:
    return article.source_url, article.in_language, (str(article.page_id), str(article.article_id))


_READ: Mapping[type[Event], Callable[[Any], tuple[str | None, str | None, tuple[str, ...]]]] = {
    PageFetched: _of_page,
    ArticleCleaned: _of_article,
}


def refusal(topic: Topic[Any], selection: Selection, record: Record) -> str | None:
    """
    Why a record is not meant: the option that it does not fit, or that it is a deletion, or no event; None if it is.
    """
    if record.value is None:
        return "deletion"
    if not _asks(selection):
        return None
    try:
        facts = facts_of(topic, record)
    except ValueError:
        return "no event"
    refused = {
        "--from": _is_early(selection, facts),
        "--to": _is_late(selection, facts),
        "--source": bool(selection.sources) and facts.source not in selection.sources,
        "--host": bool(selection.hosts) and not any(_is_below(facts.url, host) for host in selection.hosts),
        "--language": bool(selection.languages) and facts.language not in selection.languages,
        "--id": bool(selection.ids) and facts.ids.isdisjoint(selection.ids),
    }
    return next((option for option, is_so in refused.items() if is_so), None)


def _asks(selection: Selection) -> bool:
    """
    Whether a record has to be read to know: pages are large.
    """
    is_timed = selection.by == "event-time" and (selection.since or selection.until)
    return bool(is_timed or selection.sources or selection.hosts or selection.languages or selection.ids)


def _is_early(selection: Selection, facts: Facts) -> bool:
    return selection.by == "event-time" and selection.since is not None and facts.happened_at < selection.since


def _is_late(selection: Selection, facts: Facts) -> bool:
    return selection.by == "event-time" and selection.until is not None and facts.happened_at >= selection.until


def _is_below(url: str, parent: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == parent or host.endswith(f".{parent}")
