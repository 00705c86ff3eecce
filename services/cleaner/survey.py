"""
One walk over a page's tree: which of its elements say something about the article, unread and unjudged.

Trees are walked by element, and each step costs; so all that metadata is made of is gathered here in one go.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from lxml.html import HtmlElement

MAX_NODES = 60
"""Elements of one kind that are kept; of the rest, none is the article's own."""

MAX_DATED_CHARS = 90
"""A longer text says more than when it was published."""

_AUTHOR = re.compile(r"author|byline|autor|auteur|writer|verfasser|redakteur|forfatter|posted-by|vcard|contributor")
_LEAD = re.compile(
    r"standfirst|stand-first|chapo|chapeau|vorspann|subhead|sub-head|subtitle|sub-title|lead|intro|summary"
    r"|description|excerpt|abstract|sommario|occhiello|catenaccio|entradilla|bajada|ingress|strapline|dek"
    r"|teaser-text|deck"
)
_WALL = re.compile(
    r"paywall|pay-wall|metered|regwall|piano-offer|premium-content|premium-only|subscriber-only"
    r"|subscriber-content|subscribers-only|locked-content|content-gate|contentgate|content-barrier|content-lock"
    r"|article-wall|articlewall|restricted-content|subscription-required|subscription-wall"
)
_ANY = re.compile("|".join(pattern.pattern for pattern in (_AUTHOR, _LEAD, _WALL)))
_PROFILE = re.compile(
    r"/(?:authors?|autor|autoren|autores|auteurs?|autori|autore|writers?|contributors?|journalists?|reporter|byline"
    r"|forfatter|yazar|by)/[^/]"
)
_LED = re.compile(
    r"\s*(?:(?:written|posted|words|story) by|by|(?:erstellt |verfasst |geschrieben )?von|par|por"
    r"|(?:text|autor|autorin|author|auteur|redaktion|interview|автор):)\s+\S",
    re.IGNORECASE,
)
_LED_FIRST = frozenset("wpsbevgtariа")
_YEAR = re.compile(r"(?:19|20)\d\d")
ELSEWHERE = re.compile(
    r"comment|respon[ds]|disqus|related|recommend|sidebar|widget|footer|teaser|promo|popular|carousel|slider|newsletter"
    r"|latest|similar|kommentar|reply|read-next|nav\b|menu"
)
"""Names of what holds other articles, and what readers say about them."""

APART = frozenset(("aside", "footer", "nav"))
_SILENT = frozenset(("head", "title", "script", "style", "svg", "noscript", "template", "button", "meta", "link"))


@dataclass
class Survey:
    """
    Elements by what they are marked as, in the order of the page.

    Attributes:
        metas: `meta` elements.
        scripts: Those of JSON-LD.
        titles: `title` elements in the head.
        headings: Of the first three levels.
        times: `time` elements.
        items: Elements with an `itemprop`.
        authors: Marked as an author's by class, id, `rel`, `itemprop` or the address of a link.
        led: Beginning with a word like "by".
        dated: Short texts with a year in them, and the element that each stands in.
        leads: Marked as a standfirst.
        captions: `figcaption` elements.
        walls: Marked as a paywall.
    """

    metas: list[HtmlElement] = field(default_factory=list)
    scripts: list[HtmlElement] = field(default_factory=list)
    titles: list[HtmlElement] = field(default_factory=list)
    headings: list[HtmlElement] = field(default_factory=list)
    times: list[HtmlElement] = field(default_factory=list)
    items: list[HtmlElement] = field(default_factory=list)
    authors: list[HtmlElement] = field(default_factory=list)
    led: list[HtmlElement] = field(default_factory=list)
    dated: list[tuple[str, HtmlElement]] = field(default_factory=list)
    leads: list[HtmlElement] = field(default_factory=list)
    captions: list[HtmlElement] = field(default_factory=list)
    walls: list[HtmlElement] = field(default_factory=list)


def survey(tree: HtmlElement) -> Survey:
    """
    Walk a page.
    """
    found = Survey()
    nodes = list(tree.iter())
    _sort_by_tag(nodes, found)
    shown = [node for node in nodes if node.tag not in _SILENT]
    _sort_by_name(shown, found)
    found.items.extend(node for node in shown if node.get("itemprop"))
    for node in shown:
        text = node.text
        if text and not text.isspace():
            _note_text(text.strip(), node, found)
    for node in nodes:
        tail = node.tail
        if tail and 7 < len(tail) <= 2 * MAX_DATED_CHARS and _YEAR.search(tail) and node.getparent() is not None:
            _note_date(tail.strip(), node.getparent(), found)
    return found


def _sort_by_tag(nodes: Sequence[HtmlElement], found: Survey) -> None:
    kinds = {
        "meta": found.metas, "time": found.times, "figcaption": found.captions,
        "h1": found.headings, "h2": found.headings, "h3": found.headings,
    }  # fmt: skip
    for node in nodes:
        tag = node.tag
        if tag in kinds:
            kinds[tag].append(node)
        elif tag == "script" and "ld+json" in (node.get("type") or "").lower():
            found.scripts.append(node)
        elif tag == "title" and node.getparent().tag == "head":
            found.titles.append(node)
        elif tag == "abbr" and (title := node.get("title")):
            _note_date(title, node, found)


def _sort_by_name(nodes: Sequence[HtmlElement], found: Survey) -> None:
    marks: dict[str, list[list[HtmlElement]]] = {}
    for node in nodes:
        name = node.get("class") or node.get("id")
        if name:
            if name not in marks:
                marks[name] = _marked(name, found)
            for kept in marks[name]:
                kept.append(node)
        is_author = (node.tag == "a" and is_profile(node)) or node.get("itemprop") == "author"
        if is_author and found.authors[-1:] != [node]:
            found.authors.append(node)


def above_heading(found: Survey) -> frozenset[HtmlElement]:
    """
    The elements that the first `h1` stands in.
    """
    heading = next((node for node in found.headings if node.tag == "h1"), None)
    return frozenset(heading.iterancestors()) if heading is not None else frozenset()


def is_apart(
    node: HtmlElement | None,
    article: frozenset[HtmlElement],
    *,
    names: re.Pattern[str] = ELSEWHERE,
    tags: frozenset[str] = APART,
) -> bool:
    """
    Does it stand in an aside, a footer, a menu, or in something whose class or id holds one of some names? What the
    headline stands in too is none of these.
    """
    here = node
    while here is not None and here not in article and here.tag not in {"body", "html"}:
        if here.tag in tags or _has_name(here.get("class"), here.get("id"), names):
            return True
        here = here.getparent()
    return False


@lru_cache(maxsize=4096)
def _has_name(kind: str | None, own: str | None, names: re.Pattern[str]) -> bool:
    return bool(names.search(f"{kind} {own}".lower()))


def is_profile(link: HtmlElement) -> bool:
    """
    Does a link lead to an author's page?
    """
    return bool("author" in (link.get("rel") or "") or _PROFILE.search((link.get("href") or "").lower()))


def _marked(name: str, found: Survey) -> list[list[HtmlElement]]:
    kinds = (found.authors, found.leads, found.walls)
    return [kept for kept, is_kind in zip(kinds, _kinds(name), strict=True) if is_kind]


@lru_cache(maxsize=8192)
def _kinds(name: str) -> tuple[bool, ...]:
    name = name.lower()
    if not _ANY.search(name):
        return (False, False, False)
    return tuple(bool(pattern.search(name)) for pattern in (_AUTHOR, _LEAD, _WALL))


def _note_text(text: str, node: HtmlElement, found: Survey) -> None:
    _note_date(text, node, found)
    if text[0].lower() in _LED_FIRST and _LED.match(text):
        found.led.append(node)


def _note_date(text: str, node: HtmlElement, found: Survey) -> None:
    if 7 < len(text) <= MAX_DATED_CHARS and _YEAR.search(text):
        found.dated.append((text, node))
