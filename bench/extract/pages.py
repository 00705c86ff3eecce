"""
The labelled pages, and the features of their blocks as the service would see them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.extract.labels import label_blocks, label_by_snippets
from services.cleaner.body.blocks import read_page
from services.cleaner.body.features import page_features
from services.cleaner.body.layout import Layout, layout_of
from services.cleaner.body.places import is_menu
from services.cleaner.boilerplate.rules import load_rules
from services.cleaner.page.decode import Undecodable, decode
from services.cleaner.page.parsing import drop_unseen, parse_html
from services.cleaner.page.survey import survey

FOLDS = 5


@dataclass(frozen=True)
class Sample:
    """
    One page: its truth as stored, its layout, and per block its text, features, label (NaN where not known), weight,
    and whether the classifier looks at it at all.
    """

    truth: dict[str, Any]
    texts: list[str]
    layout: Layout
    rows: Any
    labels: Any
    weights: Any
    is_open: Any

    @property
    def fold(self) -> int:
        """
        All pages of a registered domain are in one fold.
        """
        return fold_of(self.truth["site"], FOLDS)


def fold_of(site: str, folds: int) -> int:
    """
    The fold of a site, by a hash of its name.
    """
    return int(hashlib.sha1(site.encode(), usedforsecurity=False).hexdigest(), 16) % folds


def read_truths(data: Path, limit: int = 0) -> Iterator[tuple[dict[str, Any], bytes]]:
    """
    The pages of all sets under a folder, with what is known of them.
    """
    for folder in sorted(path.parent for path in data.glob("*/truth.jsonl.gz")):
        with gzip.open(folder / "truth.jsonl.gz", "rt", encoding="utf-8") as lines:
            truths = [json.loads(line) | {"set": folder.name} for line in lines]
        with zipfile.ZipFile(folder / "html.zip") as pages:
            for truth in truths[: limit or None]:
                yield truth, pages.read(f"{truth['id']}.html")


def read_samples(data: Path) -> Iterator[Sample]:
    """
    The labelled pages of all sets under a folder.
    """
    for truth, html in read_truths(data):
        sample = sample_of(truth, html)
        if sample is not None:
            yield sample


def sample_of(truth: dict[str, Any], html: bytes) -> Sample | None:
    """
    A page's blocks, labelled; None where it has none.
    """
    decoded = decode(html, None, None)
    tree = None if isinstance(decoded, Undecodable) else parse_html(decoded.text)
    if tree is None:
        return None
    drop_unseen(tree, survey(tree), load_rules())
    blocks, media = read_page(tree)
    if not blocks:
        return None
    layout = layout_of(blocks, media)
    texts = [block.text for block in blocks]
    body = truth.get("body")
    labels = label_blocks(texts, body) if body else label_by_snippets(texts, truth["with"], truth["without"])
    return Sample(
        truth=truth,
        texts=texts,
        layout=layout,
        rows=page_features(tree, blocks, layout).T.astype(np.float32),
        labels=np.array([np.nan if label is None else label for label in labels], dtype=np.float64),
        weights=_weights(texts, is_full=bool(body)),
        is_open=~is_menu(layout),
    )


def _weights(texts: list[str], *, is_full: bool) -> Any:
    """
    Long blocks and long pages weigh more, by the square root of their size; pages with snippets only, half.
    """
    roots = np.sqrt(np.array([len(text) for text in texts], dtype=np.float64))
    return roots / roots.sum() * len(texts) ** 0.5 * (1.0 if is_full else 0.5)
