"""
Telling what kind of list a document is, by what stands in it, and reading it.
"""

from __future__ import annotations

import re

from services.fetcher.bodies import Body, UnreadableBodyError
from services.fetcher.feeds import FEED_ROOTS, read_feed
from services.fetcher.json_feeds import read_json_feed
from services.fetcher.link_lists import read_links
from services.fetcher.listings import MAX_LIST_BYTES, Listing, NotAListError
from services.fetcher.sitemaps import read_sitemap, read_urls

SITEMAP_ROOTS = frozenset({"urlset", "sitemapindex"})
LIST_ROOTS = FEED_ROOTS | SITEMAP_ROOTS

GZIP_MAGIC = b"\x1f\x8b"

_SNIFFED_BYTES = 4096
_ROOT = re.compile(
    rb"(?>(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)\s*)*+<(?:[\w.-]{1,40}:)?([a-z]{1,40})[\s>/]",
    re.DOTALL | re.IGNORECASE,
)
"""The root element behind what may stand before it; atomic, for comments can be divided in very many ways."""

_JSON_FEED = re.compile(rb"\{.*?\"version\"\s*:\s*\"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version", re.DOTALL)


class TooLargeListError(ValueError):
    """
    A compressed list that is too large when it is unpacked.
    """

    def __init__(self, *, is_bomb: bool) -> None:
        super().__init__(f"more than {MAX_LIST_BYTES} bytes when unpacked")
        self.is_bomb = is_bomb


def unpacked(body: bytes) -> bytes:
    """
    A document as it is, or out of its gzip file (`sitemap.xml.gz`).

    Raises:
        NotAListError: The gzip data is corrupt.
        TooLargeListError: It is over the limit; no more than that was unpacked.
    """
    if not body.startswith(GZIP_MAGIC):
        return body
    plain = Body("gzip", MAX_LIST_BYTES)
    try:
        plain.feed(body)
    except UnreadableBodyError as error:
        raise NotAListError(str(error)) from None
    if plain.is_over:
        raise TooLargeListError(is_bomb=plain.too_large(0, None).is_bomb)
    return plain.finish()


def looks_like_list(body: bytes) -> bool:
    """
    Whether a document is a list by its beginning, whatever it was asked for as. Pages that only link to lists are none.
    """
    start = _start(body)
    return _root(start) in LIST_ROOTS or _JSON_FEED.match(start) is not None


def read_list(body: bytes, url: str, content_type: str | None) -> Listing:
    """
    Read a feed, a JSON Feed, a sitemap, a list of URLs or a page that links to its feeds, by what it is.

    Raises:
        NotAListError: It is none of them.
    """
    start = _start(body)
    root = _root(start)
    if start.startswith(b"{"):
        return read_json_feed(body, url)
    if root in SITEMAP_ROOTS:
        return read_sitemap(body, url)
    if root == "html" or (root not in FEED_ROOTS and "html" in (content_type or "").lower()):
        listing = read_links(body, url)
        if listing.children:
            return listing
    if start[:4].lower() == b"http":
        return read_urls(body, url)
    return read_feed(body, url, content_type)


def _start(body: bytes) -> bytes:
    start = body[:_SNIFFED_BYTES]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.decode("utf-16", "ignore").encode()
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()


def _root(start: bytes) -> str:
    """
    The local name of the root element, in lower case; a page is known by its doctype too.
    """
    if start[:14].lower() == b"<!doctype html":
        return "html"
    found = _ROOT.match(start)
    return found[1].decode().lower() if found else ""
