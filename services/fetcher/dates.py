"""
Dates as feeds and sitemaps state them, read to be compared. What is published keeps the words of the publisher.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_MONTH_OR_YEAR = re.compile(r"(\d{4})(?:-(\d\d))?")


def instant_of(stated: str | None) -> datetime | None:
    """
    Read an ISO 8601 (W3C) or RFC 822 date; None where it is neither.

    A date without a time is its midnight, one without a zone is taken for UTC: near enough to tell old from new.
    """
    text = (stated or "").strip()
    if not text or len(text) > 60:
        return None
    try:
        moment = _read(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _read(text: str) -> datetime:
    if short := _MONTH_OR_YEAR.fullmatch(text):
        return datetime(int(short[1]), int(short[2] or 1), 1, tzinfo=UTC)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parsedate_to_datetime(text)
