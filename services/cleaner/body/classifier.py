"""
Is a block of the article? Two rounds of boosted trees over whole numbers: the first sees a block and its place, the
second also the first one's opinion of everything around it.
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

from services.cleaner.body.blocks import Block
from services.cleaner.body.context import context_columns
from services.cleaner.body.features import page_features
from services.cleaner.body.forest import Forest, read_forest
from services.cleaner.body.layout import Ints, Layout, ints
from services.cleaner.body.places import is_menu

WEIGHTS = "block-classifier.json"


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
