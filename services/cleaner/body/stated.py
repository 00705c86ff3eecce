"""
What a page says about itself for machines (title, description, JSON-LD body), found again in its blocks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from services.cleaner.body.blocks import Block
from services.cleaner.body.layout import Ints, ints
from services.cleaner.lines import tidy

STATED_NAMES = ("is_title", "is_description", "in_body")

MAX_COMPARED_CHARS = 400
"""Longer blocks are no title and no description."""

MIN_TITLE_CHARS = 8
MIN_DESCRIPTION_CHARS = 20
MIN_STATED_CHARS = 200
"""A shorter `articleBody` in JSON-LD is a summary."""

_WORDS = re.compile(r"\w+")
_MARKUP = re.compile(r"<[^>]{0,200}>")
_STATED = re.compile(r'"articleBody"\s*:\s*("(?:[^"\\]|\\.)*")')
_QUOTES = (("‘", "'"), ("’", "'"), ("´", "'"), ("“", '"'), ("”", '"'))
_EDGES = " \t\n\r\xa0.,;:!?…|-–—'\"“”„«»‘’()[]"


@dataclass(frozen=True)
class _Stated:
    title: str
    description: str
    body: str


def stated_columns(tree: HtmlElement, blocks: Sequence[Block]) -> list[Ints]:
    """
    Is a block the title (2), or part of it (1)? The description? Is it in the stated body (1; -1 where none is)?
    """
    stated = _read_stated(tree)
    titles, descriptions = [], []
    for block in blocks:
        text = block.text
        size = len(text)
        if MIN_TITLE_CHARS < size < MAX_COMPARED_CHARS:
            text = _compared(text)
            titles.append(_is_title(text, stated.title))
        else:
            titles.append(0)
            text = text[:MAX_COMPARED_CHARS].casefold() if size > MIN_DESCRIPTION_CHARS else ""
        descriptions.append(_is_description(text, stated.description) if size > MIN_DESCRIPTION_CHARS else 0)
    bodies = [int(_squeeze(block.text) in stated.body) for block in blocks] if stated.body else [-1] * len(blocks)
    return [ints(titles), ints(descriptions), ints(bodies)]


def _is_title(text: str, title: str) -> int:
    if title and text and (text in title or title in text):
        return 2 if text == title else 1
    return 0


def _is_description(text: str, description: str) -> int:
    if not description or not text:
        return 0
    if text == description:
        return 2
    return int(text in description or text[:80] == description[:80])


def _read_stated(tree: HtmlElement) -> _Stated:
    title = description = body = ""
    for node in tree.iter("meta"):
        if title and description:
            break
        name = (node.get("property") or node.get("name") or "").lower()
        if name == "og:title":
            title = title or node.get("content") or ""
        elif name in {"og:description", "description"}:
            description = description or node.get("content") or ""
    title = title or next((node.text or "" for node in tree.iter("title")), "")
    for node in tree.iter("script"):
        text = (node.text or "") if "ld+json" in (node.get("type") or "") else ""
        match = _STATED.search(text) if '"articleBody"' in text else None
        if match:
            body = _unquoted(match.group(1))
    body = _squeeze(_MARKUP.sub(" ", body)) if body else ""
    return _Stated(_compared(tidy(title)), _compared(tidy(description)), body if len(body) > MIN_STATED_CHARS else "")


def _unquoted(value: str) -> str:
    try:
        return str(json.loads(value, strict=False))
    except ValueError:
        return ""


def _squeeze(text: str) -> str:
    return "".join(_WORDS.findall(text.casefold()))


def _compared(text: str) -> str:
    if not text.isascii():
        for quote, plain in _QUOTES:
            text = text.replace(quote, plain)
    return text.casefold().strip(_EDGES)
