"""
The main content of a page by trafilatura, for pages that the classifier is not sure of.

Here is what the library must not do (keep state between pages, look at the clock), and how its result becomes
passages: those of the page, links and all, wherever their texts are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.external import jt_stoplist_init
from trafilatura.settings import Document, Extractor

from services.cleaner.body.assembly import Judged, body_of
from services.cleaner.body.blocks import MAX_DEPTH
from services.cleaner.document import CELL_BORDER, Body, Part, Passage, Picture, passage
from services.cleaner.lines import MAX_END_CHARS, SENTENCE_OR_COLON_END, tidy

MAX_ELEMENTS, MAX_CELLS = 3_000, 1_500
"""
The library's time grows faster than the page; what is larger is left to the classifier, which is as good at it. Of 300
pages of articles 99 in 100 had fewer elements, and the largest had 290 cells.
"""

_BLOCKS = frozenset(
    ("article", "blockquote", "body", "caption", "code", "dd", "div", "dl", "dt", "figcaption", "h1", "h2", "h3", "h4",
     "h5", "h6", "head", "html", "item", "li", "list", "main", "ol", "p", "pre", "quote", "row", "section", "table",
     "tr", "ul", "address", "aside", "details", "figure", "footer", "form", "header", "hr", "nav", "summary")
)  # fmt: skip
_NO_TEXT = frozenset(("script", "style", "noscript", "template", "svg", "iframe"))
_CELLS = frozenset(("cell", "td", "th"))


def by_library(tree: HtmlElement, judged: Judged, base: str) -> Body:
    """
    The article on a page, as the library finds it.

    Its precision and recall modes were measured, and are no better on the whole than its balance of both. Nor is it
    better, on the pages that come here, for comparing itself with other libraries; that takes half of its time.

    Args:
        tree: The page; the library works on a copy.
        judged: Its blocks.
        base: URL that its links are relative to.
    """
    paragraphs = _found(tree)
    pieces = {piece for text in paragraphs for line in text.split("\n") for piece in (line, *line.split(CELL_BORDER))}
    taken = [any(line in pieces for line in block.text.split("\n")) for block in judged.blocks]
    return _dressed(paragraphs, body_of(replace(judged, taken=taken), base))


def load_library() -> None:
    """
    Load the library's stop words, which take a second.
    """
    jt_stoplist_init()


def _found(tree: HtmlElement) -> list[str]:
    cells = list(tree.iter("td", "th"))
    if len(cells) > MAX_CELLS or sum(1 for _ in tree.iter()) > MAX_ELEMENTS:
        return []
    for cell in cells:  # it makes room for as many columns as a cell says it spans
        cell.attrib.pop("colspan", None)
        cell.attrib.pop("rowspan", None)
    document = bare_extraction(tree, options=_options())
    if not isinstance(document, Document):
        return []
    found = list(_paragraphs(document.body))
    return _split_again(found[0], tree) if len(found) == 1 else found


def _dressed(paragraphs: list[str], page: Body) -> Body:
    """
    Texts as the page sets them, each with the pictures that stand before it.
    """
    looks: dict[str, list[Part]] = {}
    pictures: list[Part] = []
    for part in page:
        if isinstance(part, Picture):
            pictures.append(part)
        elif isinstance(part, Passage):
            looks.setdefault(part.text, [*pictures, part])
            pictures = []
    body: list[Part] = []
    for text in paragraphs:
        body += looks.pop(text, [passage(text)])
    return tuple(body)


def _split_again(whole: str, tree: HtmlElement) -> list[str]:
    """
    On short pages the library takes all text of an element as one paragraph. Find the element, and its paragraphs.
    """
    length = _squeezed(whole)
    for node in tree.iter("article", "main", "body"):
        paragraphs = list(_paragraphs(node))
        if 0.9 * _squeezed("".join(paragraphs)) <= length <= 1.1 * _squeezed("".join(paragraphs)):
            return paragraphs
    return [whole]


def _squeezed(text: str) -> int:
    return len("".join(text.split()))


@cache
def _options() -> Extractor:
    # Given date parameters keep the library from reading the clock; without deduplication it keeps no state.
    return Extractor(
        output_format="xml",
        fast=True,
        comments=False,
        formatting=False,
        links=False,
        images=False,
        tables=True,
        dedup=False,
        date_params={"max_date": "2100-01-01"},
    )


def _paragraphs(body: Any) -> Iterator[str]:
    """
    Turn the library's result into paragraphs: a list, and a table, is one paragraph of several lines.
    """
    pieces: list[str] = []
    _collect(body, pieces, depth=0)
    for block in "".join(pieces).split("\0"):
        lines = [line for line in (tidy(line).strip(" |") for line in _join_breaks(block).split("\x01")) if line]
        if lines:
            yield "\n".join(lines)


def _join_breaks(block: str) -> str:
    """
    A line break inside a sentence was made for looks.
    """
    first, *others = block.split("\x02")
    joined, last = [first], first.rstrip()
    for line in others:
        is_end = not last or SENTENCE_OR_COLON_END.search(last[-MAX_END_CHARS:])
        joined += ["\x01" if is_end else " ", line]
        last = line.rstrip() or last
    return "".join(joined)


def _collect(node: Any, pieces: list[str], depth: int) -> None:
    """
    Write a node's text; NUL ends a paragraph, 0x01 a line, 0x02 stands for a line break in the page.
    """
    if depth > MAX_DEPTH or node.tag in _NO_TEXT:
        return
    mark = _mark(node)
    pieces.append(mark)
    pieces.append((node.text or "").replace("\n", " "))
    for child in node:
        _collect(child, pieces, depth + 1)
        pieces.append((child.tail or "").replace("\n", " "))
    pieces.append(_end_mark(node, mark))


def _end_mark(node: Any, mark: str) -> str:
    if node.tag not in _CELLS:
        return mark
    if _is_layout(node):
        return "\0"
    return " | " if node.getnext() is not None else ""


def _mark(node: Any) -> str:
    if node.tag in {"item", "row", "li", "tr"}:
        return "\x01"
    if node.tag in {"lb", "br"}:
        return "\x02"
    if node.tag in _CELLS:
        return "\0" if _is_layout(node) else ""
    parent = node.getparent()
    is_inside = parent is not None and (
        parent.tag in {"item", "li"} or (parent.tag in _CELLS and not _is_layout(parent))
    )
    return ("\x01" if is_inside else "\0") if node.tag in _BLOCKS else ""


def _is_layout(cell: Any) -> bool:
    """
    Does a table's cell hold paragraphs? Then the table was made for looks.
    """
    return sum(child.tag in _BLOCKS for child in cell) > 1
