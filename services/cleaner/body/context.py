"""
What the first scores of a page say about each block: how likely its neighbours, its containers and its look-alikes are
to be of the article.
"""

from __future__ import annotations

import numpy as np

from services.cleaner.body.features import neighbours, since, until
from services.cleaner.body.layout import LEVELS, Ints, Layout, ints, sums, sums_alike, table
from services.cleaner.body.places import by_level

WINDOWS = (2, 5, 12)
_WIDTHS = np.array(WINDOWS)[:, None]
NEAR = 4
LONG = 60
"""A block with so many characters is worth counting as a paragraph."""

LIKELY = 500
"""Permille."""

_OFFSETS = tuple(offset for offset in range(-NEAR, NEAR + 1) if offset)
NAMES = (
    "score", *(f"score{offset:+}" for offset in _OFFSETS), *(f"window{width}" for width in WINDOWS), "mass_before",
    "mass_after", *(f"up{level}_{name}" for level in range(LEVELS) for name in ("score", "mass")), "look_score",
    "look_mass", "after_first", "before_last", "to_previous", "to_next", "mass", "page_score", "better_twin",
    "earlier_twin",
)  # fmt: skip


def context_columns(layout: Layout, scores: Ints) -> Ints:
    """
    The context of each block of a page, from its first scores in permille: a row for each of `NAMES`.
    """
    count = len(layout)
    at = np.arange(count)
    size, masses = layout.size, scores * layout.size
    before, lengths = sums(masses), layout.before[0]
    total = max(1, int(before[-1]))
    marks = (scores >= LIKELY) & (size >= LONG)
    inside = np.flatnonzero(marks)
    first, last = (int(inside[0]), int(inside[-1])) if len(inside) else (0, count - 1)
    low, high = np.maximum(0, at - _WIDTHS), np.minimum(count, at + _WIDTHS + 1)
    columns = [
        1000 * before[:-1] // total,
        1000 * (before[-1] - before[1:]) // total,
        *_groups(layout, masses, before),
        at - first,
        last - at,
        since(marks),
        until(marks),
        total // 1000,
        total // int(lengths[-1]),
        *_twins(layout, scores),
    ]
    near = neighbours(scores[None], (0, *_OFFSETS), 0)[0]
    windows = (before[high] - before[low]) // (lengths[high] - lengths[low])
    return np.concatenate([near, windows, table(columns, count)])


def _groups(layout: Layout, masses: Ints, before: Ints) -> Ints:
    """
    Mean score and share of the mass of each block's containers, and of the blocks that look like it.
    """
    total = max(1, int(before[-1]))
    start, end = layout.frames.start[layout.containers], layout.frames.end[layout.containers]
    inside, chars = before[end] - before[start], layout.before[0, end] - layout.before[0, start]
    around = by_level(layout, [inside // np.maximum(1, chars), 1000 * inside // total])
    mine, chars = sums_alike(layout.look, np.array([masses, layout.size]))
    return np.concatenate([around, [mine // chars, 1000 * mine // total]])


def _twins(layout: Layout, scores: Ints) -> tuple[Ints, Ints]:
    """
    How much better an equal text elsewhere is; and the best score of an equal text before.
    """
    best = [0] * (int(layout.twin.max()) + 1)
    if len(best) == len(layout):
        none = np.zeros_like(scores)
        return none, none
    earlier: list[int] = []
    for twin, score in zip(layout.twin.tolist(), scores.tolist(), strict=True):
        earlier.append(best[twin])
        best[twin] = max(best[twin], score)
    return ints(best)[layout.twin] - scores, ints(earlier)
