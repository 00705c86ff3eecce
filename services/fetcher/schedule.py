"""
When something is asked for again: after a failure, and for a feed after each document.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from schemas.state import FrontierEntry

JITTER = 0.25
"""Share by which a pause is stretched at most, so that what failed together does not come back together."""

FASTER, SLOWER = 0.5, 1.5
"""A feed with news is asked sooner next time, one without later."""

DEFAULT_MAX_S = 6 * 3600
"""For a feed whose source does not state its interval; the same as the contract's default."""

REDIRECT_POLL_S = 900
"""A feed that only leads elsewhere is asked so often: a quarter of an hour, within its interval."""

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?([0-9]{1,9})", re.IGNORECASE)
_UNSTORED = re.compile(r"(?:^|[,\s])no-(?:cache|store)\b", re.IGNORECASE)


def jitter(url: str, number: int) -> float:
    """
    A factor from 1 to 1.25, the same for the same URL and try on every machine.
    """
    digest = hashlib.sha256(f"{url}\n{number}".encode()).digest()
    return 1 + JITTER * int.from_bytes(digest[:4], "big") / 2**32


def backoff_s(url: str, attempts: int, base_s: float, cap_s: float) -> float:
    """
    Seconds to wait after the given number of failures in a row: exponential, with jitter.
    """
    return min(cap_s, base_s * 2.0 ** min(attempts - 1, 30)) * jitter(url, attempts)


def max_age_s(headers: Mapping[str, str]) -> int | None:
    """
    How long an answer is fresh by its Cache-Control, in seconds; 0: not at all, None: it does not say.
    """
    stated = headers.get("cache-control", "")
    if _UNSTORED.search(stated):
        return 0
    found = _MAX_AGE.search(stated)
    return int(found[1]) if found else None


def next_poll(entry: FrontierEntry, now: datetime, has_news: bool, at_least_s: float = 0) -> datetime | None:
    """
    When a feed is asked again; None for one that was asked for once only.

    The interval halves with news and grows by half without, from the source's least to its greatest; what the feed
    itself asks for (ttl, max-age) is kept within these.
    """
    if entry.min_interval_s is None:
        return None
    least, most = entry.min_interval_s, _most_s(entry, entry.min_interval_s)
    wanted = _last_interval_s(entry, least) * (FASTER if has_news else SLOWER)
    interval = min(max(wanted, least, at_least_s), most)
    return now + timedelta(seconds=min(interval * jitter(entry.url, int(now.timestamp())), most))


def poll_after_failure(entry: FrontierEntry, now: datetime) -> datetime | None:
    """
    When a feed that failed is asked again: the interval doubles with each failure. It is slowed, never given up.
    """
    if entry.min_interval_s is None:
        return None
    most = _most_s(entry, entry.min_interval_s)
    return now + timedelta(seconds=min(backoff_s(entry.url, entry.attempts + 1, entry.min_interval_s, most), most))


def poll_of_redirect(entry: FrontierEntry, now: datetime) -> datetime | None:
    """
    When a feed that leads to another host is asked again.
    """
    if entry.min_interval_s is None:
        return None
    most = _most_s(entry, entry.min_interval_s)
    return now + timedelta(seconds=min(max(entry.min_interval_s, REDIRECT_POLL_S), most))


def _most_s(entry: FrontierEntry, least: int) -> int:
    return max(least, entry.max_interval_s or DEFAULT_MAX_S)


def _last_interval_s(entry: FrontierEntry, least: int) -> float:
    if entry.fetched_at is None or entry.due_at is None:
        return least
    return max((entry.due_at - entry.fetched_at).total_seconds(), least)
