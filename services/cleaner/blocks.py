"""
A page as a row of text blocks: each run of text that a reader sees as one paragraph, heading, item or cell, in the
order of the document, with where in the tree it stands. Linear in the size of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lxml.html import HtmlElement

from services.cleaner.lines import tidy

MIN_PROSE_CHARS = 60
"""A block that is shorter may be anything."""

MAX_NAME_CHARS = 300
"""Of an element's class, id and role."""

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

MARKS: dict[str, str] = {
    "body": "articlebody bodytext story storybody articletext richtext prose markdown paragraph paragraphs body copy",
    "content": "content contents main maincontent entry post article text page single texte texto inhalt contenido",
    "comment": "comment comments commentlist disqus reply replies respond discussion kommentar kommentare comentarios",
    "nav": "nav navigation navbar menu menus submenu breadcrumb breadcrumbs pagination pager topbar toolbar skip toc",
    "footer": "footer foot bottom colophon copyright legal imprint",
    "header": "header masthead head top banner logo",
    "side": "sidebar side aside rail widget widgets column complementary secondary",
    "related": "related recommended recommendation recommendations recirc more teaser teasers promo trending popular "
    "latest next previous prev suggested suggestions also read similar outbrain taboola upnext carousel slider",
    "share": "share sharing social sociallinks addtoany sharedaddy follow bookmark tools actions print",
    "ad": "ad ads advert advertisement advertising sponsor sponsored dfp gpt affiliate commercial partner",
    "meta": "meta byline author authors authorship date time timestamp dateline published publish updated info bio "
    "profile contributor reporter",
    "caption": "caption captions credit credits figcaption figure photo image img gallery media picture video lightbox",
    "letter": "newsletter subscribe subscription signup sign register login paywall premium membership donate donation "
    "support cta form offer",
    "tag": "tag tags category categories topic topics keyword keywords label labels section sections kicker",
    "title": "title headline heading hed",
    "lead": "lead lede standfirst dek deck summary abstract intro introduction excerpt description subtitle subtitel "
    "subheadline subhead chapo teasertext vorspann ingress sapo",
    "popup": "cookie cookies consent gdpr modal popup overlay dialog tooltip alert notice hidden",
    "box": "infobox factbox box sidebox embed inset callout aside note pullquote quote highlight faq",
    "card": "card cards item items list listing grid tile tiles feed stream thumb thumbnail",
}
"""Words of style sheets, by what they say about an element. Generic: none is a site's own."""

MARK_NAMES = tuple(MARKS)
_MARK_OF: dict[str, int] = {}
for _index, _words in enumerate(MARKS.values()):
    for _word in _words.split():
        _MARK_OF[_word] = _MARK_OF.get(_word, 0) | 1 << _index
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SENTENCE_END = re.compile(r"[.!?:…。！？؟]['\"”’»)]*$")
_FINAL = re.compile(r"[.!?…。！？؟।]['\"”’»)\]]*$")
BREAK = "\x02"
"""Stands for a line break in raw text."""


@dataclass(slots=True, eq=False)
class Frame:
    """
    A block-level element on the way from the root to a block; sums are over all blocks in it.
    """

    node: Any
    parent: Frame | None
    tag: int
    depth: int
    marks: int
    look: int
    chars: int = 0
    link_chars: int = 0
    prose_chars: int = 0
    blocks: int = 0
    order: int = 0


@dataclass(frozen=True, slots=True)
class Style:
    """
    How a piece of text is set: inside of which link, bold, in italics.
    """

    link: Any = None
    is_bold: bool = False
    is_italic: bool = False


PLAIN = Style()


@dataclass(frozen=True, slots=True)
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
        is_sentence: Does it end like one?
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
    is_sentence: bool = field(init=False)
    is_prose: bool = field(init=False)

    def __post_init__(self) -> None:
        text = self.text
        self.is_sentence = bool(_FINAL.search(text[-8:]))
        self.is_prose = len(text) >= MIN_PROSE_CHARS and self.link_chars * 3 < len(text) and self.is_sentence


@lru_cache(maxsize=4096)
def marks_of(attributes: str) -> int:
    """
    The kinds that an element's class, id and role put it in, as bits in the order of `MARKS`.
    """
    found = 0
    for token in _TOKEN.findall(attributes):
        found |= _MARK_OF.get(token.lower(), 0)
    return found


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


@dataclass(slots=True)
class _Run:
    """
    The block that is being read.
    """

    pieces: list[str] = field(default_factory=list)
    styled: list[tuple[int, int, Style]] = field(default_factory=list)
    size: int = 0
    marks: int = 0
    link_chars: int = 0
    links: int = 0
    bold_chars: int = 0
    breaks: int = 0


class _Reader:
    """
    Goes through a tree once.
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.media: list[Media] = []
        self._run = _Run()
        self._looks: dict[tuple[int, int, str], int] = {}

    def enter(self, node: Any, above: Frame | None, style: Style, depth: int) -> None:
        """
        Read a block-level element.
        """
        frame = self._frame(node, above)
        self._text(node.text, style)
        self._children(node, frame, style, depth)
        self._flush(frame)

    def _frame(self, node: Any, above: Frame | None) -> Frame:
        get = node.get
        classes = get("class") or ""
        names = f"{classes} {get('id') or ''} {get('itemprop') or ''} {get('role') or ''} {get('data-testid') or ''}"
        marks = 0 if names.isspace() else marks_of(names[:MAX_NAME_CHARS])
        tag = TAG_IDS.get(node.tag, OTHER_TAG)
        look = self._looks.setdefault((above.look if above else 0, tag, classes), len(self._looks) + 1)
        return Frame(node, above, tag, above.depth + 1 if above else 0, marks, look)

    def _children(self, node: Any, frame: Frame, style: Style, depth: int) -> None:
        if depth > MAX_DEPTH:
            return
        for child in node:
            tag = child.tag
            if tag == "br":
                self._line_break(frame)
            elif tag in INLINE:
                self._inline(child, frame, style, depth + 1)
            elif tag not in NO_TEXT and isinstance(tag, str) and not (tag in CONTROLS and child.find(".//p") is None):
                self._flush(frame)
                self.enter(child, frame, style, depth + 1)
            self._text(child.tail, style)

    def _inline(self, node: Any, frame: Frame, style: Style, depth: int) -> None:
        run = self._run
        tag = node.tag
        if tag == "a":
            style = Style(node, style.is_bold, style.is_italic)
            run.links += 1
        elif tag in BOLD:
            style = Style(style.link, is_bold=True, is_italic=style.is_italic)
        elif tag in ITALIC:
            style = Style(style.link, style.is_bold, is_italic=True)
        elif tag == "img":
            self.media.append(Media(node, frame, len(self.blocks)))
        classes = node.get("class")
        if classes:
            run.marks |= marks_of(classes[:MAX_NAME_CHARS])
        self._text(node.text, style)
        self._children(node, frame, style, depth)

    def _text(self, text: str | None, style: Style) -> None:
        if not text:
            return
        run = self._run
        run.pieces.append(text)
        if style is not PLAIN:
            seen = len(text.strip())
            run.styled.append((run.size, len(text), style))
            if style.link is not None:
                run.link_chars += seen
            if style.is_bold:
                run.bold_chars += seen
        run.size += len(text)

    def _line_break(self, frame: Frame) -> None:
        """
        Two in a row end a paragraph.
        """
        pieces = self._run.pieces
        last = next((piece for piece in reversed(pieces) if piece == BREAK or not piece.isspace()), "")
        if last == BREAK:
            self._flush(frame)
        else:
            pieces.append(BREAK)
            self._run.size += 1
            self._run.breaks += 1

    def _flush(self, frame: Frame) -> None:
        run = self._run
        if not run.pieces:
            return
        self._run = _Run()
        raw = "".join(run.pieces)
        text = _lines(raw)
        if text:
            size = len(text)
            links, bold = min(run.link_chars, size), min(run.bold_chars, size)
            block = Block(text, frame, run.marks, links, run.links, bold, run.breaks, raw, run.styled)
            self.blocks.append(block)


def _lines(raw: str) -> str:
    if BREAK not in raw:
        return tidy(raw)
    return "\n".join(_joined(map(tidy, raw.split(BREAK))))


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """
    A line break inside a sentence was made for looks.
    """
    held = ""
    for line in lines:
        if held and _SENTENCE_END.search(held):
            yield held
            held = line
        else:
            held = f"{held} {line}".strip()
    if held:
        yield held
