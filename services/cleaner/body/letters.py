"""
How the text of blocks is built: marks, digits, capitals and ends of sentences, counted in all blocks of a page at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from services.cleaner.body.layout import Claims, Ints, ints

MAX_CHARS = 4000
"""Of a block; the rest of a longer one is as its beginning."""

MAX_CLOCK_CHARS = 160
"""A time of day in a longer block is part of a story."""

_UPPER, _LOWER, _DIGIT, _SPACE, _BREAK, _COMMA, _END, _WIDE_END = (1 << at for at in range(8))
_CLOSER, _BAR, _COLON, _QUOTE, _DASH, _ARROW, _AT, _OWNER = (1 << at for at in range(8, 16))
_SETS = {
    _SPACE: " \n", _BREAK: "\n", _COMMA: ",;、،，", _END: ".!?…。！？؟।", _WIDE_END: "。！？", _CLOSER: "'\"”’»)]",
    _BAR: "|•·", _COLON: ":;", _QUOTE: "\"“”„«»'‘", _DASH: "-–—•·*", _ARROW: "»>→›|", _AT: "@", _OWNER: "©",
}  # fmt: skip
_PLANE = 1 << 16

_TALLY_BITS = 12
_TALLIES = ((_SPACE, _COMMA, _UPPER, _DIGIT, _BAR), (_COLON, _QUOTE, _AT, _OWNER, _BREAK))
"""Kinds that are counted side by side in one word. The bits of each are enough for a block and the space behind it."""

LETTER_NAMES = (
    "words", "ends", "commas", "final", "first", "upper", "digits", "word_chars", "lines", "bars", "signs", "colons",
    "clock", "quotes", "title_case", "chars_per_end",
)  # fmt: skip


def letter_columns(texts: Sequence[str]) -> list[Ints]:
    """
    A column for each of `LETTER_NAMES`, in which each block has a row.
    """
    size = np.minimum(ints([len(text) for text in texts]), MAX_CHARS)
    stops = np.cumsum(size + 1)
    starts = stops - size - 1
    text = "\n".join([text[:MAX_CHARS] for text in texts]) + "\n   "
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.intp)
    kinds = _kinds().take(codes, mode="clip")
    words, commas, capitals, digits, bars, colons, quotes, ats, owners, breaks = _tallies(codes, starts, stops)

    def has(kind: int) -> Claims:
        found: Claims = (kinds & kind) != 0
        return found

    def count(is_so: Claims) -> Ints:
        found: Ints = np.add.reduceat(is_so[: stops[-1]], starts, dtype=np.int64)
        return found

    ends = count((has(_END) & _next(has(_SPACE | _CLOSER))) | has(_WIDE_END))
    is_start = np.concatenate([[True], has(_SPACE)[:-1]])
    return [
        words,
        ends,
        commas,
        _finals(kinds, starts, stops),
        _firsts().take(codes[starts], mode="clip"),
        1000 * capitals // size,
        1000 * digits // size,
        10 * size // words,
        breaks - 1,
        bars,
        np.minimum(ats, 1) + 2 * np.minimum(owners, 1),
        colons,
        np.where(size < MAX_CLOCK_CHARS, _clocks(codes, has(_DIGIT), stops), 0),
        quotes,
        1000 * count(is_start & has(_UPPER)) // words,
        size // np.maximum(1, ends),
    ]


@cache
def _kinds() -> NDArray[np.uint16]:
    """
    The kinds that each character of the first plane is of, as bits. Those of other planes are as its last: of none.
    """
    found = np.zeros(_PLANE, dtype=np.uint16)
    for code in range(_PLANE):
        letter = chr(code)
        found[code] = _UPPER * letter.isupper() | _LOWER * letter.islower() | _DIGIT * letter.isdigit()
    for kind, letters in _SETS.items():
        for letter in letters:
            found[ord(letter)] |= kind
    return found


@cache
def _tally_words() -> Ints:
    """
    What each character adds to the words of a text, a row each.
    """
    found = np.zeros((len(_TALLIES), _PLANE), dtype=np.int64)
    for word, kinds in zip(found, _TALLIES, strict=True):
        for place, kind in enumerate(kinds):
            word[(_kinds() & kind) != 0] += 1 << place * _TALLY_BITS
    return found


def _tallies(codes: Ints, starts: Ints, stops: Ints) -> Ints:
    """
    A row for each kind in `_TALLIES`, in which each block has its count.
    """
    words = np.add.reduceat(_tally_words().take(codes[: stops[-1]], axis=1, mode="clip"), starts, axis=1)
    places = np.arange(len(_TALLIES[0]))[:, None] * _TALLY_BITS
    found: Ints = (words[:, None] >> places) & (1 << _TALLY_BITS) - 1
    return found.reshape(-1, len(starts))


def _next(is_so: Claims) -> Claims:
    """
    Is it true of the next character?
    """
    return np.append(is_so[1:], True)


def _finals(kinds: NDArray[np.uint16], starts: Ints, stops: Ints) -> Ints:
    """
    How a block ends: 1 as a sentence, 2 with a colon, 3 with an arrow, 0 otherwise.
    """
    last = stops - 2
    here = last
    for _ in range(3):
        here = here - (((kinds[here] & _CLOSER) != 0) & (here > starts))
    found = np.where((kinds[last] & _ARROW) != 0, 3, 0)
    found = np.where((kinds[last] & _COLON) != 0, 2, found)
    return np.where((kinds[here] & _END) != 0, 1, found)


@cache
def _firsts() -> Ints:
    """
    What a block begins with, for each character: 1 a capital, 2 a small letter, 3 a digit, 4 a quote, 5 a dash or
    bullet, 0 another.
    """
    found = np.zeros(_PLANE, dtype=np.int64)
    for value, kind in ((5, _DASH), (4, _QUOTE), (3, _DIGIT), (2, _LOWER), (1, _UPPER)):
        found[(_kinds() & kind) != 0] = value
    return found


def _clocks(codes: Ints, digit: Claims, stops: Ints) -> Ints:
    """
    1 for a time of day, 2 for a year, 3 for both.
    """
    # Few characters have two digits two places on.
    at = np.flatnonzero(digit[2:-1] & digit[3:])
    first, second = codes[at], codes[at + 1]
    block = stops.searchsorted(at, side="right")
    clock = digit[at] & ((second == ord(":")) | (second == ord(".")) | (second == ord("h")))
    year = ((first == ord("1")) & (second == ord("9"))) | ((first == ord("2")) & (second == ord("0")))
    found = np.zeros(len(stops), dtype=np.int64)
    found[block[clock]] |= 1
    found[block[year]] |= 2
    return found
