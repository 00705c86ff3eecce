"""
An article as the facets read it: its texts cut into tokens that know where they stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from schemas.events import Article
from schemas.parts import Mention, TextField
from services.tagger.data_files import word_set

MAX_CHARS = 200_000
"""Characters of a field that are read for tags, some 35,000 words; keeps the time of a record bounded."""

TITLE_SHARE = 0.8
"""Share of capitalised words, short ones aside, at which a title is set with a capital on each word."""

SHORT_CHARS = 4
MIN_TITLE_WORDS = 3
MAX_UPPER_SHARE = 0.8

_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’&][^\W_]+)*")
_ELIDED_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:&[^\W_]+)*")
ELIDING = frozenset(("fr", "it"))
"""Languages that write an article and its noun as one word: "l'Italie"."""

_POSSESSIVE = re.compile(r"['’][sS]$")
_BREAK = re.compile(r"[.!?…;:\n\r•|()\[\]{}“”\"«»„]|\s['‘’]|['‘’]\s|\s[-–—]+\s|—")
_PERIOD_BREAK = re.compile(r"^\.\s+$")
_ABBREVIATIONS = word_set(
    "mr mrs ms dr prof st sen rep gov gen col lt sgt capt cmdr adm maj rev hon jr sr messrs mt ft no vs inc corp co"
)


class Token(NamedTuple):
    """
    A word of a text.

    Attributes:
        start: First character.
        end: After the last character; a possessive ending is left out.
        text: As written.
        norm: Case-folded, without diacritics and apostrophes.
        gap: What stands between the token before and this one; the apostrophe of "Miners' Union" counts as a space.
        opens: A capital here says nothing: the token begins a sentence, a quotation or a bracket.
        is_capital: It begins with a capital letter.
    """

    start: int
    end: int
    text: str
    norm: str
    gap: str
    opens: bool
    is_capital: bool

    @property
    def is_linked(self) -> bool:
        """
        Whether it may be of one name with the token before.
        """
        return not self.opens and self.gap in _LINKS


_PLURAL_POSSESSIVE = frozenset(("' ", "’ "))
_INSIDE = frozenset((" ", "-", ", "))
_LINKS = frozenset((" ", "\u00a0", "-", "\u2010", "\u2011", ". ", " & ", ".\u00a0", ""))


@dataclass(frozen=True)
class Text:
    """
    One field of an article.
    """

    field: TextField
    text: str
    tokens: tuple[Token, ...]
    is_cased: bool

    def mention(self, start: int, stop: int) -> Mention:
        """
        The mention that covers tokens `start` to `stop` (half open).
        """
        first, last = self.tokens[start].start, self.tokens[stop - 1].end
        return Mention(field=self.field, start=first, end=last, text=self.text[first:last])


@dataclass(frozen=True)
class Document:
    """
    An article's texts, with what its publisher says of it.
    """

    language: str | None
    texts: tuple[Text, ...]
    section: str | None = None
    publisher_keywords: tuple[str, ...] = ()
    url: str = ""

    @property
    def body(self) -> Text:
        """
        The article's body.
        """
        return self.texts[-1]


def document_of(article: Article) -> Document:
    """
    Read an article.
    """
    texts: list[tuple[TextField, str]] = [("headline", article.headline)]
    if article.description:
        texts.append(("description", article.description))
    texts.append(("articleBody", article.article_body))
    return Document(
        language=article.in_language,
        texts=tuple(read(field, text[:MAX_CHARS], article.in_language) for field, text in texts),
        section=article.article_section,
        publisher_keywords=tuple(article.publisher_keywords),
        url=article.url,
    )


def read(field: TextField, text: str, language: str | None = None) -> Text:
    """
    Cut a text into tokens.
    """
    tokens = tuple(_tokens(text, _ELIDED_TOKEN if language in ELIDING else _TOKEN))
    return Text(field, text, tokens, _is_cased(field, tokens))


def _tokens(text: str, pattern: re.Pattern[str]) -> list[Token]:
    tokens: list[Token] = []
    end = 0
    before = ""
    for match in pattern.finditer(text):
        start, stop = match.span()
        word = match.group()
        if word[-1] in "sS" and _POSSESSIVE.search(word) and len(word) > 2:
            word, stop = word[:-2], stop - 2
        gap = text[end:start]
        if gap in _PLURAL_POSSESSIVE and before[-1] in "sS":
            gap = " "
        opens = not tokens or (gap not in _INSIDE and _opens(before, gap))
        tokens.append(Token(start, stop, word, normalise(word), gap, opens, word[0].isupper()))
        before, end = word, stop
    return tokens


def _opens(before: str, gap: str) -> bool:
    if _PERIOD_BREAK.match(gap) and "\n" not in gap:
        is_initial = len(before) == 1 and before.isupper()
        return not (is_initial or before.lower() in _ABBREVIATIONS)
    return bool(_BREAK.search(gap))


def _is_cased(field: TextField, tokens: Sequence[Token]) -> bool:
    """
    Whether capitals tell names in this text: not so in a title with a capital on each word, nor in capitals throughout.
    """
    if field == "articleBody":
        return sum(token.text.isupper() for token in tokens) <= MAX_UPPER_SHARE * len(tokens)
    long = [token for token in tokens if len(token.text) > SHORT_CHARS and token.text[0].isalpha()]
    return len(long) < MIN_TITLE_WORDS or sum(token.is_capital for token in long) < TITLE_SHARE * len(long)


@lru_cache(maxsize=16384)
def normalise(word: str) -> str:
    """
    Case-fold a word and drop its diacritics, apostrophes and points, so that spellings of a name meet.
    """
    folded = word.casefold()
    if not folded.isascii():
        folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return folded.replace("'", "").replace("’", "").replace(".", "").replace("ʾ", "").replace("ʿ", "")
