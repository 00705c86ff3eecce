"""
Decision trees over whole numbers, evaluated for many blocks at once.

Each comparison of a forest is a bit for each block, and a leaf is reached by the blocks for which all comparisons on
the way to it hold: a few operations on words decide for 64 blocks what all trees say. No float takes part, so the same
scores come out on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.cleaner.body.layout import Ints, ints

LEAF_BITS = 4
"""Of the number of a leaf in its tree."""

PAIR_BITS = 2 * LEAF_BITS
"""Trees are looked up in pairs: the numbers of two leaves are one byte."""

WORD_BITS = 64
MAX_BLOCKS = 4 * WORD_BITS
"""Judged at once; what is known of more does not stay in the processor's cache."""

_BITS = 1 << np.arange(PAIR_BITS, dtype=np.uint8)[:, None, None]

Bits = NDArray[np.uint64]
"""Of each thing a row, in which each block has a bit."""

_Split = tuple[int, int, int, int]
_Step = tuple[int, int, bool]


@dataclass(frozen=True)
class Forest:
    """
    Attributes:
        features: The feature that each comparison looks at.
        thresholds: What it has to be above, in a column. Behind all comparisons their opposites are numbered.
        ways: The first comparison on the way to each leaf; the second, of the leaves that have one; and so on. The
            leaves with the longest ways come first, and those that are the first of a tree are left out.
        setters: For each bit of a byte, and each pair of trees, the leaves that set it, one a layer; -1 where no more.
        values: The sums of two leaves: 256 for each pair of trees.
    """

    features: Ints
    thresholds: NDArray[np.int32]
    ways: tuple[Ints, ...]
    setters: Ints
    values: Ints

    def scores(self, columns: Ints) -> Ints:
        """
        For each column, the sum of the leaves that it falls into. It holds numbers of 32 bits.
        """
        count = columns.shape[1]
        found = np.empty(count, dtype=np.int64)
        for start in range(0, count, MAX_BLOCKS):
            end = min(count, start + MAX_BLOCKS)
            found[start:end] = self._sums(self._reached(self._compared(columns[:, start:end])))[: end - start]
        return found

    def _compared(self, columns: Ints) -> Bits:
        count = columns.shape[1]
        padded = np.zeros((len(columns), -(-count // WORD_BITS) * WORD_BITS), dtype=np.int32)
        padded[:, :count] = columns
        above = np.packbits(padded.take(self.features, axis=0) > self.thresholds).view(np.uint64)
        return np.concatenate([above, ~above]).reshape(2 * len(self.features), -1)

    def _reached(self, compared: Bits) -> Bits:
        """
        The blocks that reach each leaf. The last row is for no leaf.
        """
        found = np.zeros((len(self.ways[0]) + 1, compared.shape[1]), dtype=np.uint64)
        found[:-1] = compared.take(self.ways[0], axis=0)
        for steps in self.ways[1:]:
            found[: len(steps)] &= compared.take(steps, axis=0)
        return found

    def _sums(self, reached: Bits) -> Ints:
        pairs = self.setters.shape[2]
        words = np.bitwise_or.reduce(reached.take(self.setters, axis=0), axis=0)
        bits = np.unpackbits(words.view(np.uint8)).reshape(PAIR_BITS, pairs, -1)
        numbers = (bits * _BITS).sum(axis=0, dtype=np.uint8)
        found: Ints = self.values.take(numbers + (np.arange(pairs) << PAIR_BITS)[:, None]).sum(axis=0)
        return found


def read_forest(stored: dict[str, Any]) -> Forest:
    """
    Build a forest from `trees`: each has `leaves`, left to right, and `splits` of (feature, threshold, first and last
    leaf to the left, one past it).
    """
    trees = stored["trees"]
    asked = sorted({(feature, threshold) for tree in trees for feature, threshold, *_ in tree["splits"]})
    numbers = {comparison: number for number, comparison in enumerate(asked)}
    ways: dict[tuple[int, int], list[int]] = {}
    for index, tree in enumerate(trees):
        for leaf, way in enumerate(_ways(tree["splits"], 0, len(tree["leaves"]))):
            # The first leaf's number sets no bit.
            if leaf:
                ways[index, leaf] = [numbers[step[:2]] + (0 if step[2] else len(asked)) for step in way]
    order = sorted(ways, key=lambda leaf: -len(ways[leaf]))
    steps = zip_longest(*(ways[leaf] for leaf in order))
    return Forest(
        features=ints([feature for feature, _ in asked]),
        thresholds=np.array([[threshold] for _, threshold in asked], dtype=np.int32),
        ways=tuple(ints([number for number in step if number is not None]) for step in steps),
        setters=_setters(order, -(-len(trees) // 2)),
        values=_values([tree["leaves"] for tree in trees]),
    )


def _ways(splits: Sequence[_Split], start: int, end: int) -> list[tuple[_Step, ...]]:
    """
    The comparisons on the way to each of some leaves, from the split above them all, and whether they are to hold.
    """
    if end - start == 1:
        return [()]
    split = max((split for split in splits if split[2] == start and split[3] < end), key=itemgetter(3))
    feature, threshold, _, middle = split
    left, right = _ways(splits, start, middle), _ways(splits, middle, end)
    return [((feature, threshold, False), *way) for way in left] + [((feature, threshold, True), *way) for way in right]


def _setters(order: Sequence[tuple[int, int]], pairs: int) -> Ints:
    """
    The rows of the leaves, given as tree and number, by the bits that they set.
    """
    found = np.full((1 << LEAF_BITS - 1, PAIR_BITS, pairs), -1, dtype=np.int64)
    for row, (tree, leaf) in enumerate(order):
        for bit in range(LEAF_BITS):
            if leaf >> bit & 1:
                # The other bits of its number are a layer of its own.
                layer = leaf >> bit + 1 << bit | leaf & (1 << bit) - 1
                found[layer, bit + LEAF_BITS * (tree % 2), tree // 2] = row
    return found


def _values(leaves: Sequence[Sequence[int]]) -> Ints:
    values = np.zeros((len(leaves) + len(leaves) % 2, 1 << LEAF_BITS), dtype=np.int64)
    for row, of_tree in zip(values, leaves, strict=False):
        row[: len(of_tree)] = of_tree
    return (values[1::2, :, None] + values[::2, None, :]).ravel()
