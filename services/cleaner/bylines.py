"""
Bylines that people see: elements that a page marks as its author's by class, `rel` or `itemprop`, and "By Ann Lee".

Marks are loose: classes named after authors also hold dates, offices, portraits and other articles' authors. So only
what is written as the name of a person counts, outside of lists of articles, and the first such element alone.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from services.cleaner.lines import tidy
from services.cleaner.names import people_in

MAX_BYLINE_CHARS = 200
"""A longer element is a box about an author, or an article."""

MAX_CANDIDATES = 60

_MARK = re.compile(
    r"author|byline|autor|auteur|writer|verfasser|redakteur|forfatter|posted-by|vcard|contributor", re.IGNORECASE
)
_OWN_MARKS = frozenset(("author", "byline", "vcard", "fn", "author-name", "byline-name", "entry-author", "post-author"))
"""Classes that hold a name and nothing else; there it may be a single word."""

_LED = re.compile(
    r"\s*(?:(?:written|posted|words|story) by|by|(?:erstellt |verfasst |geschrieben )?von|par|por"
    r"|(?:text|autor|autorin|author|auteur|redaktion|interview|автор):)\s+\S",
    re.IGNORECASE,
)
_PROFILE = re.compile(
    r"/(?:author|authors|autor|autoren|autores|auteur|auteurs|autori|autore|writer|writers|contributor|contributors"
    r"|journalist|journalists|reporter|byline|forfatter|yazar|by)/[^/]",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"comment|respon[ds]|disqus|related|recommend|sidebar|widget|footer|teaser|promo|popular|carousel|slider|newsletter"
    r"|latest|similar|kommentar|reply|read-next|nav\b|menu",
    re.IGNORECASE,
)
_BREAKING = frozenset(
    ("address", "br", "dd", "div", "dt", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p", "section",
     "small", "svg", "td", "time", "tr", "ul")
)  # fmt: skip
_SILENT = frozenset(("head", "title", "script", "style", "svg", "noscript", "template", "button"))


def find_people(tree: HtmlElement) -> list[str]:
    """
    The names in the first element that is marked as the author's and names a person; else in the first "By ..." line.
    """
    marked, led = _candidates(tree)
    for node in (*marked, *led):
        for line in _lines(node):
            if people := people_in(line, is_marked=_is_own(node)):
                return people
    return []


def _candidates(tree: HtmlElement) -> tuple[list[HtmlElement], list[HtmlElement]]:
    """
    The elements that are marked as the author's, and those that begin with a word like "by", in order.
    """
    marked: list[HtmlElement] = []
    led: list[HtmlElement] = []
    seen: dict[str, bool] = {}
    heading = next(tree.iter("h1"), None)
    article = frozenset(heading.iterancestors()) if heading is not None else frozenset()
    for node in tree.iter(etree.Element):
        name = node.get("class") or node.get("id")
        if name and name not in seen:
            seen[name] = bool(_MARK.search(name))
        is_linked = node.tag == "a" and (node.get("rel") == "author" or _PROFILE.search(node.get("href") or ""))
        if (name and seen[name]) or is_linked or node.get("itemprop") == "author":
            found = marked
        elif node.text and node.tag not in _SILENT and _LED.match(node.text):
            found = led
        else:
            continue
        if len(found) < MAX_CANDIDATES and not _is_elsewhere(node, article):
            found.append(node)
    return marked, led


def _is_own(node: HtmlElement) -> bool:
    if node.tag == "a" and (node.get("rel") == "author" or _PROFILE.search(node.get("href") or "")):
        return True
    return node.tag in {"a", "span", "address", "p", "cite"} and not _OWN_MARKS.isdisjoint(
        (node.get("class") or "").lower().split()
    )


def _is_elsewhere(node: HtmlElement, article: frozenset[HtmlElement]) -> bool:
    """
    Does it stand in a list, a comment or a footer? What the headline stands in too is none of these.
    """
    for parent in (node, *node.iterancestors()):
        if parent in article or parent.tag in {"body", "html"}:
            return False
        if parent.tag in {"aside", "footer", "nav"}:
            return True
        if parent is not node and _ELSEWHERE.search(f"{parent.get('class')} {parent.get('id')}"):
            return True
    return False


def _lines(node: HtmlElement) -> list[str]:
    """
    The lines of a short element, as they are laid out.
    """
    pieces: list[str] = []
    _collect(node, pieces, depth=0)
    text = "".join(pieces)
    lines = [line for line in map(tidy, text.split("\0")) if line]
    return lines if sum(map(len, lines)) <= MAX_BYLINE_CHARS else []


def _collect(node: HtmlElement, pieces: list[str], depth: int) -> None:
    if depth > 20 or node.tag in _SILENT or len(pieces) > 200:
        return
    mark = "\0" if node.tag in _BREAKING else " "
    pieces += [mark, node.text or ""]
    for child in node:
        _collect(child, pieces, depth + 1)
        pieces.append(child.tail or "")
    pieces.append(mark)
