"""
Mistakes that can be planted in the simulation's task loop, to see that the checker finds them. None is in any service.
"""

from __future__ import annotations

from enum import StrEnum


class Bug(StrEnum):
    """
    What the loop does wrong.
    """

    OFFSETS_FIRST = "commits the offsets in a transaction before that of the records"
    RANDOM_ID = "takes a random transactional id, so that nobody is fenced"
    LOST_OFFSET = "leaves the offsets out of every fifth transaction"
    EARLY_OFFSET = "commits up to what was read instead of what was decided on"
    DROPPED_LETTER = "writes no dead letters"
    DOUBLED_EMIT = "hands one record of every seventh transaction over twice"
    TABLE_OUTSIDE = "writes its tables outside the transaction"
    SWALLOWED_REBALANCE = "loses an error while it takes a new share, and never starts that share's tasks"
    STALE_OFFSET = "goes on where it stopped itself, instead of where the owner after it did"
    EARLY_MEMORY = "makes memory lasting before the transaction is committed"
