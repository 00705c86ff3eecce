"""
Is a block of the article? Two rounds of boosted trees over whole numbers: the first sees a block and its place, the
second also the first one's opinion of everything around it.

A forest is evaluated all trees, and all blocks of a page, at once, by the bits of the leaves that are still within
reach (Lucchese et al. 2015, "QuickScorer"): a comparison that fails takes away the leaves on its left, and the leftmost
that remains is the tree's. No float takes part, so the same scores come out on every machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from lxml.html import HtmlElement
from numpy.typing import NDArray

from services.cleaner.body.blocks import Block
from services.cleaner.body.context import context_columns
from services.cleaner.body.features import page_features
from services.cleaner.body.layout import Ints, Layout, ints
from services.cleaner.body.places import is_menu

LEAF_BITS = 16
"""Leaves of a tree, at most."""

TREES_PER_WORD = 4
"""Trees whose bits are handled as one number."""

WEIGHTS = "block-classifier.json"


@dataclass(frozen=True)
class Forest:
    """
    Attributes:
        cuts: For each feature that is looked at: its index, its thresholds in order, and the leaves in reach when so
            many of the thresholds are passed, `TREES_PER_WORD` trees in each word.
        leaves: The value of each leaf of each tree, `LEAF_BITS` a tree.
    """

    cuts: tuple[tuple[int, Ints, NDArray[np.uint64]], ...]
    leaves: Ints

    def scores(self, columns: Ints) -> Ints:
        """
        For each column, the sum of the leaves that it falls into.
        """
        count = columns.shape[1]
        trees = len(self.leaves) // LEAF_BITS
        reach = np.full((count, -(-trees // TREES_PER_WORD)), ~np.uint64(0))
        passed = np.empty_like(reach)
        for feature, thresholds, masks in self.cuts:
            masks.take(thresholds.searchsorted(columns[feature]), axis=0, out=passed, mode="clip")
            np.bitwise_and(reach, passed, out=reach)
        at = _first_bits()[reach.view(np.uint16)[:, :trees]] + np.arange(0, len(self.leaves), LEAF_BITS)
        found: Ints = self.leaves[at].sum(axis=1)
        return found


@dataclass(frozen=True)
class Model:
    """
    Attributes:
        first: Looks at the features of a block.
        second: Looks at those and at the context.
        steps: Scores by which the chance that a block is of the article reaches 1, 2, ... permille.
        floor: Chance in permille under which the second round is spared.
    """

    first: Forest
    second: Forest
    steps: Ints
    floor: int

    def chances(self, scores: Ints) -> Ints:
        """
        Scores as chances, in permille.
        """
        return self.steps.searchsorted(scores)


@cache
def _first_bits() -> NDArray[np.int64]:
    """
    The place of the lowest bit that is set, of each number of `LEAF_BITS` bits.
    """
    return ints([max(0, (number & -number).bit_length() - 1) for number in range(1 << LEAF_BITS)])


def read_forest(stored: dict[str, Any]) -> Forest:
    """
    Build a forest from `trees`: each has `leaves`, left to right, and `splits` of (feature, threshold, first and last
    leaf to the left, one past it).
    """
    cuts: dict[int, dict[int, NDArray[np.uint16]]] = {}
    count = len(stored["trees"])
    width = -(-count // TREES_PER_WORD) * TREES_PER_WORD
    leaves = np.zeros((count, LEAF_BITS), dtype=np.int64)
    for index, tree in enumerate(stored["trees"]):
        leaves[index, : len(tree["leaves"])] = tree["leaves"]
        for feature, threshold, start, end in tree["splits"]:
            of_feature = cuts.setdefault(feature, {})
            mask = of_feature.setdefault(threshold, np.full(width, (1 << LEAF_BITS) - 1, dtype=np.uint16))
            mask[index] &= ~np.uint16((1 << end) - (1 << start))
    return Forest(tuple(_cut(feature, cuts[feature], width) for feature in sorted(cuts)), leaves.ravel())


def _cut(feature: int, masks: dict[int, NDArray[np.uint16]], width: int) -> tuple[int, Ints, NDArray[np.uint64]]:
    thresholds = sorted(masks)
    reach = [np.full(width, (1 << LEAF_BITS) - 1, dtype=np.uint16)]
    for threshold in thresholds:
        reach.append(reach[-1] & masks[threshold])
    return feature, ints(thresholds), np.array(reach).view(np.uint64)


def read_model(stored: dict[str, Any]) -> Model:
    """
    Build a model from its stored form.
    """
    return Model(read_forest(stored["first"]), read_forest(stored["second"]), ints(stored["steps"]), stored["floor"])


@cache
def load_model() -> Model:
    """
    Read the weights that are shipped.
    """
    return read_model(json.loads(_stored()))


def weights_digest() -> str:
    """
    SHA-256 of the weights, for the fingerprint.
    """
    return f"{WEIGHTS}={hashlib.sha256(_stored().encode()).hexdigest()}"


def judge_blocks(tree: HtmlElement, blocks: Sequence[Block], layout: Layout, model: Model) -> list[int]:
    """
    For each block of a page the chance in permille that it is of the article.
    """
    columns = page_features(tree, blocks, layout)
    chances = np.zeros(len(layout), dtype=np.int64)
    open_ = np.flatnonzero(~is_menu(layout))
    chances[open_] = model.chances(model.first.scores(columns[:, open_]))
    chosen = np.flatnonzero(chances >= model.floor)
    context = context_columns(layout, chances)
    found = np.zeros(len(layout), dtype=np.int64)
    found[chosen] = model.chances(model.second.scores(np.concatenate([columns[:, chosen], context[:, chosen]])))
    result: list[int] = found.tolist()
    return result


def _stored() -> str:
    return (resources.files("services.cleaner") / "data" / WEIGHTS).read_text("utf-8")
