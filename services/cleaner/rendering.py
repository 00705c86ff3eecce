"""
A body as Markdown, and as minimal HTML that is safe to show: nothing of the page's own markup is copied.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import groupby

from services.cleaner.document import Body, Line, Part, Passage, Picture, Span, Text

MIN_LEVEL = 2
"""Of a heading: the first level is the headline's, which stands apart from the body."""

_SPECIAL = re.compile(r"([\\`*_\[\]<>|])")
_LEAD = re.compile(r"^(\s*)([#>+=~-]|\d{1,9}(?=[.)]))")
_ADDRESS = str.maketrans({"(": "%28", ")": "%29", " ": "%20", "<": "%3C", ">": "%3E", "\\": "%5C"})


def to_markdown(body: Body) -> str:
    """
    CommonMark with tables as GitHub writes them; passages apart by one empty line.
    """
    return "\n\n".join(piece for part in body if (piece := _markdown(part)))


def to_html(body: Body) -> str:
    """
    Elements p, h2 to h6, ul, ol, li, blockquote, table, tr, td, figure, img, figcaption, a, strong, em and br; links
    and images lead to http and https only.
    """
    quotes = groupby(body, key=lambda part: isinstance(part, Passage) and part.kind == "quote")
    pieces = []
    for is_quote, group in quotes:
        inner = "\n".join(piece for part in group if (piece := _html(part)))
        pieces.append(f"<blockquote>\n{inner}\n</blockquote>" if is_quote else inner)
    return "\n".join(piece for piece in pieces if piece)


def _markdown(part: Part) -> str:
    if isinstance(part, Picture):
        caption = f"\n\n*{_plain(part.caption)}*" if part.caption else ""
        return f"![{_plain(part.alternative)}]({part.url.translate(_ADDRESS)}){caption}"
    return _markdown_passage(part) if isinstance(part, Passage) else ""


def _markdown_passage(part: Passage) -> str:
    if part.kind == "table":
        return _markdown_table(part.lines)
    if part.kind == "list":
        return "\n".join(_markdown_item(line) for line in part.lines)
    lines = [_LEAD.sub(r"\1\\\2", _inline(line, _markdown_text)) for line in part.lines]
    if part.kind == "heading":
        return f"{'#' * max(MIN_LEVEL, part.level)} {' '.join(lines)}"
    return "> " + "  \n> ".join(lines) if part.kind == "quote" else "  \n".join(lines)


def _markdown_item(line: Line) -> str:
    text = _LEAD.sub(r"\1\\\2", _inline(line, _markdown_text))
    indent = "   " * line.depth
    if line.number is None:
        return f"{indent}   {text}"
    return f"{indent}{f'{line.number}.' if line.number else '-'} {text}"


def _markdown_table(lines: Sequence[Line]) -> str:
    width = max(len(line.cells) for line in lines)
    head, *rows = [[_marked(cell, _markdown_text) for cell in line.cells] for line in lines]
    head += [""] * (width - len(head))
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * width, *rows))


def _markdown_text(text: str, span: Span | None) -> str:
    marked = _plain(text)
    if span is None:
        return marked
    if span.is_italic:
        marked = f"*{marked}*"
    if span.is_bold:
        marked = f"**{marked}**"
    return f"[{marked}]({span.href.translate(_ADDRESS)})" if span.href else marked


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _html(part: Part) -> str:
    if isinstance(part, Picture):
        image = f'<img src="{escape(part.url)}" alt="{escape(part.alternative)}">'
        caption = f"<figcaption>{escape(part.caption)}</figcaption>" if part.caption else ""
        return f"<figure>{image}{caption}</figure>"
    if not isinstance(part, Passage):
        return ""
    if part.kind == "table":
        rows = ("".join(f"<td>{_marked(cell, _html_text)}</td>" for cell in line.cells) for line in part.lines)
        return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
    if part.kind == "list":
        return "".join(_html_list(part.lines))
    text = "<br>".join(_inline(line, _html_text) for line in part.lines)
    tag = f"h{max(MIN_LEVEL, part.level)}" if part.kind == "heading" else "p"
    return f"<{tag}>{text}</{tag}>"


def _html_list(lines: Sequence[Line]) -> Iterator[str]:
    """
    Items, with the lists in them; an item is left open until it is known whether a list follows in it.
    """
    open_lists: list[str] = []
    for line in lines:
        text = _inline(line, _html_text)
        if line.number is None and open_lists:
            yield f"<br>{text}"
            continue
        depth = min(line.depth, len(open_lists)) if open_lists else 0
        while len(open_lists) > depth + 1:
            yield f"</li></{open_lists.pop()}>"
        if len(open_lists) == depth + 1:
            yield f"</li><li>{text}"
        else:
            open_lists.append("ol" if line.number else "ul")
            yield f"<{open_lists[-1]}><li>{text}"
    while open_lists:
        yield f"</li></{open_lists.pop()}>"


def _html_text(text: str, span: Span | None) -> str:
    marked = escape(text)
    if span is None:
        return marked
    if span.is_italic:
        marked = f"<em>{marked}</em>"
    if span.is_bold:
        marked = f"<strong>{marked}</strong>"
    return f'<a href="{escape(span.href)}">{marked}</a>' if span.href else marked


def _inline(line: Line, mark: Callable[[str, Span | None], str]) -> str:
    return " ".join(_marked(cell, mark) for cell in line.cells)


def _marked(text: Text, mark: Callable[[str, Span | None], str]) -> str:
    pieces = []
    at = 0
    for span in text.spans:
        pieces += [mark(text.text[at : span.start], None), mark(text.text[span.start : span.end], span)]
        at = span.end
    pieces.append(mark(text.text[at:], None))
    return "".join(pieces)
