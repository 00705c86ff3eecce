"""
What a list leads to: requests for its pages, and for the lists that it is made of.
"""

from __future__ import annotations

from typing import Any

from schemas import topics
from schemas.events import FetchRequested
from schemas.ids import request_id
from schemas.parts import Hints, ListRules
from schemas.state import FrontierEntry
from services.fetcher.responses import Feed
from services.fetcher.selection import MAX_ITEMS, Branch, Document, Item
from services.fetcher.urls import normalise, origin_of
from services.runtime.outcome import Emission

MAX_LEVEL = 2
"""A page leads to a sitemap index, this to sitemaps; what lies deeper is a maze."""


ANY_RULES = ListRules()
"""Of a list whose source states none."""


def new_items(entry: FrontierEntry, document: Document) -> list[Item]:
    """
    The items that were not in the last document. In a large one only the newest are remembered by their digests; an
    older one is known by its date.
    """
    known, mark = frozenset(entry.items), entry.mark

    def is_new(item: Item) -> bool:
        is_before = mark is not None and item.at is not None and item.at <= mark
        return item.digest not in known and not is_before and item.url != entry.url

    return [item for item in document.items if is_new(item)]


def new_branches(entry: FrontierEntry, document: Document) -> list[Branch]:
    """
    The lists to be asked for: those that changed, and those that do not say whether they did.
    """
    rules = entry.hints.rules or ListRules()
    if rules.level >= MAX_LEVEL:
        return []
    known = frozenset(entry.items)
    led_here = {entry.url, *entry.chain}
    return [b for b in document.branches if b.url not in led_here and (b.digest is None or b.digest not in known)]


def remembered(entry: FrontierEntry, document: Document) -> dict[str, Any]:
    """
    What is kept of a document, to tell the next one's news from it.
    """
    digests = [branch.digest for branch in document.branches if branch.digest is not None]
    marks = [mark for mark in (entry.mark, document.mark) if mark is not None]
    return {
        "items": ([item.digest for item in document.items] + digests)[:MAX_ITEMS],
        "mark": max(marks, default=None),
        "pace": document.pace,
    }


def page_request(entry: FrontierEntry, feed: Feed, item: Item) -> Emission:
    """
    The request for an item, with what its list says of it and the labels of the source.
    """
    own = {"labels": entry.hints.labels, "language": item.hints.language or entry.hints.language}
    request = FetchRequested(
        url=item.url,
        requested_at=feed.answer.fetched_at,
        source_url=entry.source_url or entry.url,
        hints=item.hints.model_copy(update=own),
    )
    return Emission(topics.FETCH_REQUESTED, request, request_id(str(feed.document_id), item.url))


def rules_for(entry: FrontierEntry, url: str) -> ListRules:
    """
    The rules by which a list at some URL is read for an entry's source. Headers may hold a secret: they are for the
    source's own origin only. Who asks for it again knows the source's greatest interval by them.
    """
    rules = entry.hints.rules or ANY_RULES
    most_s = entry.max_interval_s or rules.max_interval_s
    if not rules.headers and most_s == rules.max_interval_s:
        return rules
    is_own = entry.source_url is not None and origin_of(url) == origin_of(normalise(entry.source_url))
    return rules.model_copy(update={"headers": rules.headers if is_own else {}, "max_interval_s": most_s})


def list_request(entry: FrontierEntry, feed: Feed, branch: Branch) -> Emission:
    """
    The request for another list, to be read by the same rules.
    """
    rules = rules_for(entry, branch.url)
    deeper = rules.model_copy(update={"level": rules.level + 1})
    request = FetchRequested(
        url=branch.url,
        kind="feed",
        requested_at=feed.answer.fetched_at,
        source_url=entry.source_url or entry.url,
        hints=Hints(labels=entry.hints.labels, language=entry.hints.language, modified=branch.modified, rules=deeper),
        chain=[*entry.chain, entry.url],
    )
    return Emission(topics.FETCH_REQUESTED, request, request_id(str(feed.document_id), branch.url))
