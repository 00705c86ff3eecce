"""
What the first scores of a page say about each block: how likely its neighbours, its containers and its look-alikes are
to be of the article. Whole numbers throughout: the same bytes come out on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from services.cleaner.blocks import Block
from services.cleaner.places import LEVELS, chain_of

WINDOWS = (2, 5, 12)
FAR = 99
LONG = 60
"""A block with so many characters is worth counting as a paragraph."""

NAMES = (
    "score", "score-3", "score-2", "score-1", "score+1", "score+2", "score+3",
    *(f"window{width}" for width in WINDOWS), "mass_before", "mass_after",
    *(f"up{level}_{name}" for level in range(LEVELS) for name in ("score", "mass")), "look_score", "look_mass",
    "after_first", "before_last", "to_previous", "to_next", "mass", "page_score", "better_twin", "earlier_twin",
)  # fmt: skip


def context_rows(blocks: Sequence[Block], scores: Sequence[int]) -> list[list[int]]:
    """
    The context of each block of a page, from its first scores in permille.
    """
    count = len(blocks)
    sizes = [len(block.text) for block in blocks]
    masses = [score * size for score, size in zip(scores, sizes, strict=True)]
    total = max(1, sum(masses))
    chars = sum(sizes)
    padded = [0, 0, 0, *scores, 0, 0, 0]
    before = [0, *accumulate(masses)]
    lengths = [0, *accumulate(sizes)]
    groups = _groups(blocks, sizes, masses, total)
    twins = _twins(blocks, scores)
    marks = [index for index in range(count) if scores[index] >= 500 and sizes[index] >= LONG]
    first, last = (marks[0], marks[-1]) if marks else (0, count - 1)
    to_previous, to_next = _distances(set(marks), count)
    rows = []
    for index in range(count):
        row = [scores[index], *padded[index : index + 3], *padded[index + 4 : index + 7]]
        for width in WINDOWS:
            low, high = max(0, index - width), min(count, index + width + 1)
            row.append((before[high] - before[low]) // (lengths[high] - lengths[low]))
        row += [1000 * before[index] // total, 1000 * (before[-1] - before[index + 1]) // total]
        row += groups[index]
        row += [index - first, last - index, to_previous[index], to_next[index], total // 1000, total // chars]
        row += twins[index]
        rows.append(row)
    return rows


def _groups(blocks: Sequence[Block], sizes: Sequence[int], masses: Sequence[int], total: int) -> list[list[int]]:
    """
    Mean score and share of the mass of each block's containers, and of the blocks that look like it.
    """
    sums: dict[int, list[int]] = {}
    keys = []
    chains: dict[int, list[int]] = {}
    for index, block in enumerate(blocks):
        frame = id(block.frame)
        if frame not in chains:
            chain = [id(above) for above in chain_of(block.frame)]
            chains[frame] = [*chain, *([0] * (LEVELS - len(chain)))]
        mine = [*chains[frame], -block.frame.look]
        keys.append(mine)
        for key in mine:
            entry = sums.setdefault(key, [0, 0])
            entry[0] += masses[index]
            entry[1] += sizes[index]
    values = {key: (mass // size, 1000 * mass // total) for key, (mass, size) in sums.items()}
    values[0] = (-1, -1)
    return [[value for key in mine for value in values[key]] for mine in keys]


def _twins(blocks: Sequence[Block], scores: Sequence[int]) -> list[list[int]]:
    """
    How much better an equal text elsewhere is; and the best score of an equal text before.
    """
    best: dict[str, int] = {}
    earlier = []
    for block, score in zip(blocks, scores, strict=True):
        earlier.append(best.get(block.text, 0))
        best[block.text] = max(best.get(block.text, 0), score)
    return [[best[block.text] - scores[index], earlier[index]] for index, block in enumerate(blocks)]


def _distances(marks: set[int], count: int) -> tuple[list[int], list[int]]:
    to_previous, to_next = [FAR] * count, [FAR] * count
    since = FAR
    for index in range(count):
        since = min(FAR, since + 1)
        to_previous[index] = since
        since = 0 if index in marks else since
    since = FAR
    for index in reversed(range(count)):
        since = min(FAR, since + 1)
        to_next[index] = since
        since = 0 if index in marks else since
    return to_previous, to_next
