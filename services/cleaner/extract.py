"""
The main content of a page: from its tree to paragraphs.

A classifier of text blocks finds it, and trafilatura where the classifier is not sure. Here is what the library must
not do (keep state between pages, look at the clock), what neither sees (text that is hidden from readers), and how the
library's result becomes paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from bs4 import BeautifulSoup
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura import bare_extraction
from trafilatura.external import jt_stoplist_init
from trafilatura.settings import Document, Extractor

from schemas.parts import Removal
from services.cleaner.assembly import judge_page
from services.cleaner.boilerplate import Rules, removal
from services.cleaner.classifier import load_model
from services.cleaner.lines import tidy

MAX_HIDDEN_CHARS = 300
"""A hidden element with more text than this is content that a script shows."""

MIN_SURETY = 850
"""Permille of the text that the classifier expects to have got right, below which the library is asked."""

MAX_DEPTH = 200
"""Elements nested deeper than this hold no text for people."""

_BLOCKS = frozenset(
    ("article", "blockquote", "body", "caption", "code", "dd", "div", "dl", "dt", "figcaption", "h1", "h2", "h3", "h4",
     "h5", "h6", "head", "html", "item", "li", "list", "main", "ol", "p", "pre", "quote", "row", "section", "table",
     "tr", "ul", "address", "aside", "details", "figure", "footer", "form", "header", "hr", "nav", "summary")
)  # fmt: skip
_NO_TEXT = frozenset(("script", "style", "noscript", "template", "svg", "iframe"))
_CELLS = frozenset(("cell", "td", "th"))
_HIDDEN = etree.XPath(
    "//body//*[@hidden or @aria-hidden = 'true'"
    " or (@style and (contains(translate(@style, ' ', ''), 'display:none')"
    "  or contains(translate(@style, ' ', ''), 'visibility:hidden')))"
    " or (@class and (contains(@class, 'visually-hidden') or contains(@class, 'visuallyhidden')"
    "  or contains(@class, 'sr-only') or contains(@class, 'screen-reader')))]"
)
_IN_PAGE_LINKS = etree.XPath("//body//a[starts-with(@href, '#')] | //body//button")
_FAULTY_ROOT = re.compile(r"(<html[^>]*?)\s*/>", re.IGNORECASE)
_FAULTY_DOCTYPE = re.compile(r"^\s*<\s?!\s?DOCTYPE[^>]*/[^<>]*>", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?:…。！？؟]['\"”’»)]*$")


def parse_html(text: str) -> HtmlElement | None:
    """
    Parse a page, once, as leniently as browsers do; None where there is no element in it.
    """
    text = _FAULTY_ROOT.sub(r"\1>", _FAULTY_DOCTYPE.sub("", text, count=1), count=1)
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        return document_fromstring(text.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def drop_unseen(tree: HtmlElement, rules: Rules) -> list[Removal]:
    """
    Take out of the tree what is hidden from readers, and links within the page that are boilerplate: in the text they
    could no longer be told from a sentence's own words.
    """
    removed = []
    for node in _HIDDEN(tree):
        text = _text(node)
        if node.tag not in {"body", "html"} and len(text) <= MAX_HIDDEN_CHARS and node.getparent() is not None:
            if text and (rule := rules.match(text)):
                removed.append(removal(rule, text))
            node.drop_tree()
    for node in _IN_PAGE_LINKS(tree):
        text = _text(node)
        rule = rules.match(text) if text else None
        if rule and node.getparent() is not None and not _is_amid_text(node):
            removed.append(removal(rule, text))
            node.drop_tree()
    return removed


def main_content(tree: HtmlElement) -> list[str]:
    """
    The paragraphs, subheadings, lists, quotes and tables of the article on a page.

    The block classifier finds them; where it is not sure, which it tells itself, the library does.
    """
    judged = judge_page(tree, load_model())
    if judged.surety >= MIN_SURETY:
        return list(judged.paragraphs)
    return by_library(tree) or list(judged.paragraphs)


def by_library(tree: HtmlElement) -> list[str]:
    """
    The same by trafilatura.

    Precision and recall modes of the library were measured and are no better on the whole than its balance of both.
    """
    document = bare_extraction(tree, options=_options())
    if not isinstance(document, Document):
        return []
    found = list(_paragraphs(document.body))
    return _split_again(found[0], tree) if len(found) == 1 else found


def load_stop_words() -> None:
    """
    Load what the first pages would have to wait for: the library's words, which take a second, and the weights.
    """
    load_model()
    jt_stoplist_init()


def fragment_text(fragment: str) -> list[str]:
    """
    The paragraphs of a piece of HTML, or of a text, such as feeds and JSON-LD hold.
    """
    if "<" not in fragment and "&" not in fragment:
        blocks = re.split(r"\n\s*\n|\n", fragment)
    else:
        soup = BeautifulSoup(fragment, "lxml")
        for node in soup(["script", "style", "noscript", "iframe", "figure"]):
            node.decompose()
        for node in soup(["p", "div", "br", "li", "h1", "h2", "h3", "h4", "blockquote", "tr", "ul", "ol"]):
            node.insert_before("\n")
            node.insert_after("\n")
        blocks = soup.get_text().split("\n")
    return [paragraph for paragraph in map(tidy, blocks) if paragraph]


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
        comments=False,
        formatting=False,
        links=False,
        images=False,
        tables=True,
        dedup=False,
        date_params={"max_date": "2100-01-01"},
    )


def _text(node: HtmlElement) -> str:
    return tidy("".join(node.itertext()))


def _is_amid_text(node: HtmlElement) -> bool:
    """
    Does a sentence go on before or after this link?
    """
    before = node.getprevious()
    lead = (before.tail if before is not None else node.getparent().text) or ""
    tail = node.tail or ""
    return bool(re.match(r"\s*[\w,;]", tail) or (lead.strip() and not _SENTENCE_END.search(lead.strip())))


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
    lines = block.split("\x02")
    joined = lines[0]
    for line in lines[1:]:
        is_end = not joined.strip() or _SENTENCE_END.search(joined.rstrip())
        joined += ("\x01" if is_end else " ") + line
    return joined


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
