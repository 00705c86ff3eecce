"""
Languages that a model does not know, or hardly tells apart, by their small words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from services.tagger.data_files import read_yaml, word_set


@dataclass(frozen=True)
class Neighbour:
    """
    A language with words of its own.

    Attributes:
        instead_of: What a model takes it for.
        share: How much of a text these words are at least, in 0..1.
    """

    words: frozenset[str]
    instead_of: frozenset[str]
    share: float

    def share_of(self, words: Sequence[str]) -> float:
        """
        How much of a text is words of this language, in 0..1.
        """
        return sum(word in self.words for word in words) / len(words) if words else 0.0


@cache
def neighbours() -> Mapping[str, Neighbour]:
    """
    All of them, by ISO 639 code.
    """
    rows = read_yaml("neighbours.yaml").items()
    return {
        code: Neighbour(word_set(row["words"]), frozenset(row["instead_of"]), float(row["share"])) for code, row in rows
    }


def instead(detected: str, words: Sequence[str], known: Mapping[str, Neighbour]) -> str | None:
    """
    The language that a text is in rather than the detected one: it has more words of that. None: the detected one.
    """
    shares = {code: row.share_of(words) for code, row in known.items() if detected in row.instead_of}
    best = max(shares, key=lambda code: shares[code], default=None)
    if best is None or shares[best] < known[best].share:
        return None
    own = known[detected].share_of(words) if detected in known else 0.0
    return best if shares[best] > own else None
