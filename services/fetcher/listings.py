"""
What a list says, whatever its format: links to pages, with what is said of them, and links to other lists.

    bytes --> feeds | json_feeds | sitemaps | link_lists --> Listing --> selection --> Document
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from schemas.parts import Hints
from schemas.state import Pace
from services.fetcher.urls import normalise

MAX_LIST_BYTES = 50 * 1024 * 1024
"""sitemaps.org: a sitemap has at most 50 MiB and 50,000 URLs. Lists are never published, only read."""

MAX_ENTRIES = 50_000

MAX_TEXT_CHARS = 64 * 1024
"""Of one text of an item. A longer one would be cut by the page's 32 KiB header anyway."""


class NotAListError(ValueError):
    """
    The document lists nothing: it is of another kind, or broken so that nothing can be read of it.
    """


@dataclass(frozen=True)
class Entry:
    """
    One entry as it stands in the document.

    Attributes:
        links: As stated, each with what it is relative to; the first that is a URL counts.
        hints: What is said of the page.
    """

    links: tuple[tuple[str | None, str | None], ...]
    hints: Hints

    @cached_property
    def url(self) -> str | None:
        """
        Normalised, which costs more than reading it did; None where it has no usable link.
        """
        return first_url(*self.links)


@dataclass(frozen=True)
class Child:
    """
    A link to another list. `modified`: when that one changed, as stated.
    """

    url: str
    modified: str | None = None


@dataclass(frozen=True)
class Listing:
    """
    One document.

    Attributes:
        entries: In the order of the document.
        children: Likewise; a document that has children has no entries.
        pace: How it wants to be asked.
        is_sitemap: It lists a site rather than its news: what is old in it is not wanted unless it is asked for.
        is_cut: It has more entries than are read.
    """

    entries: tuple[Entry, ...] = ()
    children: tuple[Child, ...] = ()
    pace: Pace | None = None
    is_sitemap: bool = False
    is_cut: bool = False


def first_url(*stated: tuple[str | None, str | None]) -> str | None:
    """
    The first of several `(link, base)` that is a URL, normalised.
    """
    for link, base in stated:
        try:
            if link:
                return normalise(link, base)
        except ValueError:
            continue
    return None


def cut(text: str | None) -> str | None:
    """
    The start of a text, in characters that can be written; None for an empty one.
    """
    return text[:MAX_TEXT_CHARS].encode("utf-8", "replace").decode() if text else None
