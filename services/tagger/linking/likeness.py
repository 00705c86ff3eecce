"""
How much two articles are about the same: the cosine of their features, rare ones first, less the longer they lie apart.

How rare a feature is, the window tells: a name that every tenth article has says little, whatever it is. Articles in
two languages are compared by names, places and numbers; those in one have to share words beside.
"""

from __future__ import annotations

import math
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.tagger.linking.sketches import Numbers

ANY_LANGUAGE = 1
"""The last bit of a feature's hash: it means the same in every language."""

MAX_WEIGHT = 255

USUAL, AT_LEAST = 2000, 2
"""A young window knows too little of what is rare: so many articles are thought of, each feature in so many of them."""

HALF_LIFE_H = 72.0

LEAST_WORDS, LEAST_NAMES = 0.2, 0.05
"""Who and where is not enough without what, nor what without who and where: what is less alike in one counts less."""

MIN_SHARED_NAMES, NAMES_ALONE = 3, 0.75
"""Two articles in two languages share as many names at least; and names alone say less."""

Weights = npt.NDArray[np.float64]
Rarity = Callable[[int], float]


class Features(NamedTuple):
    """
    What an article is about.

    Attributes:
        hashes: Ascending; the last bit is `ANY_LANGUAGE`'s.
        weights: What each counts; in percent where they come from a fingerprint.
    """

    hashes: Numbers
    weights: Weights

    def names(self) -> Features:
        """
        Those that mean the same in every language.
        """
        return self._those(self.hashes & np.uint32(ANY_LANGUAGE) == ANY_LANGUAGE)

    def words(self) -> Features:
        """
        The others.
        """
        return self._those(self.hashes & np.uint32(ANY_LANGUAGE) != ANY_LANGUAGE)

    def _those(self, chosen: npt.NDArray[np.bool_]) -> Features:
        return Features(self.hashes[chosen], self.weights[chosen])


class Likeness(NamedTuple):
    """
    How much two articles are about the same, in 0..1, and the share that each feature has in it.
    """

    degree: float
    shares: Mapping[int, float]


UNLIKE = Likeness(0.0, {})


def hash_of(feature: str) -> int:
    """
    The number that stands for a feature.
    """
    digest = int.from_bytes(blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "big")
    return digest & ~ANY_LANGUAGE | (not feature.startswith("word:"))


def features_of(told: Mapping[str, int]) -> Features:
    """
    Features as a fingerprint tells them.
    """
    weights = {hash_of(feature): weight for feature, weight in told.items()}
    hashes = sorted(weights)
    values = [min(max(weights[each], 0), MAX_WEIGHT) for each in hashes]
    return Features(np.array(hashes, dtype=np.uint32), np.array(values, dtype=np.float64))


def encoded(features: Features) -> str:
    """
    As a window's entry has them: base64 of all hashes, 4 bytes each, little-endian, and all weights, a byte each.
    """
    return b64encode(features.hashes.astype("<u4").tobytes() + features.weights.astype(np.uint8).tobytes()).decode()


def decoded(text: str) -> Features:
    """
    Read features back.

    Raises:
        ValueError: They are none.
    """
    raw = b64decode(text, validate=True)
    count = len(raw) // 5
    hashes = np.frombuffer(raw, dtype="<u4", count=count).astype(np.uint32)
    return Features(hashes, np.frombuffer(raw, dtype=np.uint8, offset=4 * count).astype(np.float64))


def rarity(articles: int, having: int) -> float:
    """
    How much it says that two share a feature which so many of the articles have.
    """
    return math.log((articles + USUAL) / (having + AT_LEAST))


def likeness(one: Features, other: Features, rarity_of: Rarity, *, is_one_language: bool, hours: float) -> Likeness:
    """
    Compare two articles, `hours` apart.
    """
    ours, theirs = _said(one, rarity_of), _said(other, rarity_of)
    names = _cosine(ours.names(), theirs.names())
    if is_one_language:
        whole, words = _cosine(ours, theirs), _cosine(ours.words(), theirs.words())
        degree = whole.degree * min(1.0, words.degree / LEAST_WORDS) * min(1.0, names.degree / LEAST_NAMES)
    else:
        whole = names
        degree = whole.degree * NAMES_ALONE if len(whole.shares) >= MIN_SHARED_NAMES else 0.0
    return Likeness(degree * 0.5 ** (hours / HALF_LIFE_H), whole.shares)


def _cosine(one: Features, other: Features) -> Likeness:
    shared, ours, theirs = np.intersect1d(one.hashes, other.hashes, assume_unique=True, return_indices=True)
    if not shared.size:
        return UNLIKE
    products = one.weights[ours] * other.weights[theirs]
    total = float(products.sum())
    lengths = float(np.linalg.norm(one.weights) * np.linalg.norm(other.weights))
    return Likeness(
        total / (lengths or 1.0), dict(zip(shared.tolist(), (products / (total or 1.0)).tolist(), strict=True))
    )


def _said(features: Features, rarity_of: Rarity) -> Features:
    rarities = np.array([rarity_of(each) for each in features.hashes.tolist()], dtype=np.float64)
    return Features(features.hashes, features.weights * rarities)
