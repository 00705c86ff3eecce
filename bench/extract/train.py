"""
Make the weights of the block classifier: python -m bench.extract.train --data <dev folder> --out <weights file>

Needs lightgbm, which the service does not. Deterministic: fixed seeds, one thread, and ties by order.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

from bench.extract.pages import Sample, fold_of, read_samples
from services.cleaner.body.context import context_columns

SCALE = 4096
"""Scores are whole numbers: log-odds times this."""

INNER_FOLDS = 3
TREES = 160
"""Of each seed."""

SEEDS = (1, 2)
"""A forest is the mean of one forest a seed: half of what chance does to either."""

FEATURES = 72
"""Features that each round may look at: those with the most gain in a first, short training."""

SHORT_TREES = 25
FLOOR = 20
"""Permille of the first round under which the second is spared."""

PARAMETERS = {
    "objective": "cross_entropy", "learning_rate": 0.08, "num_leaves": 16, "min_data_in_leaf": 150, "lambda_l2": 20,
    "feature_fraction": 0.3, "bagging_fraction": 0.8, "bagging_freq": 1, "max_bin": 63, "use_missing": False,
    "num_threads": 1, "verbose": -1, "deterministic": True, "force_row_wise": True, "seed": 1,
}  # fmt: skip


@dataclass(frozen=True)
class Rows:
    """
    The blocks of many pages in one: features, labels (NaN where not known), weights, and which are not left out.
    """

    values: Any
    labels: Any
    weights: Any
    is_open: Any

    @property
    def is_known(self) -> Any:
        """
        Can a block be learned from?
        """
        return self.is_open & ~np.isnan(self.labels)


class Trainer:
    """
    Trains on some rows, or on a part of them, with the features that tell most in all of them.
    """

    def __init__(self, rows: Rows) -> None:
        known = rows.is_known
        values, labels, weights = rows.values[known], rows.labels[known], rows.weights[known]
        weights = weights / weights.mean()
        short = lightgbm.train(PARAMETERS, lightgbm.Dataset(values, labels, weight=weights), SHORT_TREES)
        gains = short.feature_importance("gain")
        self.chosen = np.sort(np.argsort(-gains, kind="stable")[:FEATURES])
        self._known = np.flatnonzero(known)
        self._data = lightgbm.Dataset(
            values[:, self.chosen], labels, weight=weights, params=PARAMETERS, free_raw_data=False
        ).construct()

    def train(self, is_in: Any = None) -> list[Any]:
        """
        Boosters over the chosen features, one a seed.
        """
        data = self._data if is_in is None else self._data.subset(np.flatnonzero(is_in[self._known]))
        return [lightgbm.train(PARAMETERS | {"seed": seed}, data, TREES) for seed in SEEDS]

    def predict(self, boosters: Sequence[Any], values: Any) -> Any:
        """
        Chances in permille.
        """
        mine = values[:, self.chosen]
        odds = np.mean([booster.predict(mine, raw_score=True, num_threads=1) for booster in boosters], axis=0)
        return np.round(1000 / (1 + np.exp(-odds))).astype(np.int64)

    def stored(self, boosters: Sequence[Any]) -> dict[str, Any]:
        """
        Boosters as the service reads it: features by their number among all.
        """
        chosen = self.chosen.tolist()
        trees = []
        for info in (info for booster in boosters for info in booster.dump_model()["tree_info"]):
            leaves: list[int] = []
            splits: list[tuple[int, int, int, int]] = []
            _walk(info["tree_structure"], leaves, splits)
            trees.append({"leaves": leaves, "splits": [(chosen[feature], *split) for feature, *split in splits]})
        return {"trees": trees}


def fit_model(samples: Sequence[Sample]) -> dict[str, Any]:
    """
    Train both rounds. The second learns from scores of the first that come from models that have not seen the site.
    """
    rows = Rows(
        *(np.concatenate([getattr(s, name) for s in samples]) for name in ("rows", "labels", "weights", "is_open"))
    )
    inner = np.concatenate([np.full(len(s.labels), fold_of("inner " + s.truth["site"], INNER_FOLDS)) for s in samples])
    first = Trainer(rows)
    scores = np.zeros(len(inner), dtype=np.int64)
    for fold in range(INNER_FOLDS):
        held = (inner == fold) & rows.is_open
        scores[held] = first.predict(first.train(inner != fold), rows.values[held])
    ends = np.cumsum([len(sample.labels) for sample in samples])
    contexts = [
        context_columns(sample.layout, part).T
        for sample, part in zip(samples, np.split(scores, ends[:-1]), strict=True)
    ]
    both = np.hstack([rows.values, np.concatenate(contexts).astype(np.float32)])
    second = Trainer(Rows(both, rows.labels, rows.weights, rows.is_open))
    steps = [round(SCALE * math.log((k - 0.5) / (1000.5 - k))) for k in range(1, 1001)]
    return {
        "first": first.stored(first.train()),
        "second": second.stored(second.train()),
        "steps": steps,
        "floor": FLOOR,
    }


def _walk(node: dict[str, Any], leaves: list[int], splits: list[tuple[int, int, int, int]]) -> None:
    if "leaf_value" in node:
        leaves.append(round(SCALE * node["leaf_value"] / len(SEEDS)))
        return
    start = len(leaves)
    _walk(node["left_child"], leaves, splits)
    splits.append((node["split_feature"], math.floor(node["threshold"]), start, len(leaves)))
    _walk(node["right_child"], leaves, splits)


def main() -> None:
    """
    Train on all pages.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    samples = list(read_samples(arguments.data))
    arguments.out.write_text(json.dumps(fit_model(samples), separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
