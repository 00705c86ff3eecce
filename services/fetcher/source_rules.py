"""
What a source may ask for. Needs nothing but the contract, so that a file of sources is judged where it is read.
"""

from __future__ import annotations

import re

from schemas.parts import ListRules
from schemas.state import Source

RESERVED_HEADERS = frozenset(
    {
        *("accept-encoding", "connection", "content-length", "content-type", "expect", "host", "keep-alive", "range"),
        *("te", "trailer", "transfer-encoding", "upgrade", "user-agent", "via"),
    }
)
"""Who asks, and how the answer travels, is the fetcher's business."""

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE = re.compile(r"[\x20-\x7e]{0,4000}")


def problem_of(source: Source | ListRules) -> str | None:
    """
    Why a source cannot be watched, or a list not read, as it is written; None where it can.
    """
    for pattern in (*source.allow, *source.deny):
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            return f"pattern {pattern[:200]!r}: {error}"
    wrong = [name for name, value in source.headers.items() if not _is_free(name, value)]
    return f"header {wrong[0][:200]!r} is not the operator's to set" if wrong else None


def _is_free(name: str, value: str) -> bool:
    lower = name.lower()
    is_reserved = lower in RESERVED_HEADERS or lower.startswith(("if-", "proxy-", "sec-"))
    return not is_reserved and _NAME.fullmatch(name) is not None and _VALUE.fullmatch(value) is not None
