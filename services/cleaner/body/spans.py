"""
The links and the emphasis of a block, placed in its tidy text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from services.cleaner.body.blocks import BREAK, Block, Style
from services.cleaner.document import Span, Text
from services.cleaner.lines import tidy

MAX_HREF_CHARS = 2000

_UNWRITTEN = re.compile(r"[\x00-\x1f\x7f]")
"""Browsers take line breaks and tabs out of an address; the other control characters belong in none."""

_WHOLE = re.compile(r"https?://[a-z0-9.-]+(?:/[^\s\\]*)?", re.IGNORECASE | re.ASCII)
"""Most links: nothing has to be joined, and nothing can be wrong with the host."""


def lines_of(block: Block, base: str) -> list[Text]:
    """
    The lines of a block, with the links and the emphasis in them.

    Args:
        block: As read from the page.
        base: URL that its links are relative to.
    """
    lines = block.text.split("\n")
    if not block.styled:
        return [Text(line) for line in lines]
    spans = list(_merged(_spans(block, base)))
    found = []
    start = 0
    for line in lines:
        end = start + len(line)
        within = (
            Span(max(span.start, start) - start, min(span.end, end) - start, span.href, span.is_bold, span.is_italic)
            for span in spans
            if span.start < end and span.end > start
        )
        found.append(Text(line, tuple(within)))
        start = end + 1
    return found


def text_of(block: Block, base: str) -> Text:
    """
    A block as one line.
    """
    one, *more = lines_of(block, base)
    return Text(block.text.replace("\n", " ")) if more else one


def absolute(href: str | None, base: str) -> str | None:
    """
    A link's or an image's address, if it leads to the web.
    """
    if not href or len(href) > MAX_HREF_CHARS or href.startswith("#"):
        return None
    if _WHOLE.fullmatch(href):
        return href
    try:
        url = urljoin(base, _UNWRITTEN.sub("", href).strip()).replace(" ", "%20")
        return url if urlsplit(url).scheme in {"http", "https"} and urlsplit(url).hostname else None
    except ValueError:
        return None


def _spans(block: Block, base: str) -> Iterator[Span]:
    at = _Positions(block)
    for start, length, style in block.styled:
        first, last = at.of(start), at.of(start + length)
        while first < last and block.text[first].isspace():
            first += 1
        while first < last and block.text[last - 1].isspace():
            last -= 1
        if first < last:
            yield _span(first, last, style, base)


def _span(start: int, end: int, style: Style, base: str) -> Span:
    href = absolute(style.link.get("href"), base) if style.link is not None else None
    return Span(start, end, href, style.is_bold, style.is_italic)


class _Positions:
    """
    Where places in a block's raw text are in the tidy one; asked for in order, so that the text is read once.
    """

    def __init__(self, block: Block) -> None:
        self._text = block.text
        self._raw = block.raw
        self._read_to = 0
        self._size = 0
        self._is_apart = False

    def of(self, at: int) -> int:
        """
        Behind as many characters as are left of what stands before.
        """
        if at > self._read_to:
            self._read(self._raw[self._read_to : at])
            self._read_to = at
        size = self._size
        is_space = self._is_apart and 0 < size < len(self._text) and self._text[size].isspace()
        return min(size + is_space, len(self._text))

    def _read(self, piece: str) -> None:
        framed = tidy(f"x{piece.replace(BREAK, ' ')}x")[1:-1]
        inner = framed.strip()
        if inner:
            self._size += len(inner) + (self._size > 0 and (self._is_apart or framed[0] == " "))
            self._is_apart = framed[-1] == " "
        elif framed:
            self._is_apart = True


def _merged(spans: Iterator[Span]) -> Iterator[Span]:
    """
    Neighbours that are set alike become one; what is set like the rest is none.
    """
    held: Span | None = None
    for span in spans:
        if not (span.href or span.is_bold or span.is_italic):
            continue
        alike = held is not None and (held.href, held.is_bold, held.is_italic) == (
            span.href,
            span.is_bold,
            span.is_italic,
        )
        if held is not None and alike and span.start - held.end <= 1:
            held = Span(held.start, span.end, span.href, span.is_bold, span.is_italic)
            continue
        if held is not None:
            yield held
        held = span if held is None or span.start >= held.end else None
    if held is not None:
        yield held
