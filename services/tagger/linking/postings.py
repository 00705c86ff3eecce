"""
Which articles have which hash: pairs of numbers in rows of bytes; a dictionary of lists would take ten times as much.

    hash --> row, by its last bits --> hash, article | hash, article | ...
"""

from __future__ import annotations

from struct import Struct

import numpy as np

from services.tagger.linking.sketches import Numbers

ROWS = 1 << 17
"""A million articles with sixty hashes make rows of 4 KB, which are searched in a few microseconds."""

_PAIR = Struct("=II")
_NOBODY = np.zeros(0, dtype=np.uint32)


class Postings:
    """
    Articles are numbers below 2^32.
    """

    def __init__(self) -> None:
        self._rows: dict[int, bytearray] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, hashes: Numbers, article: int) -> None:
        """
        Note that an article has these hashes.
        """
        for each in hashes.tolist():
            row = self._rows.get(each % ROWS)
            if row is None:
                row = self._rows[each % ROWS] = bytearray()
            row += _PAIR.pack(each, article)
        self._count += len(hashes)

    def remove(self, hashes: Numbers, article: int) -> None:
        """
        Forget that an article has these hashes.
        """
        for each in hashes.tolist():
            row = self._rows.get(each % ROWS)
            if row is None:
                continue
            pairs = _pairs(row)
            found = np.flatnonzero((pairs[:, 0] == each) & (pairs[:, 1] == article))
            if found.size:
                del pairs  # a row that is looked at cannot change its size
                del row[found[0] * _PAIR.size : (found[0] + 1) * _PAIR.size]
                self._count -= 1

    def articles(self, each: int) -> Numbers:
        """
        The articles that have a hash.
        """
        row = self._rows.get(each % ROWS)
        if not row:
            return _NOBODY
        pairs = _pairs(row)
        found: Numbers = pairs[pairs[:, 0] == each, 1]
        return found


def _pairs(row: bytearray) -> Numbers:
    return np.frombuffer(row, dtype=np.uint32).reshape(-1, 2)
