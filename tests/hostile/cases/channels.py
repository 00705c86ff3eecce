"""
What documents name on the side: nothing of it is dialled by itself; what becomes a request is judged like any other.
"""

from __future__ import annotations

from typing import Literal

from tests.hostile.case import MISSING, STORY, Case
from tests.hostile.server import Script, Visit, answer

_INSIDE = b"http://127.0.0.1:{port}/hostile"

_REFUSED = ("ROBOTS_UNREACHABLE ADDRESS_REFUSED", "letter ADDRESS_REFUSED")


def _on_this_port(body: bytes, *, kind: str = "text/html", **headers: str) -> Script:
    """
    A document in which `{port}` is the port that it was asked for at.
    """

    async def script(visit: Visit) -> None:
        port = visit.headers["host"].partition(":")[2]
        stated = {name: value.replace("{port}", port) for name, value in headers.items()}
        await visit.send(answer(200, body.replace(b"{port}", port.encode()), content_type=kind, **stated))

    return script


def _page(name: str, head: bytes, end: str, **headers: str) -> Case:
    page = STORY.replace(b"<head>", b"<head>" + head)
    return Case(name=f"page-with-{name}", page=_on_this_port(page, **headers), ends=(end,))


def _list(name: str, body: bytes, kind: Literal["text/html", "application/xml"] = "application/xml") -> Case:
    return Case(
        name=f"list-with-{name}", kind="feed", page=_on_this_port(body, kind=kind), ends=("FEED_READ 1", *_REFUSED)
    )


PAGES = (
    _page("a-canonical-link-inside", b"<link rel=canonical href='" + _INSIDE + b"'>", "PAGE_FETCHED"),
    _page("a-canonical-header-inside", b"", "PAGE_FETCHED", link="<http://127.0.0.1:{port}/hostile>; rel=canonical"),
    _page("a-base-inside", b"<base href='" + _INSIDE + b"'>", "PAGE_FETCHED"),
    _page("a-picture-inside", b"<meta property=og:image content='" + _INSIDE + b"'>", "PAGE_FETCHED"),
    _page("a-preload-inside", b"", "PAGE_FETCHED", link="<http://127.0.0.1:{port}/hostile>; rel=preload"),
    _page("a-frame-inside", b"<iframe src='" + _INSIDE + b"'></iframe>", "PAGE_FETCHED"),
    _page("another-service", b"", "PAGE_FETCHED", alt_svc='h2="127.0.0.1:{port}"; ma=9999'),
    _page("a-refresh-inside", b"<meta http-equiv=refresh content='0; url=" + _INSIDE + b"'>", "META_REFRESH"),
    _page("a-refresh-of-a-file", b"<meta http-equiv=refresh content='0; url=file:///etc/passwd'>", "PAGE_FETCHED"),
    _page("a-refresh-header-inside", b"", "META_REFRESH", refresh="0; url=http://127.0.0.1:{port}/hostile"),
)

LISTS = (
    _list("an-item-inside", b"<rss version='2.0'><channel><item><link>" + _INSIDE + b"</link></item></channel></rss>"),
    _list(
        "an-entry-inside", b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>" + _INSIDE + b"</id></entry></feed>"
    ),
    _list("a-page-inside", b"<urlset><url><loc>" + _INSIDE + b"</loc><lastmod>2100-01-01</lastmod></url></urlset>"),
    _list("a-list-inside", b"<sitemapindex><sitemap><loc>" + _INSIDE + b"</loc></sitemap></sitemapindex>"),
    _list(
        "a-feed-inside",
        b"<html><head><link rel=alternate type=application/rss+xml href='" + _INSIDE + b"'></head></html>",
        "text/html",
    ),
    Case(
        name="robots-with-a-sitemap-inside",
        kind="feed",
        url="http://{host}:{port}/",
        robots=_on_this_port(b"Sitemap: " + _INSIDE + b"\nSitemap: file:///etc/passwd\n", kind="text/plain"),
        page=MISSING,
        routes={"/": answer(200, STORY)},
        ends=("FEED_READ 1", *_REFUSED),
    ),
)

CASES = (*PAGES, *LISTS)
