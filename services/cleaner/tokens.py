"""
Words of a short line, in any script, as rules of boilerplate compare them.

Writing without spaces is read sign by sign; everything else by words, which end at any mark: "e-mail" is two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.cleaner.lines import fold, tidy

ADDRESS = "0address"
"""What an e-mail address, a web address or a handle becomes: no word of a rule starts with a digit."""

DATE = "0date"
"""What a date or a time of day in digits becomes."""

_SIGN = "\u3040-\u30fa\u30fc-\u30ff\u3400-\u9fff\uf900-\ufaff々"
_MARKS = (
    r"\s!-/:-@\[-`{-~\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u058a\u05be\u05f3\u05f4\u060c\u061b\u061f\u0964\u2000-\u206f\u20a0-\u20cf"
    r"\u2116\u2122\u2190-\u2bff\u3000-\u3004\u3006-\u303f\u30fb\ufe00-\ufe0f\U0001f000-\U0001faff"
)
_TOKEN = re.compile(rf"[{_SIGN}]|[^{_MARKS}{_SIGN}]+")
_ADDRESS = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|www\.)\S+|(?<![\w.])@\w{2,}"
    r"|\b[a-z\d-]+(?:\.[a-z\d-]+)*\.(?:com|org|net|info|news|tv|[a-z]{2})\b(?:/\S*)?"
)
_SIGNS = re.compile(f"[{_SIGN}]")
_JOINTS = re.compile(r"[^\w\s,*\u0300-\u036f\u0900-\u0963\u0970-\u097f]")
_DATE = re.compile(r"(?<!\d)\d{1,4}([./-])\d{1,2}\1\s?\d{2,4}(?!\d)|(?<!\d)\d{1,2}[:.h]\d{2}(?!\d)")
_QUOTED = re.compile(r"„[^„“”]{1,40}[“”]|«[^«»]{1,40}»|“[^“”]{1,40}”|\"[^\"]{1,40}\"")
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


def words_of(line: str) -> list[str]:
    """
    The folded words of a line; addresses are not seen.
    """
    return _TOKEN.findall(_fold(line))


def _fold(line: str) -> str:
    # At the end of a line a fold takes vowel signs for marks, and drops them.
    return fold(line) if line.isascii() else fold(f"x {line} x")[2:-2]


def parts_of(listed: str) -> str:
    """
    A folded list of words with the words of each entry apart; its commas and stars stay.
    """
    listed = _JOINTS.sub(" ", listed)
    return listed if listed.isascii() else _SIGNS.sub(r" \g<0> ", listed)


def tokens_of(line: str) -> Tokens:
    """
    The words of a line as it stands on the page.
    """
    if _MAYBE_ADDRESS.search(line):
        line = _ADDRESS.sub(f" {ADDRESS} ", line)
    line = _DATE.sub(f" {DATE} ", line)
    words = tuple(words_of(line))
    quoted = _QUOTED.sub(lambda found: found.group().title(), tidy(line))
    written = _TOKEN.findall(quoted)
    if len(written) != len(words):
        return Tokens(words, (False,) * len(words), (False,) * len(words))
    return Tokens(words, tuple(word[0].isupper() for word in written), tuple(map(_is_uncased, written)))


def _is_uncased(word: str) -> bool:
    return word[0].isalpha() and word[0].upper() == word[0].lower()


def is_sign(word: str) -> bool:
    """
    Is this one sign of a writing without spaces?
    """
    return len(word) == 1 and "\u3040" <= word <= "\ufaff" and not "\uac00" <= word <= "\ud7af"
