"""
Words of a short line, in any script, as rules of boilerplate compare them.

Writing without spaces is read sign by sign; everything else by words, which end at any mark: "e-mail" is two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.cleaner.lines import fold, tidy

ADDRESS = "0address"
"""What an e-mail address or a handle becomes: no word of a rule starts with a digit."""

DATE = "0date"
"""What a date or a time of day in digits becomes."""

LINK = "0link"
"""What a web address becomes."""

VERSION = "0version"
"""What a number with one decimal at the end of a line becomes: it counts nothing."""

_SIGN = "\u3040-\u30fa\u30fc-\u30ff\u3400-\u9fff\uf900-\ufaff々"
_MARKS = (
    r"\s!-/:-@\[-`{-~\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u058a\u05be\u05f3\u05f4\u060c\u061b\u061f\u0964\u2000-\u206f\u20a0-\u20cf"
    r"\u2116\u2122\u2190-\u2bff\u3000-\u3004\u3006-\u303f\u30fb\ufe00-\ufe0f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\U0001f000-\U0001faff"
)
_SPELT = re.compile("[№™℠©ⓒⒸ]")
"""Marks that a fold spells out as words."""

_TOKEN = re.compile(rf"[{_SIGN}]|[^{_MARKS}{_SIGN}]+")
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}|(?<![\w.])@\w{2,}")
_LINK = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|(?<![\w.-])[a-z\d-]{1,64}(?:\.[a-z\d-]{1,64}){0,3}\.(?:com|org|net|info|news|tv|[a-z]{2})\b(?:/\S*)?"
)
_SIGNS = re.compile(f"[{_SIGN}]")
_JOINTS = re.compile(r"[^\w\s,*\u0300-\u036f\u0900-\u0963\u0970-\u097f]")
_DATE = re.compile(r"(?<!\d)\d{1,4}([./-])\d{1,2}\1\s?\d{2,4}(?!\d)|(?<!\d)\d{1,2}[:.h]\d{2}(?!\d)")
_QUOTED = re.compile(r"„[^„“”]{1,40}[“”]|«[^«»]{1,40}»|“[^“”]{1,40}”|\"[^\"]{1,40}\"")
_VERSION = re.compile(r"(?<![\d.,])\d{1,2}\.\d(?=\W*$)")
_MAYBE_DATE = re.compile(r"\d[./:h-]\d")
_CORE = re.compile(r"[^\W_](?:.*[^\W_])?", re.DOTALL)
_MAYBE_ADDRESS = re.compile(r"@|\w\.[a-z]|://")


@dataclass(frozen=True, slots=True)
class Tokens:
    """
    A line in pieces.

    Attributes:
        words: Folded.
        are_names: For each word, whether it is written with a capital, or in quotation marks.
        are_uncased: For each word, whether its script has no capitals.
    """

    words: tuple[str, ...]
    are_names: tuple[bool, ...]
    are_uncased: tuple[bool, ...]


def read_line(line: str) -> tuple[str, tuple[str, ...]]:
    """
    A line folded, and its folded words; addresses are not seen.
    """
    inner = _fold(line)
    if line.isascii():
        return inner, tuple(_TOKEN.findall(inner))
    core = _CORE.search(inner)
    return core[0] if core else "", tuple(_TOKEN.findall(inner))


def words_of(line: str) -> tuple[str, ...]:
    """
    The folded words of a line; addresses are not seen.
    """
    return tuple(_TOKEN.findall(_fold(line)))


def _fold(line: str) -> str:
    # At the end of a line a fold takes vowel signs for marks, and drops them.
    return fold(line) if line.isascii() else fold(_SPELT.sub(_spell, f"x {line} x"))[2:-2]


def _spell(found: re.Match[str]) -> str:
    return " copyright " if found.group() in "©ⓒⒸ" else " "


def parts_of(listed: str) -> str:
    """
    A folded list of words with the words of each entry apart; its commas and stars stay.
    """
    listed = _JOINTS.sub(" ", listed)
    return listed if listed.isascii() else _SIGNS.sub(lambda found: f" {found[0]} ", listed)


def tokens_of(line: str, words: tuple[str, ...] | None = None) -> Tokens:
    """
    The words of a line as it stands on the page.

    Args:
        line: With its capitals and marks.
        words: What `words_of` finds in it, if that is known.
    """
    marked = line if line.isascii() else _SPELT.sub(_spell, line)
    if _MAYBE_ADDRESS.search(line):
        marked = _LINK.sub(f" {LINK} ", _ADDRESS.sub(f" {ADDRESS} ", line))
    if _MAYBE_DATE.search(marked):
        marked = _VERSION.sub(f" {VERSION} ", _DATE.sub(f" {DATE} ", marked))
    if words is None or marked is not line:
        words = words_of(marked)
    written = _TOKEN.findall(_quoted_as_names(marked))
    count = len(words)
    if len(written) != count:
        return Tokens(words, (False,) * count, (False,) * count)
    uncased = (False,) * count if marked.isascii() else tuple(map(_is_uncased, written))
    return Tokens(words, tuple([word[0].isupper() for word in written]), uncased)


def _quoted_as_names(line: str) -> str:
    if line.isascii() and '"' not in line:
        return line
    return _QUOTED.sub(lambda found: found.group().title(), tidy(line))


def _is_uncased(word: str) -> bool:
    return word[0].isalpha() and word[0].upper() == word[0].lower()


def is_sign(word: str) -> bool:
    """
    Is this one sign of a writing without spaces?
    """
    return len(word) == 1 and "\u3040" <= word <= "\ufaff" and not "\uac00" <= word <= "\ud7af"
