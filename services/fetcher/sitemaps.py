"""
Reading sitemaps, sitemap indexes (https://www.sitemaps.org/protocol.html) and Google News sitemaps, and lists of bare
URLs. XML as it comes: no entity is resolved, nothing is loaded, and neither depth nor size is without a limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from schemas.parts import Hints
from services.fetcher.doctypes import without_doctype
from services.fetcher.listings import MAX_ENTRIES, Child, Entry, Listing, NotAListError, cut, first_url

CHUNK_BYTES = 64 * 1024

_BARE_AMPERSAND = re.compile(rb"&(?!#?\w{1,32};)")
_URL_LINE = re.compile(r"https?://\S{1,4096}", re.IGNORECASE)


def read_sitemap(body: bytes, url: str) -> Listing:
    """
    Read a sitemap or a sitemap index.

    Raises:
        NotAListError: It is broken so that nothing can be read of it.
    """
    body = without_doctype(body)
    try:
        return _read(body, url, is_repairing=False)
    except etree.XMLSyntaxError:
        pass
    # A parser that repairs leaves pieces of URLs away where their ampersands are bare, so these are mended first.
    try:
        return _read(_BARE_AMPERSAND.sub(b"&amp;", body), url, is_repairing=True)
    except etree.XMLSyntaxError as error:
        raise NotAListError(f"not XML: {error}"[:200]) from None


def read_urls(body: bytes, url: str) -> Listing:
    """
    Read a text sitemap: UTF-8, one URL a line, nothing else.

    Raises:
        NotAListError: A line is something else.
    """
    lines = [line.strip() for line in body.decode("utf-8-sig", "replace").splitlines() if line.strip()]
    if not lines or not all(_URL_LINE.fullmatch(line) for line in lines):
        raise NotAListError("not a list of URLs")
    entries = tuple(Entry(((line, url),), Hints()) for line in lines[:MAX_ENTRIES])
    return Listing(entries, is_sitemap=True, is_cut=len(lines) > MAX_ENTRIES)


def _read(body: bytes, url: str, *, is_repairing: bool) -> Listing:
    entries: list[Entry] = []
    children: list[Child] = []
    for element in _elements(body, is_repairing=is_repairing):
        if len(entries) + len(children) >= MAX_ENTRIES:
            return Listing(tuple(entries), tuple(children), is_sitemap=True, is_cut=True)
        if _name(element) == "url":
            entries.append(_entry(element, url))
        elif (link := first_url((_text(element, "loc"), url))) is not None:
            children.append(Child(link, _text(element, "lastmod")))
    return Listing(tuple(entries), tuple(children), is_sitemap=True)


def _elements(body: bytes, *, is_repairing: bool) -> Iterator[etree._Element]:
    """
    The `url` and `sitemap` elements, each forgotten when the next is asked for.

    Raises:
        etree.XMLSyntaxError: It is not XML, or has no element at all.
    """
    parser = etree.XMLPullParser(
        ("end",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=is_repairing
    )
    for start in range(0, len(body), CHUNK_BYTES):
        parser.feed(body[start : start + CHUNK_BYTES])
        for _, element in parser.read_events():
            if _name(element) in {"url", "sitemap"}:
                yield element
                _forget(element)
    if parser.close() is None:
        raise etree.XMLSyntaxError("no element", 0, 0, 0)


def _forget(element: etree._Element) -> None:
    element.clear(keep_tail=False)
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _entry(element: etree._Element, base: str) -> Entry:
    news = next((child for child in element if _name(child) == "news"), None)
    stated = {} if news is None else {_name(child): _content(child) for child in news}
    publication = None if news is None else next((child for child in news if _name(child) == "publication"), None)
    hints = Hints(
        title=stated.get("title"),
        published=stated.get("publication_date"),
        modified=_text(element, "lastmod"),
        language=None if publication is None else _text(publication, "language"),
    )
    return Entry(((_text(element, "loc"), base),), hints)


def _text(element: etree._Element, name: str) -> str | None:
    return next((_content(child) for child in element if _name(child) == name), None)


def _content(element: etree._Element) -> str | None:
    return cut(" ".join((element.text or "").split()))


def _name(element: etree._Element) -> str:
    tag = element.tag
    return _local(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=256)
def _local(tag: str) -> str:
    """
    The local name, also where the prefix was never declared.
    """
    return tag.rpartition("}")[2].rpartition(":")[2]
