"""
Texts that were dumped from pages of paper, as PDF converters write them: running heads, page numbers, hyphens.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from services.cleaner.document import Cut
from services.cleaner.lines import SENTENCE_END, fold, tidy

MIN_PAGES = 3
"""A line is a running head where it stands at the edge of so many pages."""

EDGE_LINES = 3
MAX_HEAD_CHARS = 120
MIN_NUMBERS = 2

PAGE_HEAD, PAGE_NUMBER = "page-head", "page-number"

_NUMBER = re.compile(
    r"[\W_]*(?:(?:page|seite|pagina|página|pág|pag|стр|страница|sida|side|strona|sayfa|oldal|第)\.?\s*)?(\d{1,4})"
    r"(?:\s*(?:of|von|de|di|sur|/|из|av|z|van|页|頁|ページ)\s*\d{1,4})?\s*(?:页|頁|ページ)?[\W_]*",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad]\s*\n\s*(?=[^\W\d_])")


def is_page_dump(text: str) -> bool:
    """
    Does a text have page breaks, or page numbers that count up on lines of their own?
    """
    return "\f" in text or len(_numbers(text.splitlines())) >= MIN_PAGES


def read_pages(text: str) -> Iterator[str | Cut]:
    """
    The lines of a dump without running heads and page numbers, whose marks stand in their places; words that were
    divided at the end of a line are whole again, and a paragraph goes on over the end of a page.
    """
    pages = [page.splitlines() for page in _whole_words(text).split("\f")]
    numbers = _numbers([line for page in pages for line in page])
    heads = _heads(pages)
    for page in pages:
        edges = _edges(page)
        yield from _trimmed([_read(line, at in edges, heads, numbers) for at, line in enumerate(page)])


def _read(line: str, is_edge: bool, heads: frozenset[str], numbers: frozenset[str]) -> str | Cut:
    clean = tidy(line)
    if clean and clean in numbers:
        return Cut(PAGE_NUMBER, clean)
    if clean and is_edge and _shape(clean) in heads:
        return Cut(PAGE_HEAD, clean)
    return line.rstrip()


def _trimmed(page: Sequence[str | Cut]) -> Iterator[str | Cut]:
    """
    A page without the empty lines at its edges; one is left at its end if a sentence ends there.
    """
    filled = [at for at, line in enumerate(page) if isinstance(line, str) and line]
    first, last = (filled[0], filled[-1]) if filled else (len(page), -1)
    for at, line in enumerate(page):
        if isinstance(line, Cut) or first <= at <= last:
            yield line
        if at == last and isinstance(line, str) and SENTENCE_END.search(line):
            yield ""


def _whole_words(text: str) -> str:
    """
    A divided word goes on in small letters.
    """

    def join(match: re.Match[str]) -> str:
        return "" if text[match.end()].islower() else match[0]

    return _HYPHEN.sub(join, text)


def _numbers(lines: Sequence[str]) -> frozenset[str]:
    """
    Lines that are nothing but the number of a page, and count up.
    """
    found = [(int(match[1]), tidy(line)) for line in lines if (match := _NUMBER.fullmatch(line.strip()))]
    counted = {
        text for (before, first), (after, second) in pairwise(found) if after == before + 1 for text in (first, second)
    }
    return frozenset(counted) if len(counted) >= MIN_NUMBERS else frozenset()


def _heads(pages: Sequence[Sequence[str]]) -> frozenset[str]:
    """
    The shapes of lines that stand at the edges of many pages.
    """
    seen: Counter[str] = Counter()
    for page in pages:
        lines = (page[at].strip() for at in _edges(page))
        seen.update({_shape(line) for line in lines if len(line) <= MAX_HEAD_CHARS and not SENTENCE_END.search(line)})
    return frozenset(shape for shape, pages_with in seen.items() if shape and pages_with >= MIN_PAGES)


def _edges(page: Sequence[str]) -> frozenset[int]:
    """
    The numbers of the first and the last lines of a page that are not empty.
    """
    filled = [at for at, line in enumerate(page) if line.strip()]
    return frozenset(filled[:EDGE_LINES] + filled[-EDGE_LINES:])


def _shape(line: str) -> str:
    return _DIGITS.sub("#", fold(line))
