"""
How good a text is, against what is known of it. Shingle scores as in scrapinghub's article-extraction-benchmark:
precision and recall of 4-word shingles, each averaged over pages; snippet F1 pooled, as in trafilatura's evaluation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

SHINGLE = 4

_WORDS = re.compile(r"\w+")


@dataclass(frozen=True)
class PageScore:
    """
    One text: precision is None where nothing was found; `score` is what pages are compared by, F1 or the share of
    snippets that are rightly in or out.
    """

    score: float
    precision: float | None = None
    recall: float | None = None
    hits: int = 0
    missed: int = 0
    wrong: int = 0


def page_score(truth: dict[str, Any], found: str) -> PageScore:
    """
    A text against the known text, or snippets.
    """
    return _by_shingles(truth["body"], found) if truth.get("body") else _by_snippets(truth, found)


def pooled(scores: Sequence[PageScore]) -> dict[str, float]:
    """
    The figures over the pages of a set, all of which are known in one way.
    """
    recalls = [score.recall for score in scores if score.recall is not None]
    if not recalls:
        hits, others = sum(s.hits for s in scores), sum(s.wrong + s.missed for s in scores)
        return {"snippet_f1": 2 * hits / max(1, 2 * hits + others)}
    precisions = [score.precision for score in scores if score.precision is not None]
    precision, recall = float(np.mean(precisions or [0])), float(np.mean(recalls))
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / max(1e-9, precision + recall)}


def difference(ours: Iterable[PageScore], theirs: Iterable[PageScore]) -> dict[str, float]:
    """
    How much better ours are, page by page: the mean and its standard error.
    """
    gaps = np.array([a.score - b.score for a, b in zip(ours, theirs, strict=True)])
    error = float(gaps.std(ddof=1) / len(gaps) ** 0.5) if len(gaps) > 1 else 0.0
    return {"pages": len(gaps), "difference": float(gaps.mean()), "standard_error": error}


def _by_shingles(known: str, found: str) -> PageScore:
    a, b = _shingles(known), _shingles(found)
    common = (a & b).total()
    precision = common / b.total() if b else None
    recall = common / a.total() if a else None
    return PageScore(2 * common / max(1, a.total() + b.total()), precision, recall)


def _by_snippets(truth: dict[str, Any], found: str) -> PageScore:
    text = " ".join(found.split())
    inside = [" ".join(snippet.split()) in text for snippet in truth["with"]]
    wrong = sum(" ".join(snippet.split()) in text for snippet in truth["without"])
    hits = sum(inside)
    right = hits + len(truth["without"]) - wrong
    return PageScore(
        right / max(1, len(inside) + len(truth["without"])), hits=hits, missed=len(inside) - hits, wrong=wrong
    )


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORDS.findall(text)
    return Counter(tuple(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1)) if words)
