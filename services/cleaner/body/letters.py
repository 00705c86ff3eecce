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

_UPPER, _LOWER, _DIGIT, _SPACE, _COMMA, _END, _WIDE_END, _CLOSER, _BAR, _COLON, _QUOTE, _DASH, _ARROW, _AT, _OWNER = (
    1 << at for at in range(15)
)
_SETS = {
    _SPACE: " \n", _COMMA: ",;、،，", _END: ".!?…。！？؟।", _WIDE_END: "。！？", _CLOSER: "'\"”’»)]", _BAR: "|•·",
    _COLON: ":;", _QUOTE: "\"“”„«»'‘", _DASH: "-–—•·*", _ARROW: "»>→›|", _AT: "@", _OWNER: "©",
}  # fmt: skip
_PLANE = 1 << 16

LETTER_NAMES = (
    "words", "ends", "commas", "final", "first", "upper", "digits", "word_chars", "lines", "bars", "signs", "colons",
    "clock", "quotes", "title_case", "chars_per_end",
)  # fmt: skip


def letter_columns(texts: Sequence[str]) -> list[Ints]:
    """
    A column for each of `LETTER_NAMES`, in which each block has a row.
    """
    text = "\n".join([text[:MAX_CHARS] for text in texts]) + "\n   "
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kinds = _kinds()[np.minimum(codes, _PLANE - 1)]
    size = ints([min(len(text), MAX_CHARS) for text in texts])
    stops = np.cumsum(size + 1)
    starts = stops - size - 1

    def count(is_so: Claims) -> Ints:
        found: Ints = np.add.reduceat(is_so[: stops[-1]], starts, dtype=np.int64)
        return found

    def has(kind: int) -> Claims:
        found: Claims = (kinds & kind) != 0
        return found

    space = has(_SPACE)
    words = count(space)
    ends = count((has(_END) & _next(has(_SPACE | _CLOSER))) | has(_WIDE_END))
    capitals = has(_UPPER)
    is_start = np.concatenate([[True], space[:-1]])
    return [
        words,
        ends,
        count(has(_COMMA)),
        _finals(kinds, starts, stops),
        _firsts(kinds[starts]),
        1000 * count(capitals) // size,
        1000 * count(has(_DIGIT)) // size,
        10 * size // words,
        count(codes == ord("\n")) - 1,
        count(has(_BAR)),
        np.minimum(count(has(_AT)), 1) + 2 * np.minimum(count(has(_OWNER)), 1),
        count(has(_COLON)),
        np.where(size < MAX_CLOCK_CHARS, _clocks(codes, has(_DIGIT), stops), 0),
        count(has(_QUOTE)),
        1000 * count(is_start & capitals) // words,
        size // np.maximum(1, ends),
    ]


@cache
def _kinds() -> NDArray[np.uint16]:
    """
    The kinds that each character of the first plane is of, as bits.
    """
    found = np.zeros(_PLANE, dtype=np.uint16)
    for code in range(_PLANE):
        letter = chr(code)
        found[code] = _UPPER * letter.isupper() | _LOWER * letter.islower() | _DIGIT * letter.isdigit()
    for kind, letters in _SETS.items():
        for letter in letters:
            found[ord(letter)] |= kind
    return found


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
        here = np.where(((kinds[here] & _CLOSER) != 0) & (here > starts), here - 1, here)
    found = np.where((kinds[last] & _ARROW) != 0, 3, 0)
    found = np.where((kinds[last] & _COLON) != 0, 2, found)
    return np.where((kinds[here] & _END) != 0, 1, found)


def _firsts(first: NDArray[np.uint16]) -> Ints:
    """
    What a block begins with: 1 a capital, 2 a small letter, 3 a digit, 4 a quote, 5 a dash or bullet, 0 another.
    """
    found = np.zeros(len(first), dtype=np.int64)
    for value, kind in ((5, _DASH), (4, _QUOTE), (3, _DIGIT), (2, _LOWER), (1, _UPPER)):
        found[(first & kind) != 0] = value
    return found


def _clocks(codes: NDArray[np.uint32], digit: Claims, stops: Ints) -> Ints:
    """
    1 for a time of day, 2 for a year, 3 for both.
    """
    sign = (codes == ord(":")) | (codes == ord(".")) | (codes == ord("h"))
    clock = digit[:-3] & sign[1:-2] & digit[2:-1] & digit[3:]
    century = ((codes[:-3] == ord("1")) & (codes[1:-2] == ord("9"))) | (
        (codes[:-3] == ord("2")) & (codes[1:-2] == ord("0"))
    )
    year = century & digit[2:-1] & digit[3:]
    found = np.zeros(len(stops), dtype=np.int64)
    for value, hits in ((1, clock), (2, year)):
        found[np.unique(np.searchsorted(stops, np.flatnonzero(hits), side="right"))] |= value
    return found
