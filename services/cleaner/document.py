"""
The body of an article on its way: passages, pictures, and the marks of what was taken out, in the order of the page.

Each step of the cleaner takes such a row of parts and gives the next one; nothing is taken out without a mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from schemas.parts import Removal

Kind = Literal["paragraph", "heading", "list", "quote", "table"]

CELL_BORDER = " | "

MAX_REMOVAL_CHARS = 200


@dataclass(frozen=True, slots=True)
class Span:
    """
    How some characters of a text are set, half open; `href` is absolute.
    """

    start: int
    end: int
    href: str | None = None
    is_bold: bool = False
    is_italic: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """
    A tidy text, and the links and the emphasis in it, in order and without overlap.
    """

    text: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """
    A line of a passage.

    Attributes:
        cells: One text, or in a table one for each cell.
        depth: Of a list's item: in how many other lists its list stands.
        number: Of an ordered list's item; 0 in others, None where the line goes on with the item before.
    """

    cells: tuple[Text, ...]
    depth: int = 0
    number: int | None = None

    @property
    def text(self) -> str:
        """
        The line as clean text.
        """
        return self.cells[0].text if len(self.cells) == 1 else CELL_BORDER.join(cell.text for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Passage:
    """
    What is set apart from the rest by an empty line: a paragraph, a heading, a whole list or table.

    Attributes:
        lines: At least one.
        kind: What it is.
        level: Of a heading, 1 to 6.
        text: The passage as clean text; each step reads it, so it is made once.
    """

    lines: tuple[Line, ...]
    kind: Kind = "paragraph"
    level: int = 0
    text: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lines = self.lines
        text = lines[0].text if len(lines) == 1 else "\n".join([line.text for line in lines])
        object.__setattr__(self, "text", text)


@dataclass(frozen=True, slots=True)
class Picture:
    """
    An image among the passages. It has no clean text; its caption stands apart from the body.
    """

    url: str
    alternative: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """
    The mark of a text that was taken out here.

    Attributes:
        rule: Why.
        text: What it was.
        sure: How sure that is, 0 to 1, where that is known.
    """

    rule: str
    text: str
    sure: float | None = None


Part = Passage | Picture | Cut
Body = tuple[Part, ...]


def passage(text: str, kind: Kind = "paragraph", level: int = 0) -> Passage:
    """
    A passage of a text without markup, a line for each of its lines.
    """
    return Passage(tuple(Line((Text(line),)) for line in text.split("\n")), kind, level)


def passages(body: Iterable[Part]) -> Iterator[Passage]:
    """
    The passages of a body.
    """
    return (part for part in body if isinstance(part, Passage))


def texts(body: Iterable[Part]) -> list[str]:
    """
    The clean texts of a body's passages.
    """
    return [part.text for part in passages(body)]


def clean_text(body: Iterable[Part]) -> str:
    """
    The body as clean text: passages apart by one empty line.
    """
    return "\n\n".join(texts(body))


def without(part: Passage, gone: Sequence[tuple[Line, str]]) -> Body:
    """
    A passage without some of its lines, with marks of them: before what is left, or behind it.

    Args:
        part: The passage.
        gone: Lines of it, in order, and the rules that they fall under.
    """
    lost = {id(line) for line, _ in gone}
    left = tuple(line for line in part.lines if id(line) not in lost)
    cuts = [(line, Cut(rule, line.text)) for line, rule in gone]
    if not left:
        return tuple(cut for _, cut in cuts)
    first = next(index for index, line in enumerate(part.lines) if line is left[0])
    leading = {id(line) for line in part.lines[:first]}
    before = tuple(cut for line, cut in cuts if id(line) in leading)
    after = tuple(cut for line, cut in cuts if id(line) not in leading)
    return (*before, replace(part, lines=left), *after)


def removals(body: Iterable[Part]) -> list[Removal]:
    """
    What was taken out of a body, each with its place in what is left.
    """
    found = []
    at = 0
    for part in body:
        if isinstance(part, Passage):
            at += len(part.text) + (2 if at else 0)
        elif isinstance(part, Cut):
            text = " ".join(part.text.split())[:MAX_REMOVAL_CHARS]
            found.append(Removal(rule=part.rule, text=text, at=at, score=part.sure))
    return found
