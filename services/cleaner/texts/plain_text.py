"""
An article that came as text: which line is its headline, and where its paragraphs end. Markdown is text too, and so
is what was dumped from pages of paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from services.cleaner.boilerplate.rules import Rules, strip_boilerplate
from services.cleaner.document import Body, Cut, Part, Passage, passage, passages
from services.cleaner.lines import SENTENCE_END, tidy
from services.cleaner.texts.markdown_text import is_markdown, read_markdown
from services.cleaner.texts.page_dumps import is_page_dump, read_pages

MAX_HEADLINE_CHARS = 250
MAX_STANDFIRST_CHARS = 400
LONG_LINE_CHARS = 120
"""No mail program or editor wraps later than this: a longer line is a paragraph of its own."""

WRAPPED_LINE_CHARS = 40
"""A line shorter than this before the last of its block was broken on purpose: a list, an address, a verse."""

MIN_INDENTED = 2

MAX_JUDGED_LINES = 5000
"""What is longer is no article, and each line costs."""

MAX_MARKDOWN_CHARS = 500_000

_ITEM = re.compile(r"(?:[-*•–·]|\d{1,2}[.)])\s+\S")


@dataclass(frozen=True)
class TextArticle:
    """
    The parts of a text. `headline` is None where the text begins with its first paragraph.
    """

    headline: str | None
    standfirst: str | None
    body: Body


def read_text(text: str, rules: Rules, *, content_type: str = "text/plain", base: str = "") -> TextArticle:
    """
    Read a text: boilerplate lines go first, the first line that is left is the headline, and what follows are
    paragraphs.

    Args:
        text: As it came.
        rules: What to remove.
        content_type: As stated.
        base: URL that the links of Markdown are relative to.
    """
    if len(text) <= MAX_MARKDOWN_CHARS and is_markdown(text, content_type):
        title, marked = read_markdown(text, base)
        body = strip_boilerplate(marked, rules)
        return TextArticle(title, None, body) if title else _with_headline(body)
    lines: Iterable[str | Cut] = read_pages(text) if is_page_dump(text) else text.splitlines()
    return _with_headline(tuple(_parts(lines, rules)))


def _with_headline(body: Body) -> TextArticle:
    found = list(passages(body))
    if not _is_headline(found):
        return TextArticle(None, None, body)
    headline, rest = found[0], found[1:]
    left = tuple(part for part in body if part is not headline)
    standfirst = rest[0].text if _is_standfirst(rest) else None
    return TextArticle(headline.text.replace("\n", " "), standfirst, left)


def _parts(lines: Iterable[str | Cut], rules: Rules) -> Iterator[Part]:
    """
    Paragraphs, apart by empty lines; hard-wrapped lines are joined.
    """
    block: list[str] = []
    held: list[Cut] = []
    for number, line in enumerate(lines):
        if isinstance(line, Cut):
            held.append(line)
            continue
        clean = tidy(line)
        is_judged = clean and number < MAX_JUDGED_LINES and not _goes_on(block)
        rule = rules.match(clean) if is_judged else None
        if clean and not rule:
            block.append(line)
            continue
        yield from map(passage, _paragraphs(block))
        yield from held
        block, held = [], []
        if rule:
            yield Cut(rule, clean)
    yield from map(passage, _paragraphs(block))
    yield from held


def _goes_on(block: list[str]) -> bool:
    """
    Is the next line the rest of a sentence that was wrapped?
    """
    last = tidy(block[-1]) if block else ""
    return len(last) >= WRAPPED_LINE_CHARS and not SENTENCE_END.search(last)


def _paragraphs(block: list[str]) -> list[str]:
    return [text for part in _by_indent(block) for text in _joined([tidy(line) for line in part])]


def _by_indent(block: list[str]) -> list[list[str]]:
    """
    Where some lines are indented and some are not, each that is begins a paragraph; an item of a list does not.
    """
    indented = [at for at, line in enumerate(block) if line[:1].isspace() and not _ITEM.match(line.strip())]
    if len(indented) < MIN_INDENTED or len(indented) * 2 > len(block):
        return [block] if block else []
    starts = sorted({0, *indented, len(block)})
    return [block[start:end] for start, end in pairwise(starts)]


def _joined(lines: list[str]) -> list[str]:
    if len(lines) < 2 or any(len(line) > LONG_LINE_CHARS for line in lines):
        return lines
    joined = lines[0]
    for before, line in pairwise(lines):
        is_wrapped = len(before) >= WRAPPED_LINE_CHARS and not _ITEM.match(line)
        joined += (" " if is_wrapped else "\n") + line
    return [joined]


def _is_headline(found: list[Passage]) -> bool:
    if len(found) < 2 or len(found[0].text) > MAX_HEADLINE_CHARS:
        return False
    first = found[0]
    if first.kind not in {"paragraph", "heading"}:
        return False
    return first.kind == "heading" or not SENTENCE_END.search(first.text) or len(first.text) < len(found[1].text)


def _is_standfirst(rest: list[Passage]) -> bool:
    if len(rest) < 2 or rest[0].kind != "paragraph":
        return False
    return len(rest[0].text) <= MAX_STANDFIRST_CHARS < sum(len(part.text) for part in rest[1:])
