"""
Finding the feeds that a page links to (autodiscovery).

Only the page's head counts: a link in the body may be a reader's comment.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.fetcher.listings import Child, Listing, first_url

MAX_FEEDS = 10

HEAD_BYTES = 512 * 1024
"""Where a page states its feeds, if it does."""

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")

_OF_READERS = re.compile(r"comment|komment|reacties|coment[aá]rio|/replies\b", re.IGNORECASE)
"""Feeds of what readers write; in the languages in which publishing systems name them so."""


def read_links(body: bytes, url: str) -> Listing:
    """
    The feeds of a page, in its order, at most ten.

    Of several formats only the first named is taken: the others say the same again.
    """
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        body = body.decode("utf-16", "ignore").encode()
    tree = LexborHTMLParser(body[:HEAD_BYTES])
    stated = tree.css_first("head base[href]")
    base = first_url((stated.attributes.get("href"), url)) if stated is not None else None
    found: dict[str, str] = {}
    for link in tree.css("head link[rel~='alternate' i][href][type], head link[rel~='feed' i][href]"):
        kind = (link.attributes.get("type") or FEED_TYPES[0]).partition(";")[0].strip().lower()
        feed = first_url((link.attributes.get("href"), base or url))
        if kind in FEED_TYPES and feed is not None and feed != url and not _is_of_readers(link, feed):
            found.setdefault(feed, kind)
    first = next(iter(found.values()), None)
    return Listing(children=tuple(Child(feed) for feed, kind in found.items() if kind == first)[:MAX_FEEDS])


def _is_of_readers(link: LexborNode, feed: str) -> bool:
    return _OF_READERS.search(f"{link.attributes.get('title') or ''} {feed}") is not None
