"""
Subheadings of one word: as markup they stand in the article, as words they might stand in a menu.
"""

from __future__ import annotations

from lxml.html import HtmlElement

from services.cleaner.lines import fold

MIN_PROSE_CHARS = 60
"""A paragraph that has at least so many is prose: a menu's or a list's entries are shorter."""


def short_subheadings(tree: HtmlElement) -> frozenset[str]:
    """
    The folded texts of one-word headings that stand between two paragraphs of prose.
    """
    found = set()
    for node in tree.iter("h2", "h3", "h4"):
        before, after = node.getprevious(), node.getnext()
        if before is None or after is None or not before.tag == after.tag == "p":
            continue
        text = _text(node)
        if text and len(text.split()) == 1 and min(len(_text(before)), len(_text(after))) >= MIN_PROSE_CHARS:
            found.add(fold(text))
    return frozenset(found)


def _text(node: HtmlElement) -> str:
    return "".join(node.itertext()).strip()
