"""
What a page says about itself for machines (title, description, JSON-LD body), found again in its blocks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from lxml.html import HtmlElement

from services.cleaner.body.blocks import Block
from services.cleaner.body.layout import Ints
from services.cleaner.lines import tidy

STATED_NAMES = ("is_title", "is_description", "in_body")

MAX_COMPARED_CHARS = 400
"""Longer blocks are no title and no description."""

MIN_TITLE_CHARS = 8
MIN_DESCRIPTION_CHARS = 20
MIN_STATED_CHARS = 200
"""A shorter `articleBody` in JSON-LD is a summary."""

_WORDS = re.compile(r"\w+")
_ASCII_MARKS = bytes(code for code in range(128) if not _WORDS.match(chr(code)))
_MARKUP = re.compile(r"<[^>]{0,200}>")
_STATED = re.compile(r'"articleBody"\s*:\s*("(?:[^"\\]|\\.)*")')
_QUOTES = (("‘", "'"), ("’", "'"), ("´", "'"), ("“", '"'), ("”", '"'))
_EDGES = " \t\n\r\xa0.,;:!?…|-–—'\"“”„«»‘’()[]"


@dataclass(frozen=True)
class _Stated:
    title: str
    description: str
    body: str


def stated_columns(tree: HtmlElement, blocks: Sequence[Block]) -> Ints:
    """
    Is a block the title (2), or part of it (1)? The description? Is it in the stated body (1; -1 where none is)?
    """
    stated = _read_stated(tree)
    texts = [block.text for block in blocks]
    short = [_compared(text) if MIN_TITLE_CHARS < len(text) < MAX_COMPARED_CHARS else "" for text in texts]
    bodies = [_squeeze(text) in stated.body for text in texts] if stated.body else [-1] * len(texts)
    return np.array([_titles(short, stated.title), _descriptions(texts, short, stated.description), bodies])


def _titles(texts: Sequence[str], title: str) -> list[int]:
    if not title:
        return [0] * len(texts)
    return [1 + (text == title) if text and (text in title or title in text) else 0 for text in texts]


def _descriptions(texts: Sequence[str], short: Sequence[str], description: str) -> list[int]:
    if not description:
        return [0] * len(texts)
    start = description[:80]
    found: list[int] = []
    for text, compared in zip(texts, short, strict=True):
        begun = compared if len(text) < MAX_COMPARED_CHARS else text[:MAX_COMPARED_CHARS].casefold()
        is_like = len(text) > MIN_DESCRIPTION_CHARS and begun and (begun in description or begun[:80] == start)
        found.append(1 + (begun == description) if is_like else 0)
    return found


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
    if text.isascii():
        return text.lower().encode().translate(None, _ASCII_MARKS).decode()
    return "".join(_WORDS.findall(text.casefold()))


def _compared(text: str) -> str:
    if not text.isascii():
        for quote, plain in _QUOTES:
            text = text.replace(quote, plain)
    return text.casefold().strip(_EDGES)
