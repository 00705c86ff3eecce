"""
When something is asked for again: after a failure, and for a feed after each document.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.state import FrontierEntry, Pace

JITTER = 0.25
"""Share by which a pause is stretched at most, so that what failed together does not come back together."""

FASTER, SLOWER = 0.5, 1.5
"""A feed with news is asked sooner next time, one without later."""

DEFAULT_MAX_S = 6 * 3600
"""For a feed whose source does not state its interval; the same as the contract's default."""

REDIRECT_POLL_S = 900
"""A feed that only leads elsewhere is asked so often: a quarter of an hour, within its interval."""


@dataclass(frozen=True)
class Poll:
    """
    The next poll: when, and after which interval, in seconds, before it was stretched or moved.
    """

    due_at: datetime
    interval_s: float


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


def next_poll(
    entry: FrontierEntry, now: datetime, *, has_news: bool, at_least_s: float = 0, by: datetime | None = None
) -> Poll | None:
    """
    When a watched entry is asked again; None for one that was asked for once only.

    The interval halves with news and grows by half without, from the source's least to its greatest; what the feed
    itself asks for (ttl, max-age) is kept within these. Hours and days that it wants to be left out are, even so. At
    `by` it is worth to look, where the interval leads beyond it.
    """
    if entry.min_interval_s is None:
        return None
    least, most = entry.min_interval_s, _most_s(entry, entry.min_interval_s)
    wanted = _last_interval_s(entry, least) * (FASTER if has_news else SLOWER)
    interval = min(max(wanted, least, at_least_s), most)
    due_at = now + timedelta(seconds=min(interval * jitter(entry.url, int(now.timestamp())), most))
    soonest = now + timedelta(seconds=max(least, at_least_s))
    if by is not None and now < by < due_at:
        due_at = max(by, soonest)
    return Poll(after_skips(due_at, entry.pace), interval)


def after_skips(moment: datetime, pace: Pace | None) -> datetime:
    """
    The first moment from one on that lies in no hour or day that a feed wants to be left out. One that leaves out all
    of them cannot mean it.
    """
    if pace is None or not (pace.skip_hours or pace.skip_days):
        return moment
    candidate = moment
    for _ in range(7 * 24 + 1):
        if candidate.weekday() not in pace.skip_days and candidate.hour not in pace.skip_hours:
            return candidate
        candidate = candidate.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return moment


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
    When a list is asked again that leads to another host, or to lists that do not say when they change.
    """
    if entry.min_interval_s is None:
        return None
    most = _most_s(entry, entry.min_interval_s)
    return after_skips(now + timedelta(seconds=min(max(entry.min_interval_s, REDIRECT_POLL_S), most)), entry.pace)


def rest_s(
    entry: FrontierEntry, now: datetime, *, has_news: bool, at_least_s: float = 0, by: datetime | None = None
) -> float:
    """
    How long a list is left alone that another leads to without saying when it changes, in seconds: by its own rhythm,
    as `next_poll`, from a quarter of an hour, or the source's greatest interval if that is less, to that interval.
    """
    least, most = _rest_bounds_s(entry)
    soonest = max(least, at_least_s)
    rest = min(max((entry.interval_s or least) * (FASTER if has_news else SLOWER), soonest), most)
    until_s = (by - now).total_seconds() if by is not None else rest
    return max(until_s, soonest) if 0 < until_s < rest else rest


def rest_after_failure_s(entry: FrontierEntry) -> float:
    """
    The same for one that failed: twice as long as before.
    """
    least, most = _rest_bounds_s(entry)
    return min(max(entry.interval_s or least, least) * 2, most)


def is_resting(entry: FrontierEntry | None, now: datetime) -> bool:
    """
    Whether a list that is not watched itself is to be left alone. What leads to it is asked only every quarter of an
    hour, so that half of that is near enough.
    """
    if entry is None or entry.kind != "feed" or entry.min_interval_s is not None or entry.interval_s is None:
        return False
    over_at = entry.changed_at + timedelta(seconds=entry.interval_s - min(entry.interval_s, REDIRECT_POLL_S) / 2)
    return entry.state in {"done", "failed"} and now < over_at


def _rest_bounds_s(entry: FrontierEntry) -> tuple[float, float]:
    stated = entry.hints.rules.max_interval_s if entry.hints.rules else None
    most = stated or DEFAULT_MAX_S
    return min(REDIRECT_POLL_S, most), most


def _most_s(entry: FrontierEntry, least: int) -> int:
    return max(least, entry.max_interval_s or DEFAULT_MAX_S)


def _last_interval_s(entry: FrontierEntry, least: int) -> float:
    if entry.interval_s is not None:
        return max(entry.interval_s, least)
    if entry.fetched_at is None or entry.due_at is None:
        return least
    return max((entry.due_at - entry.fetched_at).total_seconds(), least)
