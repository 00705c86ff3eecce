"""
Out-of-fold figures of the whole cleaner: each page is cleaned with weights that were made without its site.

    python -m bench.extract.crossval --data <dev folder> --cache <folder> [--shuffle]

`--shuffle` is the control: labels are shuffled within each page before training, so nothing can be learned from them.
Shingle F1 as in scrapinghub's article-extraction-benchmark: precision and recall of 4-word shingles, each averaged over
pages; snippet F1 pooled, as in trafilatura's own evaluation.
"""

from __future__ import annotations

import argparse
import json
import pickle
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.extract.pages import FOLDS, Sample, fold_of, read_truths, sample_of
from bench.extract.train import fit_model
from bench.plugins import extract
from services.cleaner import extract as cleaner_extract
from services.cleaner.classifier import read_model

_WORDS = re.compile(r"\w+")


def shingle_scores(pairs: Iterable[tuple[str, str]]) -> tuple[float, float, float]:
    """
    Precision, recall and F1 over (known text, found text) pairs.
    """
    precisions, recalls = [], []
    for known, found in pairs:
        a, b = _shingles(known), _shingles(found)
        common = (a & b).total()
        if b:
            precisions.append(common / b.total())
        if a:
            recalls.append(common / a.total())
    precision, recall = float(np.mean(precisions or [0])), float(np.mean(recalls or [0]))
    return precision, recall, float(2 * precision * recall / max(1e-9, precision + recall))


def snippet_score(pairs: Iterable[tuple[dict[str, Any], str]]) -> float:
    """
    F1 of snippets found and avoided.
    """
    hits = wrong = missed = 0
    for truth, found in pairs:
        text = " ".join(found.split())
        inside = [" ".join(snippet.split()) in text for snippet in truth["with"]]
        hits += sum(inside)
        missed += len(inside) - sum(inside)
        wrong += sum(" ".join(snippet.split()) in text for snippet in truth["without"])
    return 2 * hits / max(1, 2 * hits + wrong + missed)


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORDS.findall(text)
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)) if words[at : at + 4])


def fold_models(data: Path, cache: Path, *, is_control: bool) -> list[dict[str, Any]]:
    """
    A stored model for each fold, made without it.
    """
    path = cache / ("models-control.json" if is_control else "models.json")
    if path.exists():
        return json.loads(path.read_text())  # type: ignore[no-any-return]
    samples = _samples(data, cache / "samples.pickle")
    if is_control:
        random = np.random.default_rng(1)
        samples = [replace(sample, labels=random.permutation(sample.labels)) for sample in samples]
    models = [fit_model([sample for sample in samples if sample.fold != fold]) for fold in range(FOLDS)]
    path.write_text(json.dumps(models))
    return models


def _samples(data: Path, path: Path) -> list[Sample]:
    if not path.exists():
        found = [sample for truth, html in read_truths(data) if (sample := sample_of(truth, html))]
        path.write_bytes(pickle.dumps(found))
    return pickle.loads(path.read_bytes())  # type: ignore[no-any-return]


def main() -> None:
    """
    Print a row for each set.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=0, help="only so many pages of each set are cleaned")
    parser.add_argument("--shuffle", action="store_true")
    arguments = parser.parse_args()
    models = [
        read_model(stored) for stored in fold_models(arguments.data, arguments.cache, is_control=arguments.shuffle)
    ]
    found: dict[str, list[tuple[dict[str, Any], str]]] = defaultdict(list)
    fallen: Counter[str] = Counter()
    fall_back = cleaner_extract.by_library
    started = time.process_time()
    for truth, html in read_truths(arguments.data, arguments.limit):
        model = models[fold_of(truth["site"], FOLDS)]
        cleaner_extract.load_model = lambda model=model: model  # type: ignore[attr-defined, assignment]

        def counted(tree: Any, name: str = truth["set"]) -> list[str]:
            fallen[name] += 1
            return fall_back(tree)

        cleaner_extract.by_library = counted
        found[truth["set"]].append((truth, extract(html, truth.get("url"))))
    spent = time.process_time() - started
    for name, pairs in found.items():
        full = [(truth["body"], text) for truth, text in pairs if truth.get("body")]
        scores = " ".join(f"{score:.4f}" for score in shingle_scores(full)) if full else "-"
        snippets = f"{snippet_score(pairs):.4f}" if "with" in pairs[0][0] else "-"
        print(f"{name:<18}{len(pairs):>5}  P R F1 {scores:<22} snippets {snippets:<8} fallen back {fallen[name]}")
    print(f"{sum(map(len, found.values())) / spent:.1f} pages per CPU second, reading the archive included")
    (arguments.cache / "found.json").write_text(
        json.dumps({f"{t['set']} {t['id']}": x for v in found.values() for t, x in v})
    )


if __name__ == "__main__":
    main()
