"""
Bylines that people see: elements that a page marks as its author's by class, `rel` or `itemprop`, and "By Ann Lee".

Marks are loose: classes named after authors also hold dates, offices, portraits and other articles' authors. So only
what is written as the name of a person counts, outside of lists of articles, and the first such element alone.
"""

from __future__ import annotations

from itertools import islice

from lxml.html import HtmlElement

from services.cleaner.lines import tidy
from services.cleaner.metadata.names import people_in
from services.cleaner.page.survey import Survey, above_heading, is_apart, is_profile

MAX_BYLINE_CHARS = 200
"""A longer element is a box about an author, or an article."""

MAX_CANDIDATES = 60

_OWN_MARKS = frozenset(("author", "byline", "vcard", "fn", "author-name", "byline-name", "entry-author", "post-author"))
"""Classes that hold a name and nothing else; there it may be a single word."""

_BREAKING = frozenset(
    ("address", "br", "dd", "div", "dt", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p", "section",
     "small", "svg", "td", "time", "tr", "ul")
)  # fmt: skip
_SILENT = frozenset(("head", "title", "script", "style", "svg", "noscript", "template", "button"))


def find_people(marks: Survey) -> list[str]:
    """
    The names in the first element that is marked as the author's and names a person; else in the first "By ..." line.
    """
    article = above_heading(marks)
    for nodes in (marks.authors, marks.led):
        near = (node for node in nodes if not is_apart(node.getparent(), article))
        for node in islice(near, MAX_CANDIDATES):
            for line in _lines(node):
                if people := people_in(line, is_marked=_is_own(node)):
                    return people
    return []


def _is_own(node: HtmlElement) -> bool:
    if node.tag == "a" and is_profile(node):
        return True
    return node.tag in {"a", "span", "address", "p", "cite"} and not _OWN_MARKS.isdisjoint(
        (node.get("class") or "").lower().split()
    )


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
