"""
What an event carries of an article's text: all of it, its beginning, or none.

    full      everything
    excerpt   the beginning of the body, and of the standfirst; what stands in it of mentions, updates and corrections
    none      headline, link and what is said about the article; no text of its own

Less than all means no Markdown, no HTML, no pictures and no removed lines either: each would bring the text back. The
article is judged whole before this: versions, tags, counts and change ratios are those of the full text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from schemas.events import ArticleCleaned
from schemas.parts import Entity, LiveEntry, Mention, Place, TextField, Truncation
from services.tagger.facets import Found
from services.tagger.settings import TaggerSettings

Extent = Literal["excerpt", "none"]

Named = TypeVar("Named", Entity, Place)

_SENTENCE_END = re.compile(r"[.!?…؟।][\"'”’»)\]]*(?=\s)|[。！？][」』”’）]*|\n\n")
_SPACE = re.compile(r"\s")
_JOINED = frozenset("\u200d\ufe0e\ufe0f")
"""Zero-width joiner and variation selectors: what stands beside them is one character to a reader."""


@dataclass(frozen=True)
class Kept:
    """
    An article and what was found in it, as far as events carry them.
    """

    article: ArticleCleaned
    found: Found
    extent: Extent | None = None


def keep(article: ArticleCleaned, found: Found, settings: TaggerSettings) -> Kept:
    """
    Reduce an article to what the settings let out.
    """
    if settings.body == "full":
        return Kept(article, found)
    limit = settings.excerpt_chars if settings.body == "excerpt" else 0
    body, description = excerpt(article.article_body, limit), excerpt(article.description or "", limit)
    ends: dict[TextField, int] = {"articleBody": len(body), "description": len(description)}
    reduced = article.model_copy(update=_reduced(article, body, description))
    return Kept(reduced, _within(found, ends), settings.body)


def _reduced(article: ArticleCleaned, body: str, description: str) -> dict[str, Any]:
    return {
        "article_body": body,
        "description": description or None,
        "article_body_markdown": None,
        "article_body_html": None,
        "image": [],
        "removed": [],
        "live_blog_update": _updates(article.live_blog_update, len(body)),
        "correction": [text for text in article.correction or () if text in body] or None,
        "truncation": article.truncation and Truncation(evidence=article.truncation.evidence),
    }


def _updates(entries: list[LiveEntry] | None, end: int) -> list[LiveEntry] | None:
    return [entry for entry in entries or () if entry.end <= end] or None


def _within(found: Found, ends: dict[TextField, int]) -> Found:
    return replace(found, entities=_cut(found.entities, ends), places=_cut(found.places, ends))


def _cut(named: tuple[Named, ...] | None, ends: dict[TextField, int]) -> tuple[Named, ...] | None:
    if named is None:
        return None
    return tuple(each.model_copy(update={"mentions": list(_standing(each.mentions, ends))}) for each in named)


def _standing(mentions: Iterable[Mention], ends: dict[TextField, int]) -> Iterable[Mention]:
    return (mention for mention in mentions if mention.end <= ends.get(mention.field, mention.end))


def excerpt(text: str, limit: int) -> str:
    """
    The beginning of a text, at most `limit` characters: whole sentences where one ends in its second half, else whole
    words, else as it comes, but never within what a reader sees as one character. A prefix: positions in it stay.
    """
    if len(text) <= limit:
        return text
    half = limit // 2
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, limit + 1) if half < match.end() <= limit]
    spaces = [match.start() for match in _SPACE.finditer(text, half, limit + 1)]
    return text[: max(ends or spaces or [_between(text, limit)])].rstrip()


def _between(text: str, end: int) -> int:
    while end and (unicodedata.combining(text[end]) or {text[end], text[end - 1]} & _JOINED):
        end -= 1
    return end
