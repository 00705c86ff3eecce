"""
The main content of a page, or of a piece of HTML such as feeds and JSON-LD hold: from a tree to passages.

A classifier of text blocks finds it, and a library where the classifier is not sure, which it tells itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bs4 import BeautifulSoup
from lxml.html import HtmlElement

from services.cleaner.body.assembly import Judged, body_of, judge_page
from services.cleaner.body.blocks import TAG_IDS, Block, Frame, read_page
from services.cleaner.body.classifier import load_model
from services.cleaner.body.layout import add_up
from services.cleaner.body.library import by_library, load_library
from services.cleaner.document import Body, Part, Passage, passage
from services.cleaner.lines import tidy
from services.cleaner.page.parsing import parse_html

MIN_SURETY = 800
"""Permille of the text that the classifier expects to have got right, below which the library is asked."""


@dataclass(frozen=True)
class Found:
    """
    The article on a page.

    Attributes:
        body: Its passages and pictures; empty where there is none.
        surety: 0 to 1, how much of it the classifier expects to have got right.
        is_library: Was the library asked?
        judged: All blocks of the page, and what the classifier says of them.
    """

    body: Body
    surety: float
    is_library: bool
    judged: Judged


def main_content(tree: HtmlElement, base: str = "") -> Found:
    """
    The paragraphs, subheadings, lists, quotes, tables and images of the article on a page.

    Args:
        tree: The page; it may be changed.
        base: URL that its links are relative to.
    """
    return found_in(tree, judge_page(tree, load_model()), base)


def found_in(tree: HtmlElement, judged: Judged, base: str) -> Found:
    """
    The same of a page whose blocks are judged.
    """
    surety = min(judged.surety, 1000) / 1000
    if judged.surety < MIN_SURETY and (body := by_library(tree, judged, base)):
        return Found(body, surety, is_library=True, judged=judged)
    return Found(body_of(judged, base), surety, is_library=False, judged=judged)


def load_models() -> None:
    """
    Load what the first pages would have to wait for.
    """
    load_model()
    load_library()


def fragment_body(fragment: str, base: str = "") -> Body:
    """
    All of a piece of HTML, or of a text, as passages; figures are left out.
    """
    if "<" not in fragment and "&" not in fragment:
        return tuple(passage(text) for text in map(tidy, fragment.split("\n")) if text)
    tree = parse_html(f"<html><body>{fragment}</body></html>")
    if tree is None:
        return ()
    blocks, media = read_page(tree)
    add_up(blocks)
    taken = [not _is_in_figure(block) for block in blocks]
    body = body_of(Judged(blocks, media, [1000] * len(blocks), taken, 1000), base)
    return tuple(piece for part in body for piece in _lines_apart(part))


def fragment_text(fragment: str) -> list[str]:
    """
    The lines of a snippet, such as a summary: without structure, and without what is no text.
    """
    soup = BeautifulSoup(fragment, "lxml")
    for node in soup(["script", "style", "noscript", "iframe", "figure"]):
        node.decompose()
    for node in soup(["p", "div", "br", "li", "h1", "h2", "h3", "h4", "blockquote", "tr", "ul", "ol"]):
        # Inside: to find its place among its siblings takes a look at each of them.
        node.insert(0, "\n")
        node.append("\n")
    return [line for line in map(tidy, soup.get_text().split("\n")) if line]


def _lines_apart(part: Part) -> Body:
    """
    In a fragment each line of a paragraph is a paragraph.
    """
    if not isinstance(part, Passage) or part.kind != "paragraph":
        return (part,)
    return tuple(replace(part, lines=(line,)) for line in part.lines)


def _is_in_figure(block: Block) -> bool:
    here: Frame | None = block.frame
    while here is not None:
        if here.tag == TAG_IDS["figure"]:
            return True
        here = here.parent
    return False
