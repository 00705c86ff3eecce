"""
A page as a row of text blocks: each run of text that a reader sees as one paragraph, heading, item or cell, in the
order of the document, with where in the tree it stands. Linear in the size of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml.html import HtmlElement

from services.cleaner.body.marks import marks_of
from services.cleaner.lines import MAX_END_CHARS, SENTENCE_OR_COLON_END, tidy

MIN_PROSE_CHARS = 60
"""A block that is shorter may be anything."""

MAX_NAME_CHARS = 300
"""Of an element's class, id and role."""

MAX_READ = 30_000
"""Blocks, behind which a page is not read on: it is a dump of something."""

MAX_DEPTH = 200
"""Elements nested deeper than this hold no text for people."""

NO_TEXT = frozenset(
    ("script", "style", "noscript", "template", "svg", "iframe", "select", "textarea", "head", "datalist", "map")
)
CONTROLS = frozenset(("button", "object", "audio", "video", "canvas"))
"""Without text for readers, unless an end tag is missing and the page goes on inside."""

INLINE = frozenset(
    ("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "center", "cite", "code", "data", "del", "dfn", "em", "font",
     "i", "img", "input", "ins", "kbd", "label", "mark", "math", "meter", "nobr", "output", "picture", "progress", "q",
     "rp", "rt", "ruby", "s", "samp", "small", "source", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
     "var", "wbr", "link", "meta", "area", "track", "param", "embed", "base")
)  # fmt: skip
BOLD = frozenset(("b", "strong"))
ITALIC = frozenset(("em", "i"))

TAGS = (
    "div", "p", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "dd", "dt", "figcaption",
    "article", "main", "section", "aside", "nav", "header", "footer", "figure", "form", "ul", "ol", "table", "body",
    "summary", "address", "caption", "details", "tr",
)  # fmt: skip
TAG_IDS = {tag: index for index, tag in enumerate(TAGS)}
OTHER_TAG = len(TAGS)

_FINAL = re.compile(r"[.!?…。！？؟।]['\"”’»)\]]*$")
_NAMING = frozenset(("class", "id", "itemprop", "role", "data-testid"))

BREAK = "\x02"
"""Stands for a line break in raw text."""

_IN_LINE, _LEFT_OUT, _LINE_BREAK, _CONTROL = range(1, 5)
_KINDS: dict[Any, int] = {
    **dict.fromkeys(INLINE, _IN_LINE),
    **dict.fromkeys(NO_TEXT, _LEFT_OUT),
    **dict.fromkeys(CONTROLS, _CONTROL),
    "br": _LINE_BREAK,
}
"""Elements that are no frames."""


@dataclass(slots=True, eq=False)
class Frame:
    """
    A block-level element on the way from the root to a block.

    Attributes:
        node: The element.
        parent: The frame around it.
        tag: Its place in `TAGS`.
        depth: Frames around it.
        marks: What it says about itself, as bits.
        look: The same number for all frames of a page with equal tags and classes all the way up.
        order: Its number on the page; what is around it has lower ones.
        start: Number of the first block in it; `end` is one past the last.
        blocks: How many those are, `chars` their characters, and `link_chars` those in links; see `places.add_up`.
    """

    node: Any
    parent: Frame | None
    tag: int
    depth: int
    marks: int
    look: int
    order: int
    start: int
    end: int = 0
    blocks: int = 0
    chars: int = 0
    link_chars: int = 0


@dataclass(slots=True, eq=False)
class Style:
    """
    How a piece of text is set: inside of which link, bold, in italics.
    """

    link: Any = None
    is_bold: bool = False
    is_italic: bool = False


PLAIN = Style()


@dataclass(slots=True, eq=False)
class Media:
    """
    An image on the page.

    Attributes:
        node: Its element.
        frame: The block-level element that holds it.
        before: Number of the block that it stands before, or in.
    """

    node: Any
    frame: Frame
    before: int


@dataclass(slots=True, eq=False)
class Block:
    """
    A run of text.

    Attributes:
        text: Its lines, tidy.
        frame: The element that holds it.
        marks: What the inline elements around it say about themselves.
        link_chars: Characters inside of links; `bold_chars` likewise.
        breaks: Line breaks in the page.
        raw: The text before it was made tidy; `styled` are the pieces of it that are not plain: start, length, style.
        is_prose: Is it long, ends like a sentence, and is more than links?
    """

    text: str
    frame: Frame
    marks: int
    link_chars: int
    links: int
    bold_chars: int
    breaks: int
    raw: str = ""
    styled: Sequence[tuple[int, int, Style]] = ()
    is_prose: bool = field(init=False)

    def __post_init__(self) -> None:
        size = len(self.text)
        self.is_prose = (
            size >= MIN_PROSE_CHARS and self.link_chars * 3 < size and _FINAL.search(self.text, size - 8) is not None
        )


def read_blocks(tree: HtmlElement) -> list[Block]:
    """
    The blocks of a page's body, in order.
    """
    return read_page(tree)[0]


def read_page(tree: HtmlElement) -> tuple[list[Block], list[Media]]:
    """
    The blocks and the images of a page's body, in order.
    """
    body = tree.find("body")
    reader = _Reader()
    reader.enter(tree if body is None else body, None, PLAIN, 0)
    return reader.blocks, reader.media


class _Reader:
    """
    Goes through a tree once. All pages pay for each line here, once an element.
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.media: list[Media] = []
        self._frames = 0
        self._looks: dict[tuple[int, int, str], int] = {}
        self._begin()

    def _begin(self) -> None:
        """
        Begin a block.
        """
        self._pieces: list[str] = []
        self._styled: list[tuple[int, int, Style]] = []
        self._size = self._marks = self._link_chars = self._links = self._bold_chars = self._breaks = 0
        self._is_open = False

    def enter(self, node: Any, above: Frame | None, style: Style, depth: int) -> None:
        """
        Read a block-level element.
        """
        if len(self.blocks) >= MAX_READ:
            return
        marks, classes = _said(node)
        tag = TAG_IDS.get(node.tag, OTHER_TAG)
        looks = self._looks
        look = looks.setdefault((above.look if above else 0, tag, classes), len(looks) + 1)
        self._frames += 1
        level = above.depth + 1 if above else 0
        frame = Frame(node, above, tag, level, marks, look, self._frames, len(self.blocks))
        text = node.text
        if text and not text.isspace():
            self._text(text, style)
        if depth <= MAX_DEPTH and len(node):
            self._children(node, frame, style, depth + 1)
        if self._is_open:
            self._flush(frame)
        frame.end = len(self.blocks)

    def _children(self, node: Any, frame: Frame, style: Style, depth: int) -> None:
        kind_of = _KINDS.get
        for child in node:
            tag = child.tag
            kind = kind_of(tag)
            if kind == _IN_LINE:
                self._inline(child, frame, style, depth)
            elif kind == _LINE_BREAK:
                self._line_break(frame)
            elif (kind is None and isinstance(tag, str)) or (kind == _CONTROL and child.find(".//p") is not None):
                if self._is_open:
                    self._flush(frame)
                self.enter(child, frame, style, depth)
            tail = child.tail
            if tail and (self._pieces or not tail.isspace()):
                self._text(tail, style)

    def _inline(self, node: Any, frame: Frame, style: Style, depth: int) -> None:
        tag = node.tag
        if tag == "a":
            style = Style(node, style.is_bold, style.is_italic)
            self._links += 1
            self._is_open = True
        elif tag in BOLD:
            style = Style(style.link, is_bold=True, is_italic=style.is_italic)
        elif tag in ITALIC:
            style = Style(style.link, style.is_bold, is_italic=True)
        elif tag == "img":
            self.media.append(Media(node, frame, len(self.blocks)))
        classes = node.get("class")
        if classes:
            self._marks |= marks_of(classes[:MAX_NAME_CHARS])
            self._is_open = True
        text = node.text
        if text and (self._pieces or not text.isspace()):
            self._text(text, style)
        if depth <= MAX_DEPTH and len(node):
            self._children(node, frame, style, depth + 1)

    def _text(self, text: str, style: Style) -> None:
        """
        Add to the block what does not begin it with white space.
        """
        self._is_open = True
        self._pieces.append(text)
        size = len(text)
        if style is not PLAIN:
            seen = len(text.strip())
            self._styled.append((self._size, size, style))
            if style.link is not None:
                self._link_chars += seen
            if style.is_bold:
                self._bold_chars += seen
        self._size += size

    def _line_break(self, frame: Frame) -> None:
        """
        Two in a row end a paragraph.
        """
        pieces = self._pieces
        last = next((piece for piece in reversed(pieces) if piece == BREAK or not piece.isspace()), "")
        if last == BREAK:
            self._flush(frame)
        elif last:
            pieces.append(BREAK)
            self._size += 1
            self._breaks += 1

    def _flush(self, frame: Frame) -> None:
        """
        End a block.
        """
        if self._pieces:
            raw = "".join(self._pieces)
            text = _lines(raw)
            if text:
                size = len(text)
                links, bold = min(self._link_chars, size), min(self._bold_chars, size)
                styled = self._styled
                block = Block(text, frame, self._marks, links, self._links, bold, self._breaks, raw, styled)
                self.blocks.append(block)
            self._begin()
        else:
            self._links = self._marks = 0
            self._is_open = False


def _said(node: Any) -> tuple[int, str]:
    """
    What an element says about itself, of each attribute apart, as classes are more often alike than all together; and
    its classes.
    """
    marks = size = 0
    classes = ""
    for name, value in node.items():
        if name in _NAMING:
            marks |= marks_of(value)
            size += len(value) + 1
            if name == "class":
                classes = value
    if size > MAX_NAME_CHARS + 1:
        names = " ".join([value for name, value in node.items() if name in _NAMING])
        marks = marks_of(names[:MAX_NAME_CHARS])
    return marks, classes


def _lines(raw: str) -> str:
    if BREAK not in raw:
        return tidy(raw)
    return "\n".join(_joined(map(tidy, raw.split(BREAK))))


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """
    A line break inside a sentence was made for looks.
    """
    held: list[str] = []
    for line in filter(None, lines):
        if held and SENTENCE_OR_COLON_END.search(held[-1][-MAX_END_CHARS:]):
            yield " ".join(held)
            held = []
        held.append(line)
    if held:
        yield " ".join(held)
