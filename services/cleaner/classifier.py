"""
Is a block of the article? Two rounds of boosted trees over whole numbers: the first sees a block and its place, the
second also the first one's opinion of everything around it.

A forest is evaluated all trees at once, by the bits of the leaves that are still within reach (Lucchese et al. 2015,
"QuickScorer"): a comparison that fails takes away the leaves on its left, and the leftmost that remains is the tree's.
No float takes part, so the same scores come out on every machine.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from sys import byteorder
from typing import Any

from lxml.html import HtmlElement

from services.cleaner.blocks import Block
from services.cleaner.context import context_rows
from services.cleaner.features import page_features

LEAF_BITS = 16
"""Leaves of a tree, at most."""

WEIGHTS = "block-classifier.json"


@dataclass(frozen=True)
class Forest:
    """
    Attributes:
        cuts: For each feature that is looked at: its index, its thresholds in order, and the leaves in reach when so
            many of the thresholds are passed.
        leaves: For each tree, the value of a leaf by its bit.
    """

    cuts: tuple[tuple[int, list[int], list[int]], ...]
    leaves: tuple[dict[int, int], ...]

    def score(self, row: Sequence[int]) -> int:
        """
        The sum of the leaves that a row falls into.
        """
        reach = -1
        for feature, thresholds, masks in self.cuts:
            reach &= masks[bisect_left(thresholds, row[feature])]
        size = len(self.leaves) * LEAF_BITS // 8
        bits = array("H", (reach & ((1 << 8 * size) - 1)).to_bytes(size, byteorder))
        return sum(values[bit & -bit] for values, bit in zip(self.leaves, bits, strict=True))


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
    steps: list[int]
    floor: int

    def chance(self, score: int) -> int:
        """
        A score as a chance, in permille.
        """
        return bisect_left(self.steps, score)


def read_forest(stored: dict[str, Any]) -> Forest:
    """
    Build a forest from `trees`: each has `leaves`, left to right, and `splits` of (feature, threshold, first and last
    leaf to the left, one past it).
    """
    cuts: dict[int, dict[int, int]] = {}
    count = len(stored["trees"])
    everything = (1 << count * LEAF_BITS) - 1
    little = byteorder == "little"
    leaves = []
    for index, tree in enumerate(stored["trees"]):
        shift = (index if little else count - 1 - index) * LEAF_BITS
        leaves.append({1 << at: value for at, value in enumerate(tree["leaves"])})
        for feature, threshold, start, end in tree["splits"]:
            gone = ((1 << end) - (1 << start)) << shift
            of_feature = cuts.setdefault(feature, {})
            of_feature[threshold] = of_feature.get(threshold, everything) & ~gone
    return Forest(tuple(_cut(feature, cuts[feature], everything) for feature in sorted(cuts)), tuple(leaves))


def _cut(feature: int, masks: dict[int, int], everything: int) -> tuple[int, list[int], list[int]]:
    thresholds = sorted(masks)
    reach = [everything]
    for threshold in thresholds:
        reach.append(reach[-1] & masks[threshold])
    return feature, thresholds, reach


def read_model(stored: dict[str, Any]) -> Model:
    """
    Build a model from its stored form.
    """
    return Model(read_forest(stored["first"]), read_forest(stored["second"]), stored["steps"], stored["floor"])


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


def judge_blocks(tree: HtmlElement, blocks: list[Block], model: Model) -> list[int]:
    """
    For each block of a page the chance in permille that it is of the article.
    """
    rows = page_features(tree, blocks)
    chances = [model.chance(model.first.score(row)) for row in rows]
    contexts = context_rows(blocks, chances)
    return [
        model.chance(model.second.score(row + context)) if chance >= model.floor else 0
        for row, context, chance in zip(rows, contexts, chances, strict=True)
    ]


def _stored() -> str:
    return (resources.files("services.cleaner") / "data" / WEIGHTS).read_text("utf-8")
