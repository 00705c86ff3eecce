"""
Two texts side by side, with their differences marked. Pure; the work is bounded, whatever the texts are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from services.cli.comparing.fields import Value

MAX_PARAGRAPHS, MAX_WORDS, MAX_CHARS = 150, 600, 6000
"""What differs is looked at so far, in paragraphs, words of one and characters of one."""

LEAST_ALIKE = 0.4
"""Below it two paragraphs are two paragraphs, not one that was changed."""

CONTEXT = 1
"""Equal paragraphs that are shown beside one that differs."""

_DENSE = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff"
"""Scripts that put no space between words (Thai, Lao, kana, Han): there a character is looked at, not a word."""

_WORDS = re.compile(rf"[{_DENSE}]|[^\s{_DENSE}]+\s*|\s+")


@dataclass(frozen=True)
class Piece:
    """
    A stretch of a paragraph.

    Attributes:
        is_marked: It is on this side only.
    """

    text: str
    is_marked: bool = False


Side = tuple[Piece, ...]


@dataclass(frozen=True)
class Row:
    """
    A paragraph before and after; empty where there is none. Or, `skipped`, how many are left out here.
    """

    before: Side = ()
    after: Side = ()
    skipped: int = 0


def side_by_side(before: Value, after: Value) -> list[Row]:
    """
    The paragraphs of two texts, those that are equal left out but for their nearest.
    """
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    left, right = before[start : len(before) - end], after[start : len(after) - end]
    cut = max(len(left), len(right)) - MAX_PARAGRAPHS
    rows = [*_same(before[:start]), *_aligned(left[:MAX_PARAGRAPHS], right[:MAX_PARAGRAPHS])]
    rows += [Row(skipped=cut)] if cut > 0 else []
    return list(_folded([*rows, *_same(before[len(before) - end :])]))


def _common(one: Value, other: Value) -> int:
    count = 0
    for mine, others in zip(one, other, strict=False):
        if mine != others:
            break
        count += 1
    return count


def _same(paragraphs: Value) -> Iterator[Row]:
    for text in paragraphs:
        side = (Piece(text[:MAX_CHARS]),)
        yield Row(side, side)


def _aligned(before: Value, after: Value) -> Iterator[Row]:
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from _same(before[a:b])
        else:
            for left, right in zip_longest(before[a:b], after[c:d]):
                yield from _changed(left, right)


def _changed(before: str | None, after: str | None) -> Iterator[Row]:
    if before is not None and after is not None:
        left, right = _words(before), _words(after)
        matcher = SequenceMatcher(None, left, right, autojunk=False)
        if max(len(left), len(right)) <= MAX_WORDS and matcher.ratio() >= LEAST_ALIKE:
            yield _marked(matcher, left, right)
            return
    yield Row(_whole(before), _whole(after))


def _words(text: str) -> list[str]:
    return _WORDS.findall(text[:MAX_CHARS])


def _whole(text: str | None) -> Side:
    return () if text is None else (Piece(text[:MAX_CHARS], is_marked=True),)


def _marked(matcher: SequenceMatcher[str], left: Sequence[str], right: Sequence[str]) -> Row:
    before: list[Piece] = []
    after: list[Piece] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        is_marked = tag != "equal"
        before += [Piece("".join(left[a:b]), is_marked)] if a < b else []
        after += [Piece("".join(right[c:d]), is_marked)] if c < d else []
    return Row(tuple(before), tuple(after))


def _folded(rows: list[Row]) -> Iterator[Row]:
    """
    Leave out runs of equal rows, but for those beside a difference.
    """
    differs = [index for index, row in enumerate(rows) if row.skipped or row.before != row.after]
    shown = {near for index in differs for near in range(index - CONTEXT, index + CONTEXT + 1)}
    skipped = 0
    for index, row in enumerate(rows):
        if index in shown:
            if skipped:
                yield Row(skipped=skipped)
            skipped = 0
            yield row
        else:
            skipped += 1
    if skipped:
        yield Row(skipped=skipped)
