"""
The same text: of each group of articles that share one, the first is remembered, and others are found by it.

What the shorter of two texts has in common with the other decides. Three things keep boilerplate from it:

    common     shingles that stand in more than `COMMON` different texts count for nothing
    whole      each half of the shorter text has to be in the other
    patched    a text of which one stretch is its own, and which shares the rest word for word, shares boilerplate, if
               that is no longer than boilerplate is
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.tagger.linking.postings import Postings
from services.tagger.linking.sketches import ALL, EIGHTHS, Numbers, Sketch

COMMON = 5
"""Different texts that a shingle may stand in."""

LOOKED_AT = 8
"""Of the texts that share most shingles."""

MIN_SHARED = 3
MIN_SAMPLES = 6
"""Of a text with fewer shingles nothing is said."""

HALF_SHARE = 0.15
OWN_SHARE = 0.25
"""An eighth of a text that shares less is its own."""

VERBATIM_SHARE = 0.9
"""Of what is shared word for word; the eighths beside a stretch of its own may have less."""

BOILERPLATE_WORDS = 130
"""Headers and footers are rarely longer, and by the sixth text they are common."""


class Match(NamedTuple):
    """
    The text that another one repeats, as a number, and the share of the shorter that is in both.
    """

    article: int
    similarity: float


class Texts:
    """
    The first articles with each text.
    """

    def __init__(self, sketch_of: Callable[[int], Sketch]) -> None:
        self._sketch_of = sketch_of
        self._postings = Postings()

    def add(self, sample: Sketch, article: int) -> None:
        """
        An article is the first with its text.
        """
        self._postings.add(sample.hashes, article)

    def remove(self, sample: Sketch, article: int) -> None:
        """
        It is not, or not any more.
        """
        self._postings.remove(sample.hashes, article)

    def find(self, sample: Sketch, least: float, but: int = -1) -> Match | None:
        """
        The text that a sample is most like, if it is so at least to a degree; never that of article `but`.
        """
        counts: Counter[int] = Counter()
        common = []
        for each in sample.hashes.tolist():
            articles = self._postings.articles(each)
            if len(articles) > COMMON:
                common.append(each)
            else:
                counts.update(articles.tolist())
        del counts[but]
        likely = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:LOOKED_AT]
        shared = _numbers(common)
        matches = (
            Match(other, _likeness(sample, self._sketch_of(other), shared)) for other, n in likely if n >= MIN_SHARED
        )
        best = max(matches, key=lambda match: match.similarity, default=None)
        return best if best is not None and best.similarity >= least else None


def likeness(one: Sketch, other: Sketch) -> float:
    """
    The share of the shorter text that is in both, in 0..1; 0 where what they share may be boilerplate.
    """
    return _likeness(one, other, _numbers([]))


def _likeness(one: Sketch, other: Sketch, common: Numbers) -> float:
    reach = min(one.reach, other.reach)
    shorter, longer = sorted((_within(one, reach, common), _within(other, reach, common)), key=lambda s: len(s.hashes))
    if len(shorter.hashes) < MIN_SAMPLES:
        return 0.0
    is_shared = np.isin(shorter.hashes, longer.hashes)
    share = float(is_shared.mean())
    words = is_shared.sum() * ALL / max(reach, 1)
    is_doubtful = words < BOILERPLATE_WORDS and _is_patched(is_shared, shorter.eighths)
    if is_doubtful or not _is_whole(is_shared, shorter.eighths):
        return 0.0
    return round(share, 4)


def _within(sample: Sketch, reach: int, common: Numbers) -> Sketch:
    counts = (sample.hashes <= reach) & np.isin(sample.hashes, common, invert=True)
    return Sketch(sample.hashes[counts], sample.eighths[counts], reach)


def _is_whole(is_shared: npt.NDArray[np.bool_], eighths: Numbers) -> bool:
    halves = (is_shared[eighths < EIGHTHS // 2], is_shared[eighths >= EIGHTHS // 2])
    return all(half.size and half.mean() >= HALF_SHARE for half in halves)


def _is_patched(is_shared: npt.NDArray[np.bool_], eighths: Numbers) -> bool:
    """
    Whether one stretch of a text, or all around one, is its own, and the rest is shared word for word; the eighths in
    which that begins and ends are of both.
    """
    samples = np.bincount(eighths, minlength=EIGHTHS)
    shares = np.bincount(eighths, weights=is_shared, minlength=EIGHTHS)[samples > 0] / samples[samples > 0]
    is_own = shares < OWN_SHARE
    edges = is_own != np.roll(is_own, 1)
    if edges.sum() != 2:
        return False
    beyond = ~(is_own | np.roll(is_own, 1) | np.roll(is_own, -1))
    return bool((shares[beyond] >= VERBATIM_SHARE).all())


def _numbers(values: list[int]) -> Numbers:
    return np.array(values, dtype=np.uint32)
