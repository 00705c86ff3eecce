"""
From a page's text to its tree, without what readers cannot see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from services.cleaner.boilerplate.rules import Rules
from services.cleaner.document import Cut
from services.cleaner.lines import SENTENCE_OR_COLON_END, tidy
from services.cleaner.page.survey import Survey

MAX_HIDDEN_CHARS = 300
"""A hidden element with more text than this is content that a script shows."""

MAX_START_BYTES = 10_000
"""Of a page, within which it says that it is HTML."""

MAX_TOLD = 20
MAX_TOLD_CHARS = 80
"""Hidden texts that are told of: a page has hundreds for screen readers, and to name the rule for each takes longer
than to find them."""

_PLAIN = etree.ElementDefaultClassLookup(element=HtmlElement)
"""One class for all elements: to ask for each whether it is a form's takes half of the time of a walk."""

_FAULTY_ROOT = re.compile(rb"(<html[^>]*?)\s*/>", re.IGNORECASE)
_FAULTY_DOCTYPE = re.compile(rb"^\s*<\s?!\s?DOCTYPE[^>]*/[^<>]*>", re.IGNORECASE)


def parse_html(text: str | bytes) -> HtmlElement | None:
    """
    Parse a page, in UTF-8 where it is bytes, once, as leniently as browsers do; None where there is no element in it.
    """
    page = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    start = page[:MAX_START_BYTES]
    mended = _FAULTY_ROOT.sub(rb"\1>", _FAULTY_DOCTYPE.sub(b"", start, count=1), count=1)
    if mended != start:
        page = mended + page[MAX_START_BYTES:]
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    parser.set_element_class_lookup(_PLAIN)
    try:
        return document_fromstring(page, parser=parser, ensure_head_body=True)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def drop_unseen(tree: HtmlElement, marks: Survey, rules: Rules) -> list[Cut]:
    """
    Take out of the tree what is hidden from readers, and links within the page that are boilerplate: in the text they
    could no longer be told from a sentence's own words.
    """
    texts = [text for text in dict.fromkeys(_drop_hidden(marks.hidden)) if 0 < len(text) <= MAX_TOLD_CHARS]
    removed = [Cut(rule, text) for text in texts[:MAX_TOLD] if (rule := rules.match(text))]
    for node in marks.in_page:
        text = _text(node)
        if not text or node.getparent() is None or not (rule := rules.match(text)):
            continue
        if not _is_amid_text(node) and _is_within(node, tree):
            removed.append(Cut(rule, text))
            _drop(node)
    return removed


def _drop_hidden(hidden: Iterable[HtmlElement]) -> list[str]:
    """
    Take out what is hidden, and return its texts.
    """
    dropped = []
    for node in hidden:
        text = _text(node)
        if node.tag not in {"body", "html"} and len(text) <= MAX_HIDDEN_CHARS and node.getparent() is not None:
            dropped.append(text)
            _drop(node)
    return dropped


def _drop(node: HtmlElement) -> None:
    """
    Take an element out, and leave the text behind it. That text may hold control characters, which lxml reads and does
    not write: then the element stays where it is, empty.
    """
    try:
        node.drop_tree()
    except ValueError:
        del node[:]
        node.text = None


def _is_within(node: HtmlElement, tree: HtmlElement) -> bool:
    return any(above is tree for above in node.iterancestors())


def _text(node: HtmlElement) -> str:
    return tidy("".join(node.itertext()))


def _is_amid_text(node: HtmlElement) -> bool:
    """
    Does a sentence go on before or after this link?
    """
    before = node.getprevious()
    lead = (before.tail if before is not None else node.getparent().text) or ""
    tail = node.tail or ""
    return bool(re.match(r"\s*[\w,;]", tail) or (lead.strip() and not SENTENCE_OR_COLON_END.search(lead.strip())))
