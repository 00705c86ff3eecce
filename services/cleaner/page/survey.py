"""
One walk over a page's tree: which of its elements say something about the article, unread and unjudged.

Trees are walked by element, and each step costs; so all that metadata is made of is gathered here in one go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement

MAX_ELEMENTS = 20_000
"""Elements of a page that are looked at; the largest articles in the wild have half as many."""

MAX_KEPT = 1000
"""Elements of one kind; that each may have to be looked for among its ancestors makes more of them dear."""

MAX_DATED_CHARS = 120
"""A longer text says more than when it was published."""

_AUTHOR = (
    "author", "byline", "autor", "auteur", "writer", "verfasser", "redakteur", "forfatter", "posted-by", "vcard",
    "contributor",
)  # fmt: skip
_LEAD = (
    "standfirst", "stand-first", "chapo", "chapeau", "vorspann", "subhead", "sub-head", "subtitle", "sub-title", "lead",
    "intro", "summary", "description", "excerpt", "abstract", "sommario", "occhiello", "catenaccio", "entradilla",
    "bajada", "ingress", "strapline", "dek", "teaser-text", "deck",
)  # fmt: skip
_WALL = (
    "paywall", "pay-wall", "metered", "regwall", "piano-offer", "premium-content", "premium-only", "subscriber-only",
    "subscriber-content", "subscribers-only", "locked-content", "content-gate", "contentgate", "content-barrier",
    "content-lock", "article-wall", "articlewall", "restricted-content", "subscription-required", "subscription-wall",
)  # fmt: skip
_PROFILE = re.compile(
    r"/(?:authors?|autor|autoren|autores|auteurs?|autori|autore|writers?|contributors?|journalists?|reporter|byline"
    r"|forfatter|yazar|by)/[^/]"
)
_LED = re.compile(
    r"\s*(?:(?:written|posted|words|story) by|by|(?:erstellt |verfasst |geschrieben )?von|par|por"
    r"|(?:text|autor|autorin|author|auteur|redaktion|interview|автор):)\s+\S",
    re.IGNORECASE,
)
_LED_STARTS = frozenset(("wr", "po", "wo", "st", "by", "er", "ve", "ge", "vo", "pa", "te", "au", "re", "in", "ав"))
_YEAR = re.compile(r"(?:19|20)\d\d")
ELSEWHERE = re.compile(
    r"comment|respon[ds]|disqus|related|recommend|sidebar|widget|footer|teaser|promo|popular|carousel|slider|newsletter"
    r"|latest|similar|kommentar|reply|read-next|nav\b|menu"
)
"""Names of what holds other articles, and what readers say about them."""

APART = frozenset(("aside", "footer", "nav"))

FOREIGN = re.compile(r"comment|related|recommend|popular|latest|copyright")
FOREIGN_TAGS = frozenset(("aside", "nav"))
"""The dates in these are of something else; a footer's or a teaser's may be the article's own."""

_MUTE = frozenset(("head", "title", "script", "style", "meta", "link"))
_SILENT = frozenset(("svg", "noscript", "template", "button"))


@dataclass
class Survey:
    """
    Elements by what they are marked as, in the order of the page.

    Attributes:
        elements: All of the page. While they are kept, other walks need not make an object for each anew.
        metas: `meta` elements.
        scripts: Those of JSON-LD.
        titles: `title` elements, but for those of pictures.
        headings: Of the first three levels.
        times: `time` elements.
        items: Elements with an `itemprop`.
        authors: Marked as an author's by class, id, `rel`, `itemprop` or the address of a link.
        led: Beginning with a word like "by".
        dated: Short texts with a year in them, and the element that each stands in.
        leads: Marked as a standfirst.
        abbrs: `abbr` elements; an older form of microdata writes dates in their titles.
        walls: Marked as a paywall.
        hidden: From readers; all of them.
        in_page: Links within the page, and buttons; all of them.
    """

    elements: list[HtmlElement] = field(default_factory=list)
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
    abbrs: list[HtmlElement] = field(default_factory=list)
    walls: list[HtmlElement] = field(default_factory=list)
    hidden: list[HtmlElement] = field(default_factory=list)
    in_page: list[HtmlElement] = field(default_factory=list)


_Named = tuple[HtmlElement, str, bool]
"""An element, its class or id, and whether something else marks it as an author's."""


def survey(tree: HtmlElement) -> Survey:
    """
    Walk a page; of a very large one, its first `MAX_ELEMENTS` elements.
    """
    found = Survey()
    kept = _kept_by_tag(found)
    named: list[_Named] = []
    found.elements = list(tree.iter())
    for node in islice(found.elements, MAX_ELEMENTS):
        tag = node.tag
        if tag in kept:
            kept[tag].append(node)
        tail = node.tail
        if tail and 7 < len(tail) <= 2 * MAX_DATED_CHARS and not tail.isspace() and node is not tree:
            _note_date(tail.strip(), node.getparent(), found)
        if tag in _MUTE:
            continue
        stated = node.keys()
        if stated:
            _note_attributes(node, stated, found, named)
        if tag in _SILENT:
            continue
        text = node.text
        if text and not text.isspace():
            _note_text(text.strip(), node, found)
    _sift(found)
    _sort_by_name(named, found)
    _cut(found)
    return found


def _kept_by_tag(found: Survey) -> dict[str, list[HtmlElement]]:
    return {
        "meta": found.metas, "script": found.scripts, "title": found.titles, "time": found.times, "abbr": found.abbrs,
        "h1": found.headings, "h2": found.headings, "h3": found.headings, "button": found.in_page,
    }  # fmt: skip


def _sift(found: Survey) -> None:
    found.scripts = [node for node in found.scripts if "ld+json" in (node.get("type") or "").lower()]
    # What a server writes before a page pushes its title into the body; those within pictures are their own.
    found.titles = [node for node in found.titles if node.getparent().tag in {"head", "body", "html"}]
    for node in found.abbrs:
        _note_date(node.get("title") or "", node, found)


def _cut(found: Survey) -> None:
    for kept in vars(found).values():
        if kept is not found.elements and kept is not found.hidden and kept is not found.in_page:
            del kept[MAX_KEPT:]


def _sort_by_name(nodes: Sequence[_Named], found: Survey) -> None:
    names = {name: name.lower() for name in {name for _, name, _ in nodes}}
    # Few marks occur on a page, so those are told first, in all names at once.
    together = "\n".join(names.values())
    authors, leads, walls = (
        _names_with([mark for mark in marks if mark in together], names) for marks in (_AUTHOR, _LEAD, _WALL)
    )
    marked = authors | leads | walls
    for node, name, is_author in nodes:
        if not is_author and name not in marked:
            continue
        if is_author or name in authors:
            found.authors.append(node)
        if name in leads:
            found.leads.append(node)
        if name in walls:
            found.walls.append(node)


def _names_with(marks: Sequence[str], names: Mapping[str, str]) -> frozenset[str]:
    """
    The names, given with their lower-case forms, in which one of the marks stands.
    """
    return frozenset(name for mark in marks for name, lowered in names.items() if mark in lowered)


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


def _note_attributes(node: HtmlElement, stated: Sequence[str], found: Survey, named: list[_Named]) -> None:
    """
    Note what an element says by the attributes that it has: to ask for one that it has not costs as much.
    """
    kind = node.get("class") if "class" in stated else None
    if _is_hidden(node, stated, kind):
        found.hidden.append(node)
    if node.tag in _SILENT:
        return
    item = node.get("itemprop") if "itemprop" in stated else None
    if item:
        found.items.append(node)
    is_author = item == "author" or (node.tag == "a" and _note_link(node, found))
    name = kind or (node.get("id") if "id" in stated else None)
    if name or is_author:
        named.append((node, name or "", is_author))


def _note_link(link: HtmlElement, found: Survey) -> bool:
    """
    Note a link within the page; is it an author's?
    """
    target = link.get("href")
    if target and target[0] == "#":
        found.in_page.append(link)
    return is_profile(link)


def is_profile(link: HtmlElement) -> bool:
    """
    Does a link lead to an author's page?
    """
    return bool("author" in (link.get("rel") or "") or _PROFILE.search((link.get("href") or "").lower()))


def _is_hidden(node: HtmlElement, stated: Sequence[str], kind: str | None) -> bool:
    if kind and ("sr-only" in kind or "screen-reader" in kind or "visually-hidden" in kind or "visuallyhidden" in kind):
        return True
    if "style" in stated:
        rules = node.get("style", "").replace(" ", "")
        if "display:none" in rules or "visibility:hidden" in rules:
            return True
    return "hidden" in stated or ("aria-hidden" in stated and node.get("aria-hidden") == "true")


def _note_text(text: str, node: HtmlElement, found: Survey) -> None:
    _note_date(text, node, found)
    if text[:2].lower() in _LED_STARTS and _LED.match(text):
        found.led.append(node)


def _note_date(text: str, node: HtmlElement, found: Survey) -> None:
    if 7 < len(text) <= MAX_DATED_CHARS and ("20" in text or "19" in text) and _YEAR.search(text):
        found.dated.append((text, node))
