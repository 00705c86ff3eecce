"""
Out-of-fold figures of the whole cleaner: each page is cleaned with weights that were made without its site.

    python -m bench.extract.crossval --data <dev folder> --cache <folder> [--json <file>] [--jobs 2]

beside trafilatura's, page by page. `--shuffle` is the control: labels are shuffled within each page before training,
so nothing can be learned from them. `--without-phrases` switches the phrase files off. `--oracle` takes the blocks that
the labels say are of the article: how good any choice of blocks can be. `--shipped` takes the weights of the service.

The cache keeps labelled pages and weights by a digest of the code that makes them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import py3langid
from trafilatura import bare_extraction
from trafilatura.settings import Document

from bench.extract.pages import FOLDS, Sample, fold_of, read_samples, read_truths
from bench.extract.scores import PageScore, difference, page_score, pooled
from bench.extract.train import fit_model
from bench.plugins import SETTINGS, page_of
from schemas.events import ArticleCleaned
from services import cleaner
from services.cleaner import stage
from services.cleaner.body import extract
from services.cleaner.body.classifier import Model, read_model
from services.cleaner.body.extract import MIN_SURETY
from services.cleaner.boilerplate.rules import Rules, load_rules
from services.runtime.outcome import Emit, Outcome

MIN_LANGUAGE_PAGES = 30
MIN_LABEL = 0.5
"""Share of a block that is found in the known text, from which the oracle takes it."""

MAKERS = (
    "body/blocks",
    "body/marks",
    "body/layout",
    "body/places",
    "body/letters",
    "body/stated",
    "body/features",
    "body/context",
    "lines",
    "page/parsing",
)
"""Modules of the cleaner that labelled pages depend on."""


@dataclass(frozen=True)
class Result:
    """
    One page: what it is, how sure the classifier was, whether our text is the library's, both scores, both texts.
    """

    truth: dict[str, Any]
    language: str
    surety: float
    is_library: bool
    ours: PageScore
    theirs: PageScore
    found: tuple[str, str]


def fold_models(data: Path, store: Path, *, is_control: bool, jobs: int) -> Path:
    """
    Where there is a stored model for each fold, made without it.
    """
    path = store / ("models-control.json" if is_control else "models.json")
    if not path.exists():
        samples = labelled(data, store)
        if is_control:
            random = np.random.default_rng(1)
            samples = [replace(sample, labels=random.permutation(sample.labels)) for sample in samples]
        learned = [[sample for sample in samples if sample.fold != fold] for fold in range(FOLDS)]
        with ProcessPoolExecutor(jobs) as pool:
            path.write_text(json.dumps(list(pool.map(fit_model, learned))))
    return path


def labelled(data: Path, store: Path) -> list[Sample]:
    """
    The labelled pages, from the cache if they are there.
    """
    path = store / "samples.pickle"
    if not path.exists():
        path.write_bytes(pickle.dumps(list(read_samples(data))))
    return pickle.loads(path.read_bytes())  # type: ignore[no-any-return]


def digest(maker: str = "") -> str:
    """
    A name for what this code makes of the pages.
    """
    folder, here = Path(cleaner.__file__).parent, Path(__file__).parent
    files = [folder / f"{name}.py" for name in MAKERS] + [here / f"{name}.py" for name in ("labels", "pages", "train")]
    return hashlib.sha256(maker.encode() + b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def clean_page(page: tuple[dict[str, Any], bytes, str | None], models: Path | None, *, has_phrases: bool) -> Result:
    """
    One page by both.

    Args:
        page: What is known of it, its bytes, and trafilatura's text if that is known.
        models: Where the weights of the folds are; None takes those that are shipped.
        has_phrases: Are lines removed by the phrase files?
    """
    truth, html, theirs = page
    with ExitStack() as changed:
        if models:
            model = _models(models)[fold_of(truth["site"], FOLDS)]
            changed.enter_context(patch.object(extract, "load_model", lambda: model))
        if not has_phrases:
            changed.enter_context(patch.object(stage, "load_rules", lambda: _NoRules(load_rules().book)))
        done = stage.study(page_of(html, truth.get("url")), SETTINGS)
    found = done.draft.found if done.draft else None
    text = article_of(done.outcome)
    if theirs is None:
        document = bare_extraction(html, with_metadata=True, include_comments=False)
        theirs = (document.text or "") if isinstance(document, Document) else ""
    return Result(
        truth=truth,
        language=py3langid.classify(truth.get("body") or " ".join(truth["with"]))[0],
        surety=found.surety if found else 1.0,
        is_library=bool(found and found.is_library),
        ours=page_score(truth, text),
        theirs=page_score(truth, theirs),
        found=(text, theirs),
    )


def article_of(outcome: Outcome) -> str:
    """
    The body of what is emitted; empty where nothing is.
    """
    event = outcome.events[0].event if isinstance(outcome, Emit) else None
    return event.article_body if isinstance(event, ArticleCleaned) else ""


class _NoRules(Rules):
    """
    No line is boilerplate.
    """

    def match(self, line: str, *, at_edge: bool = False) -> str | None:
        del line, at_edge
        return None


@cache
def _models(path: Path) -> list[Model]:
    return [read_model(stored) for stored in json.loads(path.read_text())]


def clean_all(given: argparse.Namespace, models: Path | None) -> list[Result]:
    """
    All pages by both. Trafilatura's texts are kept in the cache.
    """
    kept = given.cache / "trafilatura.json"
    known = json.loads(kept.read_text()) if kept.exists() else {}
    pages = [(truth, html, known.get(_key(truth))) for truth, html in read_truths(given.data, given.limit)]
    run = partial(clean_page, models=models, has_phrases=not given.without_phrases)
    with ProcessPoolExecutor(given.jobs) as pool:
        results = list(pool.map(run, pages, chunksize=8))
    pages_found = [
        {"page": _key(r.truth), "surety": r.surety, "is_library": r.is_library, "ours": r.ours.score,
         "theirs": r.theirs.score, "text": r.found[0]}
        for r in results
    ]  # fmt: skip
    (given.cache / "pages.json").write_text(json.dumps(pages_found))
    kept.write_text(json.dumps(known | {_key(result.truth): result.found[1] for result in results}))
    return results


def _key(truth: dict[str, Any]) -> str:
    return f"{truth['set']} {truth['id']}"


def oracle(samples: Sequence[Sample]) -> Iterator[tuple[str, PageScore]]:
    """
    The set and the score of each page whose text is known, if the labels were the choice.
    """
    for sample in samples:
        if sample.truth.get("body"):
            taken = [text for text, label in zip(sample.texts, sample.labels, strict=True) if label >= MIN_LABEL]
            yield sample.truth["set"], page_score(sample.truth, "\n\n".join(taken))


def table(results: Sequence[Result]) -> dict[str, Any]:
    """
    The figures by set, and the differences by language.
    """
    sets: dict[str, list[Result]] = {}
    languages: dict[str, list[Result]] = {}
    for result in results:
        kind = "text" if result.truth.get("body") else "snippets"
        sets.setdefault(result.truth["set"], []).append(result)
        languages.setdefault(f"{result.language} ({kind})", []).append(result)
    found: dict[str, Any] = {"sets": {}, "languages": {}}
    for name, of_set in sets.items():
        found["sets"][name] = {
            "ours": pooled([result.ours for result in of_set]),
            "trafilatura": pooled([result.theirs for result in of_set]),
            "asked_library": sum(result.is_library for result in of_set),
            **_gap(of_set),
        }
    for name, of_language in sorted(languages.items()):
        if len(of_language) >= MIN_LANGUAGE_PAGES:
            found["languages"][name] = _gap(of_language)
    f1s = [row["ours"]["f1"] for row in found["sets"].values() if "f1" in row["ours"]]
    return found | {"mean_f1": float(np.mean(f1s)), "min_surety": MIN_SURETY}


def _gap(results: Sequence[Result]) -> dict[str, float]:
    return difference([result.ours for result in results], [result.theirs for result in results])


def show(found: dict[str, Any]) -> None:
    """
    Print the figures.
    """
    for name, row in found["sets"].items():
        figures = "   ".join(
            f"{who} " + " ".join(f"{key} {value:.4f}" for key, value in row[who].items())
            for who in ("ours", "trafilatura")
        )
        print(f"{name:<18}{row['pages']:>5}  {figures}   {_shown(row)}  asked library {row['asked_library']}")
    print(f"mean F1 of the sets with known texts {found['mean_f1']:.4f}")
    for name, row in found["languages"].items():
        print(f"  {name:<14}{row['pages']:>5}  {_shown(row)}")


def _shown(row: dict[str, float]) -> str:
    return f"difference {row['difference']:+.4f} +- {row['standard_error']:.4f}"


def main() -> None:
    """
    Print the tables that are asked for.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--limit", type=int, default=0, help="only so many pages of each set are cleaned")
    for flag in ("--shuffle", "--without-phrases", "--oracle", "--shipped"):
        parser.add_argument(flag, action="store_true")
    given = parser.parse_args()
    store = given.cache / digest()
    store.mkdir(parents=True, exist_ok=True)
    if given.oracle:
        scores: dict[str, list[PageScore]] = {}
        for name, score in oracle(labelled(given.data, store)):
            scores.setdefault(name, []).append(score)
        found: dict[str, Any] = {name: pooled(of_set) for name, of_set in scores.items()}
        print("\n".join(f"{name:<18}{row}" for name, row in found.items()))
    else:
        models = None if given.shipped else fold_models(given.data, store, is_control=given.shuffle, jobs=given.jobs)
        results = clean_all(given, models)
        found = table(results)
        show(found)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
