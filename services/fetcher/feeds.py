"""
Reading feeds: RSS 0.9x, 1.0, 2.0 and Atom, from bytes, without any network.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import feedparser

from schemas.parts import Hints
from services.fetcher.urls import normalise

MAX_ITEMS = 5000
"""The contract's limit for what is remembered of a document (`FrontierEntry.items`)."""

MAX_TEXT_CHARS = 64 * 1024
"""Of one text of an item. A longer one would be cut by the page's 32 KiB header anyway."""

_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>\s*)*<(?:[\w.-]+:)?(rss|feed|RDF|channel)[\s>]",
    re.DOTALL | re.IGNORECASE,
)
_SNIFFED_BYTES = 4096


class NotAFeedError(ValueError):
    """
    The document is no feed.
    """


@dataclass(frozen=True)
class Item:
    """
    One entry of a feed.

    Attributes:
        url: Normalised.
        digest: 8 bytes of URL and title, in hexadecimal: the same item gives the same digest in the next document.
        hints: What the feed says of the page.
    """

    url: str
    title: str
    digest: str
    hints: Hints


@dataclass(frozen=True)
class FeedDocument:
    """
    One document of a feed.

    Attributes:
        items: In the order of the document, each URL once.
        skipped: Entries without a usable link.
        ttl_s: How long it asks to be left alone, in seconds.
        is_cut: It has more entries than are read.
    """

    items: tuple[Item, ...]
    skipped: int
    ttl_s: int | None
    is_cut: bool


def looks_like_feed(body: bytes) -> bool:
    """
    Whether the root element of a document is a feed's.
    """
    return _ROOT.match(body[:_SNIFFED_BYTES]) is not None


def read_feed(body: bytes, url: str, content_type: str | None) -> FeedDocument:
    """
    Read a feed document; relative links are resolved against the URL that it was fetched from.

    Raises:
        NotAFeedError: It is none, or is broken so that nothing can be read of it.
    """
    parsed = parse(body, url, content_type)
    entries = parsed["entries"]
    if not parsed.get("version") and not entries:
        raise NotAFeedError(str(parsed.get("bozo_exception") or "no feed element")[:200])
    found = [_item(entry, parsed["feed"], url) for entry in entries[:MAX_ITEMS]]
    by_url: dict[str, Item] = {}
    for item in found:
        if item is not None:
            by_url.setdefault(item.url, item)
    return FeedDocument(tuple(by_url.values()), found.count(None), _ttl_s(parsed["feed"]), len(entries) > MAX_ITEMS)


def parse(body: bytes, url: str, content_type: str | None) -> Any:
    """
    The document as the parser sees it, its markup untouched.
    """
    headers = {"content-location": url} | ({"content-type": content_type} if content_type else {})
    return feedparser.parse(
        io.BytesIO(body), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
    )


def warm() -> None:
    """
    Load what reading needs, once in each worker.
    """
    read_feed(
        b"<rss version='2.0'><channel><item><link>http://a.example/b</link></item></channel></rss>",
        "http://a.example/",
        None,
    )


def _item(entry: Mapping[str, Any], feed: Mapping[str, Any], base: str) -> Item | None:
    url = _link(entry, base)
    if url is None:
        return None
    title = _text(entry, "title") or ""
    digest = hashlib.sha256(f"{url}\n{title}".encode()).digest()[:8].hex()
    return Item(url, title, digest, _hints(entry, feed))


def _link(entry: Mapping[str, Any], base: str) -> str | None:
    """
    The publisher's own link before a redirecting service's; an id only where it is a whole URL.
    """
    stated = [(_text(entry, "feedburner_origlink"), base), (_text(entry, "link"), base), (_text(entry, "id"), None)]
    for link, relative_to in stated:
        try:
            if link:
                return normalise(link, relative_to)
        except ValueError:
            continue
    return None


def _hints(entry: Mapping[str, Any], feed: Mapping[str, Any]) -> Hints:
    contents = [part.get("value") for part in _stated(entry, "content") or ()]
    return Hints(
        title=_text(entry, "title"),
        summary=_text(entry, "summary"),
        content=_cut(max((text for text in contents if text), key=len, default=None)),
        author=_text(entry, "author"),
        published=_text(entry, "published") or _text(entry, "updated"),
        language=_text(entry, "language") or _text(feed, "language"),
        guid=_text(entry, "id"),
    )


def _text(of: Mapping[str, Any], name: str) -> str | None:
    value = _stated(of, name)
    return _cut(value.strip()) if isinstance(value, str) else None


def _stated(of: Mapping[str, Any], name: str) -> Any:
    # feedparser's own lookup falls back between fields; what is stated is what is wanted.
    return dict.get(cast("dict[str, Any]", of), name)


def _cut(text: str | None) -> str | None:
    return text[:MAX_TEXT_CHARS].encode("utf-8", "replace").decode() if text else None


def _ttl_s(feed: Mapping[str, Any]) -> int | None:
    minutes = _text(feed, "ttl") or ""
    return int(minutes) * 60 if minutes.isdecimal() and len(minutes) < 7 else None
