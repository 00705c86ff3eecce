"""
Articles that came as Markdown, or nearly so.
"""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt

from services.cleaner.body.extract import fragment_body
from services.cleaner.document import Body

MIN_SIGNS = 2
"""So many lines or phrases have to be marked up before a text is taken for Markdown."""

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
_TITLE = re.compile(r"""^title[ \t]*:[ \t]*(["']?)(.+?)\1[ \t]*$""", re.IGNORECASE | re.MULTILINE)
_SIGNS = re.compile(
    r"^ {0,3}#{1,6}[ \t]+\S|^[^\n]+\n(?:={3,}|-{3,})[ \t]*$|!?\[[^\]\n]{1,300}\]\([^)\s]{1,2000}[^)\n]{0,200}\)"
    r"|\*\*[^\s*][^*\n]{0,300}\*\*|^ {0,3}>[ \t]+\S|^\|?[ \t]*:?-{3,}:?[ \t]*\|",
    re.MULTILINE,
)


def is_markdown(text: str, content_type: str) -> bool:
    """
    Is a text Markdown, by its type or by its signs?
    """
    if content_type.partition(";")[0].strip().lower() in {"text/markdown", "text/x-markdown"}:
        return True
    signs = _SIGNS.finditer(text[:20_000])
    return sum(1 for _ in zip(range(MIN_SIGNS), signs, strict=False)) >= MIN_SIGNS


def read_markdown(text: str, base: str) -> tuple[str | None, Body]:
    """
    The title in its front matter, if it has one, and the parts of a text. HTML in it counts as text.

    Args:
        text: The whole file.
        base: URL that its links are relative to.
    """
    front = _FRONT_MATTER.match(text)
    title = _TITLE.search(front[1] or "") if front else None
    html = _parser().render(text[front.end() :] if front else text)
    return (title[2] if title else None), fragment_body(html, base)


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("code")
