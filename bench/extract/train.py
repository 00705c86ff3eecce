"""
Make the weights of the block classifier: python -m bench.extract.train --data <dev folder> --out <weights file>

Needs lightgbm and numpy, which the service does not. Deterministic: fixed seeds, and ties by order.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

from bench.extract.pages import Sample, fold_of, read_truths, sample_of
from services.cleaner.context import context_rows

SCALE = 4096
"""Scores are whole numbers: log-odds times this."""

INNER_FOLDS = 3
TREES = 120
FEATURES = 56
"""Features that each round may look at: those with the most gain in a first, short training."""

FLOOR = 20
"""Permille of the first round under which the second is spared."""

PARAMETERS = {
    "objective": "cross_entropy", "learning_rate": 0.1, "num_leaves": 12, "min_data_in_leaf": 150, "lambda_l2": 20,
    "feature_fraction": 0.3, "bagging_fraction": 0.8, "bagging_freq": 1, "max_bin": 63, "use_missing": False,
    "num_threads": 2, "verbose": -1, "deterministic": True, "force_row_wise": True, "seed": 1,
}  # fmt: skip


def fit_model(samples: Sequence[Sample]) -> dict[str, Any]:
    """
    Train both rounds. The second learns from scores of the first that come from models that have not seen the site.
    """
    rows, labels, weights = (
        np.concatenate([getattr(s, name) for s in samples]) for name in ("rows", "labels", "weights")
    )
    inner = np.concatenate([np.full(len(s.blocks), fold_of("inner " + s.truth["site"], INNER_FOLDS)) for s in samples])
    scores = np.zeros(len(labels))
    for fold in range(INNER_FOLDS):
        held = inner == fold
        scores[held] = _fit(rows[~held], labels[~held], weights[~held]).predict(rows[held])
    context, start = [], 0
    for sample in samples:
        end = start + len(sample.blocks)
        context += context_rows(sample.blocks, [round(1000 * score) for score in scores[start:end]])
        start = end
    both = np.hstack([rows, np.array(context, dtype=np.float32)])
    steps = [round(SCALE * math.log((k - 0.5) / (1000.5 - k))) for k in range(1, 1001)]
    return {
        "first": _stored(_fit(rows, labels, weights)),
        "second": _stored(_fit(both, labels, weights)),
        "steps": steps,
        "floor": FLOOR,
    }


def _fit(rows: Any, labels: Any, weights: Any) -> Any:
    known = ~np.isnan(labels)
    rows, labels, weights = rows[known], labels[known], weights[known]
    weights = weights / weights.mean()
    short = lightgbm.train(PARAMETERS, lightgbm.Dataset(rows, labels, weight=weights), 25)
    gains = short.feature_importance("gain")
    dull = np.argsort(-gains, kind="stable")[FEATURES:]
    rows = rows.copy()
    rows[:, dull] = 0
    return lightgbm.train(PARAMETERS, lightgbm.Dataset(rows, labels, weight=weights), TREES)


def _stored(booster: Any) -> dict[str, Any]:
    trees = []
    for info in booster.dump_model()["tree_info"]:
        leaves: list[int] = []
        splits: list[tuple[int, int, int, int]] = []
        _walk(info["tree_structure"], leaves, splits)
        trees.append({"leaves": leaves, "splits": splits})
    return {"trees": trees}


def _walk(node: dict[str, Any], leaves: list[int], splits: list[tuple[int, int, int, int]]) -> None:
    if "leaf_value" in node:
        leaves.append(round(SCALE * node["leaf_value"]))
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
    samples = [sample for truth, html in read_truths(arguments.data) if (sample := sample_of(truth, html))]
    arguments.out.write_text(json.dumps(fit_model(samples), separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
