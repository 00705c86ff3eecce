"""
What is told of a topic that was looked at from outside.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.runtime.kafka.looks import Recent
from services.runtime.record import Record

RECORD = Record("news.page.fetched", 0, 0, datetime(2026, 1, 1, tzinfo=UTC), b"k", b"v")


@pytest.mark.parametrize(
    ("records", "offsets", "looked", "count"),
    [(3, 4, 4, 3), (0, 0, 0, 0), (0, 2, 2, 0), (100, 4000, 120, 3333)],
)
def test_records_are_counted_without_the_ends_of_transactions(
    records: int, offsets: int, looked: int, count: int
) -> None:
    """
    Exactly where all was looked at; else as many as their share among the newest tells.
    """
    assert Recent((RECORD,) * records, offsets, looked).count == count
