"""
An article that came as plain text: which line is its headline, and where its paragraphs end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from services.cleaner.boilerplate import Rules
from services.cleaner.document import Body, Cut, passage
from services.cleaner.lines import tidy

MAX_HEADLINE_CHARS = 250
MAX_STANDFIRST_CHARS = 400
LONG_LINE_CHARS = 120
"""No mail program or editor wraps later than this: a longer line is a paragraph of its own."""

WRAPPED_LINE_CHARS = 40
"""A line shorter than this before the last of its block was broken on purpose: a list, an address, a verse."""

_ITEM = re.compile(r"(?:[-*•–·]|\d{1,2}[.)])\s+\S")
_SENTENCE_END = re.compile(r"[.!?…。！？؟]['\"”’»)]*$")


@dataclass(frozen=True)
class TextArticle:
    """
    The parts of a plain text. `headline` is None where the text begins with its first paragraph.
    """

    headline: str | None
    standfirst: str | None
    body: Body


def read_plain_text(text: str, rules: Rules) -> TextArticle:
    """
    Read a plain text: boilerplate lines go first, the first line that is left is the headline, and what follows are
    paragraphs, apart by empty lines. Hard-wrapped lines are joined.
    """
    removed: list[Cut] = []
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        clean = tidy(line)
        rule = rules.match(clean) if clean and not _goes_on(blocks[-1]) else None
        if rule:
            removed.append(Cut(rule, clean))
        if clean and not rule:
            blocks[-1].append(clean)
        else:
            blocks.append([])
    paragraphs = [paragraph for block in blocks for paragraph in _paragraphs(block)]
    headline = paragraphs.pop(0) if _is_headline(paragraphs) else None
    standfirst = paragraphs[0] if headline and _is_standfirst(paragraphs) else None
    body: Body = (*removed, *(passage(paragraph) for paragraph in paragraphs))
    return TextArticle(headline and headline.replace("\n", " "), standfirst, body)


def _goes_on(block: list[str]) -> bool:
    """
    Is the next line the rest of a sentence that was wrapped?
    """
    return bool(block) and len(block[-1]) >= WRAPPED_LINE_CHARS and not _SENTENCE_END.search(block[-1])


def _paragraphs(block: list[str]) -> list[str]:
    if len(block) < 2:
        return block
    if any(len(line) > LONG_LINE_CHARS for line in block):
        return block
    joined = block[0]
    for before, line in pairwise(block):
        is_wrapped = len(before) >= WRAPPED_LINE_CHARS and not _ITEM.match(line)
        joined += (" " if is_wrapped else "\n") + line
    return [joined]


def _is_headline(paragraphs: list[str]) -> bool:
    if not paragraphs or len(paragraphs[0]) > MAX_HEADLINE_CHARS:
        return False
    return len(paragraphs) > 1 and (not _SENTENCE_END.search(paragraphs[0]) or len(paragraphs[0]) < len(paragraphs[1]))


def _is_standfirst(paragraphs: list[str]) -> bool:
    return len(paragraphs) > 1 and len(paragraphs[0]) <= MAX_STANDFIRST_CHARS < len("".join(paragraphs[1:]))
