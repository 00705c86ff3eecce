"""
Feeds and sitemaps: malformed, mendacious, and made to harm whoever reads them.
"""

from __future__ import annotations

import gzip

from tests.hostile.case import STORY, Case
from tests.hostile.server import Script, answer

_ITEM = b"<item><title>A dam holds</title><link>http://www.example.org/a</link></item>"
_TWO = _ITEM + _ITEM.replace(b"/a<", b"/b<")
_ENTITY_BOMB = b"".join(b"<!ENTITY l%d '%s'>" % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 12))


def rss(items: bytes, before: bytes = b"", prolog: bytes = b"<?xml version='1.0'?>") -> bytes:
    """
    A feed of items.
    """
    return prolog + before + b"<rss version='2.0'><channel><title>Dams</title>" + items + b"</channel></rss>"


def sitemap(inside: bytes, root: bytes = b"urlset") -> bytes:
    """
    A sitemap, or an index of them.
    """
    return b"<%s xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>%s</%s>" % (root, inside, root)


def _loc(url: bytes, element: bytes = b"url") -> bytes:
    return b"<%s><loc>%s</loc><lastmod>2100-01-01</lastmod></%s>" % (element, url, element)


def _link(url: bytes) -> bytes:
    return b"<item><title>A</title><link>" + url + b"</link></item>"


def _feed(name: str, body: bytes, end: str, *, kind: str = "application/xml", robots: Script | None = None) -> Case:
    return Case(
        name=f"feed-{name}",
        kind="feed",
        page=answer(200, body, content_type=kind),
        robots=answer(404) if robots is None else robots,
        ends=(end,),
    )


_DOCTYPES = {
    "reads-a-file": b"<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
    "reads-from-inside": b"<!DOCTYPE rss [<!ENTITY x SYSTEM 'http://127.0.0.1/hostile'>]>",
    "loads-a-dtd": b"<!DOCTYPE rss SYSTEM 'http://127.0.0.1/hostile.dtd'>",
    "loads-a-parameter": b"<!DOCTYPE rss [<!ENTITY % p SYSTEM 'http://127.0.0.1/p'> %p;]>",
    "laughs-a-billion-times": b"<!DOCTYPE rss [<!ENTITY l0 'ha'>" + _ENTITY_BOMB + b"<!ENTITY x '&l11;'>]>",
    "grows-with-the-square": b"<!DOCTYPE rss [<!ENTITY x '" + b"ha" * 10_000 + b"'>]>",
    "never-ends-its-doctype": b"<!DOCTYPE rss [<!ENTITY x 'ha'",
}

_WITH_ENTITY = b"<item><title>A &x; held</title><link>http://www.example.org/a</link></item>"

DECLARED = tuple(_feed(name, rss(_WITH_ENTITY * 50, doctype), "FEED_READ 1") for name, doctype in _DOCTYPES.items())

_UNSEEN = {"grows-with-the-square", "never-ends-its-doctype"}
"""Before their root element stands more than is looked at, or something that is no XML."""

SITEMAPS_DECLARED = tuple(
    _feed(
        f"sitemap-{name}",
        doctype.replace(b"rss", b"urlset") + sitemap(_loc(b"http://www.example.org/a&x;b") * 50),
        "letter INVALID_FEED" if name in _UNSEEN else "FEED_READ 1",
    )
    for name, doctype in _DOCTYPES.items()
)

MALFORMED = (
    _feed("good", rss(_TWO), "FEED_READ 2"),
    _feed("cut-off", rss(_TWO)[:-20], "FEED_READ 2"),
    _feed("cut-off-in-an-item", rss(_TWO)[:-60], "FEED_READ 1"),
    _feed("unclosed", rss(_TWO.replace(b"</title>", b"")), "EMPTY_FEED"),
    _feed("bare-ampersand", rss(_TWO.replace(b"A dam", b"Dam & weir")), "FEED_READ 2"),
    _feed("undeclared-prefix", rss(_TWO.replace(b"title>", b"x:title>")), "FEED_READ 2"),
    _feed("unknown-entity", rss(_TWO.replace(b"A dam", b"&dam;")), "FEED_READ 2"),
    _feed(
        "wrong-encoding",
        rss(_TWO.replace(b"dam", b"d\xe4mm"), prolog=b"<?xml version='1.0' encoding='utf-8'?>"),
        "FEED_READ 2",
    ),
    _feed("encoding-of-no-name", rss(_TWO, prolog=b"<?xml version='1.0' encoding='no-such'?>"), "FEED_READ 2"),
    _feed("encoding-that-is-code", rss(_TWO, prolog=b"<?xml version='1.0' encoding='unicode_escape'?>"), "FEED_READ 2"),
    _feed("nul-bytes", rss(_TWO.replace(b"dam", b"d\0m")), "FEED_READ 2"),
    _feed("no-such-character", rss(_TWO.replace(b"dam", b"&#99999999999;")), "FEED_READ 2"),
    _feed("surrogate", rss(_TWO.replace(b"dam", b"&#xD800;")), "FEED_READ 2"),
    _feed("text-before", b"\n\n<br />\n<b>Warning</b>: in feed.php\n" + rss(_TWO), "FEED_READ 2"),
    _feed("text-after", rss(_TWO) + b"<script>hostile()</script>" * 9, "FEED_READ 2"),
    _feed("two-feeds", rss(_ITEM) + rss(_TWO), "FEED_READ 2"),
    _feed("utf-16", rss(_TWO, prolog=b"").decode().encode("utf-16"), "FEED_READ 2"),
    _feed("deep", rss(b"<a>" * 100_000 + _ITEM), "letter INVALID_FEED"),
    _feed(
        "attributes-by-the-thousand",
        rss(b"<item " + b" ".join(b"a%d='b'" % n for n in range(5000)) + b"/>" + _ITEM),
        "FEED_READ 1",
    ),
    _feed("a-long-name", rss(b"<" + b"a" * 300_000 + b"/>" + _ITEM), "FEED_READ 1"),
    _feed("comments-without-end", b"<!-- " * 20_000 + rss(_TWO), "letter INVALID_FEED"),
    _feed("instructions-by-the-thousand", b"<?a b?>" * 20_000 + rss(_TWO), "FEED_READ 2"),
    _feed("a-stylesheet", rss(_TWO, b"<?xml-stylesheet href='http://127.0.0.1/hostile.xsl'?>"), "FEED_READ 2"),
    _feed(
        "an-inclusion",
        rss(_TWO + b"<x:include xmlns:x='http://www.w3.org/2001/XInclude' href='/etc/passwd'/>"),
        "FEED_READ 2",
    ),
    _feed("a-page", STORY, "letter INVALID_FEED", kind="text/html"),
    _feed("a-picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50, "letter INVALID_FEED"),
    _feed("empty", b"", "EMPTY_BODY"),
    _feed("no-items", rss(b""), "EMPTY_FEED"),
    _feed(
        "dates-of-no-sense",
        rss(_TWO.replace(b"</item>", b"<pubDate>99 Foo 99999 99:99:99 +9999</pubDate></item>")),
        "FEED_READ 2",
    ),
    _feed("one-item-a-thousand-times", rss(_ITEM * 1000), "FEED_READ 1"),
)

JSON = (
    _feed("json-cut-off", b'{"version": "https://jsonfeed.org/version/1.1", "items": [', "letter INVALID_FEED"),
    _feed("json-deep", b'{"version": ' + b"[" * 100_000, "letter INVALID_FEED"),
    _feed("json-of-numbers", b'{"version": 1, "items": [1, 2, 3]}', "letter INVALID_FEED"),
    _feed(
        "json-of-a-long-number",
        b'{"version": "https://jsonfeed.org/version/1", "items": [' + b"9" * 50_000 + b"]}",
        "letter INVALID_FEED",
    ),
    _feed(
        "json-of-nothing",
        b'{"version": "https://jsonfeed.org/version/1", "items": [null, {}, {"url": 1}]}',
        "EMPTY_FEED",
    ),
)

_AWAY = (
    b"file:///etc/passwd",
    b"gopher://127.0.0.1/",
    b"javascript:alert(1)",
    b"http://",
    b"//",
    b"\\\\127.0.0.1\\a",
    b"",
)

LEADING = (
    _feed("items-to-nowhere", rss(b"".join(_link(url) for url in _AWAY) + _ITEM), "FEED_READ 2"),
    _feed("sitemap-of-itself", sitemap(_loc(b"/a", b"sitemap"), b"sitemapindex"), "FEED_UNCHANGED"),
    _feed(
        "sitemap-of-gibberish",
        sitemap(b"<url><loc>\x01\x02</loc></url>" + _loc(b"http://www.example.org/a")),
        "FEED_READ 1",
    ),
    _feed(
        "sitemap-of-files", sitemap(b"".join(map(_loc, _AWAY[:4])) + _loc(b"http://www.example.org/a")), "FEED_READ 1"
    ),
    _feed("sitemap-deep", sitemap(b"<a>" * 100_000 + _loc(b"http://www.example.org/a")), "EMPTY_FEED"),
    _feed("sitemap-cut-off", sitemap(_loc(b"http://www.example.org/a") * 2)[:-60], "FEED_READ 1"),
    _feed("sitemap-bomb", gzip.compress(bytes(1_000_000)) * 60, "letter DECOMPRESSION_BOMB", kind="application/gzip"),
    _feed(
        "sitemap-of-corrupt-gzip", b"\x1f\x8b\x08" + bytes(range(200)), "letter INVALID_FEED", kind="application/gzip"
    ),
    _feed(
        "urls-by-line-and-more",
        b"http://www.example.org/a\nfile:///etc/passwd\n",
        "letter INVALID_FEED",
        kind="text/plain",
    ),
    _feed(
        "page-that-links-to-feeds-inside",
        b"<html><head><base href='file:///'><link rel=alternate type=application/rss+xml href=etc/a></head></html>",
        "FEED_READ 1",
        kind="text/html",
    ),
)

CASES = (*DECLARED, *SITEMAPS_DECLARED, *MALFORMED, *JSON, *LEADING)
