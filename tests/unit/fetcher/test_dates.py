"""
Dates that are only compared.
"""

from __future__ import annotations

import pytest

from schemas.base import rfc3339
from services.fetcher.dates import instant_of


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("2026-03-02T06:05:00+01:00", "2026-03-02T05:05:00.000Z"),
        ("2026-03-02T06:05Z", "2026-03-02T06:05:00.000Z"),
        (" 2026-03-02 06:05:00 ", "2026-03-02T06:05:00.000Z"),
        ("2026-03-02", "2026-03-02T00:00:00.000Z"),
        ("2026-03", "2026-03-01T00:00:00.000Z"),
        ("2026", "2026-01-01T00:00:00.000Z"),
        ("Mon, 02 Mar 2026 08:14:00 +0000", "2026-03-02T08:14:00.000Z"),
        ("Mon, 02 Mar 2026 08:14:00 GMT", "2026-03-02T08:14:00.000Z"),
    ],
)
def test_dates_are_read_in_both_notations(stated: str, expected: str) -> None:
    """
    A part that is missing is the first one.
    """
    moment = instant_of(stated)

    assert moment is not None
    assert rfc3339(moment) == expected


@pytest.mark.parametrize(
    "stated", [None, "", "yesterday", "2026-13-01", "0000", "0001-01-01T00:00:00+14:00", "9" * 100]
)
def test_what_is_no_date_is_none(stated: str | None) -> None:
    """
    Nothing is guessed.
    """
    assert instant_of(stated) is None
