"""
Sketches of texts, by which one text is found in another: the smallest hashes of its shingles, and where they stand.

A. Broder, "On the resemblance and containment of documents" (1997), as in `services.tagger.sketch`. Here longer texts
keep more hashes, so that a part is found in a whole, and each hash knows the eighth of the text that it is from: what
two texts share at one end only, as a footer, does not make them one.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

SHINGLE_WORDS = 4

LEAST, MOST, SHARE = 64, 96, 8
"""Hashes kept: a `SHARE`-th of a text's shingles, but at least `LEAST`, if there are so many, and at most `MOST`."""

MAX_WORDS = 50_000
"""Of a longer text the beginning is read; keeps the time of a record bounded."""

EIGHTHS, EIGHTH_BITS = 8, 3
ALL = (1 << 32 - EIGHTH_BITS) - 1
"""The largest hash: what the whole of a text reaches to."""

Numbers = npt.NDArray[np.uint32]


class Sketch(NamedTuple):
    """
    A sample of a text's shingles.

    Attributes:
        hashes: 29 bits each, ascending.
        eighths: Where each stands first, 0 to 7.
        reach: All shingles with a hash up to this one are in the sample.
    """

    hashes: Numbers
    eighths: Numbers
    reach: int


def sketch(words: Sequence[str]) -> Sketch:
    """
    Sample the shingles of a text, given as its words (`services.tagger.sketch.words`).
    """
    words = words[:MAX_WORDS]
    count = max(1, len(words) - SHINGLE_WORDS + 1) if words else 0
    places: dict[int, int] = {}
    for i in range(count):
        places.setdefault(_hash(" ".join(words[i : i + SHINGLE_WORDS])), i * EIGHTHS // count)
    kept = min(max(LEAST, len(places) // SHARE), MOST)
    hashes = list(islice(sorted(places), kept))
    reach = hashes[-1] if len(places) > kept else ALL
    return Sketch(_numbers(hashes), _numbers([places[each] for each in hashes]), reach)


def _hash(shingle: str) -> int:
    digest = blake2b(shingle.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "big") >> EIGHTH_BITS


def _numbers(values: Sequence[int]) -> Numbers:
    return np.array(values, dtype=np.uint32)


def encoded(sample: Sketch) -> str:
    """
    A sketch as text: base64 of its reach and of each hash with its eighth, 4 bytes each, little-endian.
    """
    numbers = np.concatenate((_numbers([sample.reach]), sample.hashes << EIGHTH_BITS | sample.eighths))
    return b64encode(numbers.astype("<u4").tobytes()).decode()


def decoded(text: str) -> Sketch:
    """
    Read a sketch back.

    Raises:
        ValueError: It is none.
    """
    return of_bytes(b64decode(text, validate=True))


def of_bytes(raw: bytes) -> Sketch:
    """
    A sketch from the bytes within its text.

    Raises:
        ValueError: They are not whole numbers.
    """
    numbers = np.frombuffer(raw, dtype="<u4").astype(np.uint32)
    if not numbers.size:
        return Sketch(numbers, numbers, ALL)
    hashes: Numbers = numbers[1:] >> np.uint32(EIGHTH_BITS)
    eighths: Numbers = numbers[1:] & np.uint32(EIGHTHS - 1)
    return Sketch(hashes, eighths, int(numbers[0]))
