"""
The headings of a page: their own words without the kicker and the subtitle that are set in them, and which of them are
no headings of an article: the site's name, a crumb of the trail.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from services.cleaner.lines import tidy

MAX_HEADINGS = 40
MAX_TITLE_CHARS = 1000
"""More of a heading is not read."""

MIN_OWN_SHARE = 0.3
"""What is left of a heading without its kicker; where it is less, what looked like the kicker is the heading."""

_BESIDE = re.compile(
    r"kicker|over-?(?:line|title|head)|top-?line|dachzeile|roof-?line|spitzmarke|eyebrow|pre-?(?:title|headline)"
    r"|up-?title|sur-?titre|sub-?(?:title|headline|head|line)|occhiello|catenaccio|antetitulo|cintillo|\brubri[ck]"
    r"|\bbadge|\bflag\b|tag-?line|sr-only|visually-?hidden|screen-reader|\bh?-?offscreen",
    re.IGNORECASE,
)
_SILENT = frozenset(("script", "style", "svg", "small", "button", "template", "noscript", "time", "sup"))
_MARKED = re.compile(r"(?:entry|post|article|story|news)[-_]{0,2}(?:title|headline|heading)", re.IGNORECASE)
_HOME = frozenset(("", "/", "index.html", "/index.html", "index.php", "/index.php", "#"))


@dataclass(frozen=True)
class Title:
    """
    A heading.

    Attributes:
        level: 1 to 3.
        text: All that is in it.
        own: The same without a kicker or a subtitle.
        is_marked: Is it marked as the title of an article by its class or microdata?
        is_site: Is it the site's name, which leads home?
        is_crumb: Is it, at the first level, a part of the trail that leads to the page?
    """

    level: int
    text: str
    own: str
    is_marked: bool = False
    is_site: bool = False
    is_crumb: bool = False


def read_titles(nodes: Sequence[HtmlElement], url: str) -> tuple[Title, ...]:
    """
    Read headings, those of the first level first; empty ones are left out.
    """
    first = [node for node in nodes if node.tag == "h1"]
    others = [node for node in nodes if node.tag != "h1"]
    host = _host(url)
    found = (_read(node, host) for node in (*first[:MAX_HEADINGS], *others[:MAX_HEADINGS]))
    return tuple(title for title in found if title.text)


def _host(url: str) -> str | None:
    """
    The host of a page, None of a site's home page: there, no heading leads home.
    """
    try:
        parts = urlsplit(url)
        return None if parts.path in _HOME else (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None


def _read(node: HtmlElement, host: str | None) -> Title:
    pieces: list[str] = []
    is_whole = _collect(node, pieces, depth=0)
    own = tidy(" ".join(pieces))[:MAX_TITLE_CHARS]
    text = own if is_whole else tidy(" ".join(node.itertext()))[:MAX_TITLE_CHARS]
    level = int(node.tag[1])
    return Title(
        level=level,
        text=text,
        own=own if len(own) >= MIN_OWN_SHARE * len(text) else text,
        is_marked="headline" in (node.get("itemprop") or "") or _is_marked(node.get("class"), node.get("id")),
        is_site=host is not None and _leads_home(node, text, host),
        is_crumb=level == 1 and _is_crumb(node),
    )


def _collect(node: HtmlElement, pieces: list[str], depth: int) -> bool:
    """
    Gather the heading's own words; are they all of its text?
    """
    is_whole = True
    pieces.append(node.text or "")
    for child in node:
        is_own = depth < 20 and child.tag not in _SILENT and child.get("aria-hidden") != "true"
        if is_own and not _is_beside(child.get("class")):
            is_whole = _collect(child, pieces, depth + 1) and is_whole
        else:
            is_whole = False
        pieces.append(child.tail or "")
    return is_whole


@lru_cache(maxsize=512)
def _is_beside(kind: str | None) -> bool:
    return bool(kind and _BESIDE.search(kind))


@lru_cache(maxsize=512)
def _is_marked(kind: str | None, own: str | None) -> bool:
    return bool(_MARKED.search(f"{kind} {own}"))


def _leads_home(node: HtmlElement, text: str, host: str) -> bool:
    above = node.getparent()
    within = node.iter("a") if len(node) else ()
    for link in [above] if above is not None and above.tag == "a" else within:
        if link.get("rel") == "home" or _is_home(link.get("href"), host):
            return 2 * len(tidy(" ".join(link.itertext()))) >= len(text)
    return False


def _is_home(href: str | None, host: str) -> bool:
    # Most links lead elsewhere, and show it by their folders.
    if href is None or href.count("/") > 3 or not href.strip(" #"):
        return False
    try:
        parts = urlsplit(href.strip())
        is_here = not parts.netloc or (parts.hostname or "").removeprefix("www.") == host
    except ValueError:
        return False
    return is_here and not parts.query and not parts.fragment and parts.path in _HOME


def _is_crumb(node: HtmlElement) -> bool:
    here = node
    for _ in range(4):
        if any("breadcrumb" in f"{name}={value}".lower() for name, value in here.attrib.items() if name != "href"):
            return True
        here = here.getparent()
        if here is None or here.tag in {"body", "main", "article"}:
            return False
    return False
