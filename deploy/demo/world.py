"""
The demo's news world as values: publishers, pages, feeds, and what is expected to become of each page.

Nothing here opens a socket; `server` serves what this describes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any, Literal
from xml.sax.saxutils import escape

HERE = Path(__file__).parent

Expected = Literal["tagged", "dropped", "refused", "dead"]


@dataclass(frozen=True)
class Page:
    """
    One page and what has to become of it.

    Attributes:
        path: Where it is served, with its query.
        listed_as: How the feed names it; more than one spelling is still one article.
        charset: What it is encoded in when served.
        content_type: The header, which may or may not say the charset.
        filler_bytes: Instead of a file: so many bytes.
    """

    publisher: str
    path: str
    title: str
    expect: Expected
    file: str | None = None
    listed_as: tuple[str, ...] = ()
    charset: str = "utf-8"
    content_type: str = "text/html; charset=utf-8"
    filler_bytes: int = 0
    language: str = ""
    headline: str = ""
    body: str = ""
    reason: str = ""
    note: str = ""

    def render(self, bases: Mapping[str, str]) -> bytes:
        """
        The bytes to serve; `${id}` in a file is the base URL of that publisher.
        """
        if self.file is None:
            return b"<!doctype html><title>filler</title>" + b"x" * self.filler_bytes
        text = (HERE / "pages" / self.file).read_text(encoding="utf-8")
        # windows-1252 is what browsers take iso-8859-1 for, and what publishers mean by it.
        encoding = "cp1252" if self.charset == "iso-8859-1" else self.charset
        return Template(text).safe_substitute(bases).encode(encoding)


@dataclass(frozen=True)
class Publisher:
    """
    A site: its pages, its feed and its robots.txt.
    """

    id: str
    name: str
    feed: Literal["rss", "atom"]
    pages: tuple[Page, ...]
    robots: str = "User-agent: *\nDisallow:\n"

    def feed_document(self, base: str) -> bytes:
        """
        The feed as XML, in UTF-8.
        """
        links = [(page, base + link) for page in self.pages for link in page.listed_as or (page.path,)]
        text = _rss(self, base, links) if self.feed == "rss" else _atom(self, base, links)
        return text.encode()


FEED_PATH = "/feed.xml"


def load_world(path: Path = HERE / "site.toml") -> tuple[Publisher, ...]:
    """
    Read the manifest.
    """
    tables = tomllib.loads(path.read_text(encoding="utf-8"))["publisher"]
    return tuple(_publisher(table) for table in tables)


def _publisher(table: dict[str, Any]) -> Publisher:
    pages = tuple(
        Page(**{**page, "publisher": table["id"], "listed_as": tuple(page.get("listed_as", ()))})
        for page in table.pop("page")
    )
    return Publisher(**table, pages=pages)


def _rss(publisher: Publisher, base: str, links: list[tuple[Page, str]]) -> str:
    items = "".join(
        f"<item><title>{escape(page.title)}</title><link>{escape(url)}</link><guid>{escape(url)}</guid></item>"
        for page, url in links
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>{escape(publisher.name)}</title><link>{base}/</link><description>demo</description>{items}"
        "</channel></rss>"
    )


def _atom(publisher: Publisher, base: str, links: list[tuple[Page, str]]) -> str:
    entries = "".join(
        f'<entry><title>{escape(page.title)}</title><id>{escape(url)}</id><link href="{escape(url)}"/>'
        "<updated>2026-03-14T08:30:00Z</updated></entry>"
        for page, url in links
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{escape(publisher.name)}</title><id>{base}/</id><updated>2026-03-14T08:30:00Z</updated>{entries}</feed>"
    )
