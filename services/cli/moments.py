"""
Moments as a person writes them: a date, a date with a time, or how long ago.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import typer

_AGO = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|m|h|d|w)")

_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 7 * 86400}

FORMS = "2026-11-22, 2026-11-22T14:30 (UTC, unless a zone is given), or how long ago: 90s, 20min, 2h, 3d, 1w"


def moment_of(written: str | None, now: datetime) -> datetime | None:
    """
    Read a moment; without a zone it is UTC.

    Raises:
        typer.BadParameter: It is written in another way.
    """
    if written is None:
        return None
    try:
        if ago := _AGO.fullmatch(written.strip()):
            return now - timedelta(seconds=float(ago[1]) * _SECONDS[ago[2]])
        moment = datetime.fromisoformat(written.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{written!r} is no time; write {FORMS}") from None


def span_of(seconds: float) -> str:
    """
    A length of time in words, in the largest unit that fits.
    """
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
