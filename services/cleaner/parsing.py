"""
From a page's text to its tree, without what readers cannot see.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from services.cleaner.boilerplate import Rules
from services.cleaner.document import Cut
from services.cleaner.lines import tidy

MAX_HIDDEN_CHARS = 300
"""A hidden element with more text than this is content that a script shows."""

_PLAIN = etree.ElementDefaultClassLookup(element=HtmlElement)
"""One class for all elements: to ask for each whether it is a form's takes half of the time of a walk."""

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
    parser.set_element_class_lookup(_PLAIN)
    try:
        return document_fromstring(text.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def drop_unseen(tree: HtmlElement, rules: Rules) -> list[Cut]:
    """
    Take out of the tree what is hidden from readers, and links within the page that are boilerplate: in the text they
    could no longer be told from a sentence's own words.
    """
    removed = []
    for node in _HIDDEN(tree):
        text = _text(node)
        if node.tag not in {"body", "html"} and len(text) <= MAX_HIDDEN_CHARS and node.getparent() is not None:
            if text and (rule := rules.match(text)):
                removed.append(Cut(rule, text))
            node.drop_tree()
    for node in _IN_PAGE_LINKS(tree):
        text = _text(node)
        rule = rules.match(text) if text else None
        if rule and node.getparent() is not None and not _is_amid_text(node):
            removed.append(Cut(rule, text))
            node.drop_tree()
    return removed


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
