"""
What of a list is to be asked for, and what is remembered of it.

    Listing + the source's rules --> filters --> at most 5,000 items, each with a digest --> Document
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from operator import attrgetter

from schemas.parts import Hints, ListRules
from schemas.state import Pace
from services.fetcher.dates import instant_of
from services.fetcher.listings import Child, Entry, Listing
from services.fetcher.urls import is_site_root

MAX_ITEMS = 5000
"""The contract's limit for what is remembered of a document (`FrontierEntry.items`)."""

MAX_UNDATED_CHILDREN = 100
"""Of lists that do not say when they changed all have to be asked each time, so of many only the ends are."""

MAX_CHILDREN = 1000

SITEMAP_AGE_S = 2 * 24 * 3600
"""A sitemap lists a whole archive. By default only what is as young as a news sitemap may hold is asked for."""

MAX_AGE_S = 100 * 365 * 24 * 3600

GRACE = timedelta(days=1)
"""A date without a time is its whole day, anywhere on Earth."""

RHYTHM_ITEMS = 100


@dataclass(frozen=True)
class Item:
    """
    One entry that is wanted.

    Attributes:
        url: Normalised.
        digest: 8 bytes of URL, title and date of change, in hexadecimal: the same entry gives the same digest in the
            next document.
        hints: What the list says of the page.
        at: The latest date that it states.
    """

    url: str
    digest: str
    hints: Hints
    at: datetime | None


@dataclass(frozen=True)
class Branch:
    """
    Another list to be asked for. Without a `digest` nothing says when it changed, as `modified` does else.
    """

    url: str
    digest: str | None
    modified: str | None = None


@dataclass(frozen=True)
class Rhythm:
    """
    The pauses between the dates that a document states: how many, and the longest in seconds.
    """

    pauses: int
    longest_s: float


@dataclass(frozen=True)
class Document:
    """
    What one document of a list comes to.

    Attributes:
        items: In the order of the document, each URL once.
        branches: Likewise.
        mark: All items that are dated at or before it were left out, for there are too many.
        skipped: Entries without a usable link.
        left: Entries that the rules of the source leave out.
        is_sitemap: It is a sitemap or an index of them.
        is_cut: It has more entries than are taken.
    """

    items: tuple[Item, ...] = ()
    branches: tuple[Branch, ...] = ()
    mark: datetime | None = None
    pace: Pace | None = None
    rhythm: Rhythm | None = None
    skipped: int = 0
    left: int = 0
    is_sitemap: bool = False
    is_cut: bool = False


def select(listing: Listing, rules: ListRules, now: datetime) -> Document:
    """
    Choose what of a document is asked for. `now` is when it was fetched: ages are counted from then.
    """
    is_young, is_link, is_list = _filters(rules, now, _max_age_s(listing, rules))
    young = [(entry, at) for entry in _unstamped(listing.entries) if is_young(at := _latest(entry.hints))]
    linked: dict[str, Item] = {}
    for entry, at in young:
        is_front_page = listing.is_sitemap and entry.url is not None and is_site_root(entry.url)
        if entry.url is not None and entry.url not in linked and not is_front_page:
            linked[entry.url] = _item(entry.url, entry.hints, at)
    items = [item for item in linked.values() if is_link(item.url)]
    kept, mark = _newest(items)
    children = [child for child in listing.children if is_young(instant_of(child.modified)) and is_list(child.url)]
    branches = _branches(children)
    return Document(
        items=kept,
        branches=branches,
        mark=mark,
        pace=listing.pace,
        rhythm=_rhythm(items, now),
        skipped=sum(entry.url is None for entry, _ in young),
        left=len(listing.entries) - len(young) + len(linked) - len(items) + len(listing.children) - len(children),
        is_sitemap=listing.is_sitemap,
        is_cut=listing.is_cut or len(kept) < len(items) or len(branches) < len(children),
    )


def _max_age_s(listing: Listing, rules: ListRules) -> int | None:
    if rules.max_age_s is not None:
        return rules.max_age_s
    return SITEMAP_AGE_S if listing.is_sitemap else None


def _filters(
    rules: ListRules, now: datetime, max_age_s: int | None
) -> tuple[Callable[[datetime | None], bool], Callable[[str], bool], Callable[[str], bool]]:
    """
    The source's rules as three questions: about a date, about a page's URL, about a list's, which need not be allowed.
    """
    allow, deny = [re.compile(text) for text in rules.allow], [re.compile(text) for text in rules.deny]
    oldest = None if max_age_s is None else now - timedelta(seconds=min(max_age_s, MAX_AGE_S)) - GRACE

    def is_young(at: datetime | None) -> bool:
        return oldest is None or at is None or at >= oldest

    def is_list(url: str) -> bool:
        return not any(one.search(url) for one in deny)

    def is_link(url: str) -> bool:
        return (not allow or any(one.search(url) for one in allow)) and is_list(url)

    return is_young, is_link, is_list


def _unstamped(entries: Sequence[Entry]) -> Sequence[Entry]:
    """
    A date of change that all entries share is that of the file, and says nothing of any of them: it is taken away.
    """
    changes = {entry.hints.modified for entry in entries}
    if len(entries) < 2 or len(changes) > 1 or None in changes:
        return entries
    return [replace(entry, hints=entry.hints.model_copy(update={"modified": None})) for entry in entries]


def _latest(hints: Hints) -> datetime | None:
    dates = [at for text in (hints.published, hints.modified) if (at := instant_of(text)) is not None]
    return max(dates, default=None)


def _item(url: str, hints: Hints, at: datetime | None) -> Item:
    stated = "\n".join((url, hints.title or "", *([hints.modified] if hints.modified else [])))
    return Item(url, _digest(stated), hints, at)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).digest()[:8].hex()


def _newest(items: list[Item]) -> tuple[tuple[Item, ...], datetime | None]:
    """
    As many items as can be remembered: the newest, then both ends of what has no date, for lists grow at either end.
    """
    if len(items) <= MAX_ITEMS:
        return tuple(items), None
    dated = sorted((item for item in items if item.at), key=attrgetter("at"), reverse=True)
    undated = [item for item in items if not item.at]
    ends = _ends(undated, max(MAX_ITEMS - len(dated), 0))
    chosen = {item.url for item in (*dated[:MAX_ITEMS], *ends)}
    mark = dated[MAX_ITEMS].at if len(dated) > MAX_ITEMS else None
    return tuple(item for item in items if item.url in chosen), mark


def _ends(items: list[Item], room: int) -> list[Item]:
    if len(items) <= room:
        return items
    return items[: room - room // 2] + items[len(items) - room // 2 :]


def _branches(children: Sequence[Child]) -> tuple[Branch, ...]:
    undated = [child.url for child in children if child.modified is None]
    half = MAX_UNDATED_CHILDREN // 2
    asked = set(undated if len(undated) <= MAX_UNDATED_CHILDREN else undated[:half] + undated[-half:])
    found = {
        child.url: Branch(
            child.url, _digest(f"{child.url}\n{child.modified}") if child.modified else None, child.modified
        )
        for child in children
        if child.modified is not None or child.url in asked
    }
    return tuple(found.values())[:MAX_CHILDREN]


def _rhythm(items: Sequence[Item], now: datetime) -> Rhythm | None:
    dates = sorted({item.at for item in items if item.at is not None and item.at <= now})[-RHYTHM_ITEMS:]
    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(dates)]
    return Rhythm(len(pauses), max(pauses)) if pauses else None
