"""
What the first scores of a page say about each block: how likely its neighbours, its containers and its look-alikes are
to be of the article.
"""

from __future__ import annotations

import numpy as np

from services.cleaner.body.features import distance, last_before
from services.cleaner.body.layout import LEVELS, Ints, Layout, sums

WINDOWS = (2, 5, 12)
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
    before, lengths = sums(masses), sums(size)
    total = max(1, int(before[-1]))
    padded = np.pad(scores, NEAR)
    columns = [scores, *(padded[NEAR + offset : NEAR + offset + count] for offset in _OFFSETS)]
    for width in WINDOWS:
        low, high = np.maximum(0, at - width), np.minimum(count, at + width + 1)
        columns.append((before[high] - before[low]) // (lengths[high] - lengths[low]))
    columns += [1000 * before[:-1] // total, 1000 * (before[-1] - before[1:]) // total]
    columns += _groups(layout, masses, total)
    marks = (scores >= LIKELY) & (size >= LONG)
    inside = np.flatnonzero(marks)
    first, last = (int(inside[0]), int(inside[-1])) if len(inside) else (0, count - 1)
    one = np.ones(count, dtype=np.int64)
    columns += [at - first, last - at]
    columns += [distance(at, last_before(marks)), distance(at, last_before(marks[::-1]))[::-1]]
    columns += [total // 1000 * one, total // int(lengths[-1]) * one]
    return np.array([*columns, *_twins(layout, scores)], dtype=np.int64)


def _groups(layout: Layout, masses: Ints, total: int) -> list[Ints]:
    """
    Mean score and share of the mass of each block's containers, and of the blocks that look like it.
    """
    mass, size = sums(masses), sums(layout.size)
    columns: list[Ints] = []
    for rows in layout.containers:
        start, end = layout.frames.start[rows], layout.frames.end[rows]
        inside = mass[end] - mass[start]
        means = inside // np.maximum(1, size[end] - size[start])
        columns += [np.where(rows >= 0, means, -1), np.where(rows >= 0, 1000 * inside // total, -1)]
    alike = np.zeros((2, int(layout.look.max()) + 1), dtype=np.int64)
    np.add.at(alike[0], layout.look, masses)
    np.add.at(alike[1], layout.look, layout.size)
    mine, chars = alike[:, layout.look]
    return [*columns, mine // chars, 1000 * mine // total]


def _twins(layout: Layout, scores: Ints) -> list[Ints]:
    """
    How much better an equal text elsewhere is; and the best score of an equal text before.
    """
    earlier = np.zeros(len(layout), dtype=np.int64)
    best = np.zeros(int(layout.twin.max()) + 1, dtype=np.int64)
    if len(best) == len(layout):
        return [earlier, earlier]
    for at, (twin, score) in enumerate(zip(layout.twin.tolist(), scores.tolist(), strict=True)):
        earlier[at] = best[twin]
        best[twin] = max(int(best[twin]), score)
    return [best[layout.twin] - scores, earlier]
