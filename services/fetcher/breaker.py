"""
A host that fails at many of its URLs is left alone for a while, ever longer, and then tried with one request.

    closed --failures in a row--> open --its pause is over--> half open --answer--> closed
                                   ^                              |
                                   +----------failure-------------+

It is half open as long as the pause is over and nothing came of a request: a host is asked for one thing at a time, so
that one request tries it. Kept in the entry of the host's robots.txt, so that it survives a restart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from schemas import topics
from schemas.ids import state_id
from schemas.state import Breaker, FrontierEntry, SourceHealth
from services.fetcher.answers import Redirected
from services.fetcher.responses import Feed, Meaning, NotModified, Page, TryAgain, Unusable, Unwanted
from services.fetcher.schedule import backoff_s
from services.fetcher.settings import FetcherSettings
from services.fetcher.situation import Situation
from services.fetcher.urls import host_of, origin_of, robots_url
from services.runtime.outcome import Change, DeadLetter, Emission, Emit, Outcome
from services.runtime.stage import ActionFailed

UNSENT = frozenset({"ADDRESS_REFUSED", "PORT_REFUSED", "INVALID_URL"})
"""Nothing was asked for, so that nothing is known of the host."""

FORBIDDEN = 403
"""By which hosts also shut out whoever they take for a nuisance; the others of its kind are about a page."""

UNDECIDED = frozenset({"HTTP_408", "HTTP_421", "HTTP_425"})
"""An answer about one request, neither the host's failure nor its health."""


@dataclass(frozen=True)
class Sign:
    """
    What one request tells of its host: that it answers (no `failure`), or how it failed.
    """

    url: str
    failure: str | None
    now: datetime


def failure_of(meaning: Meaning | ActionFailed) -> str | None:
    """
    How the host failed: HTTP_429, HTTP_403, HTTP_5xx, or no answer at all; empty where it answered, None where this
    tells nothing.
    """
    if isinstance(meaning, TryAgain):
        return None if meaning.reason in UNDECIDED else meaning.reason
    if isinstance(meaning, Unwanted):
        return "HTTP_403" if meaning.answer is not None and meaning.answer.status == FORBIDDEN else ""
    if isinstance(meaning, Unusable):
        return None if meaning.reason in UNSENT else ""
    return "" if isinstance(meaning, Page | Feed | NotModified | Redirected) else None


def beat(breaker: Breaker, sign: Sign, settings: FetcherSettings) -> Breaker:
    """
    The breaker after a request. One URL that fails again and again is not its host's failure, and counts once.
    """
    if sign.failure is None:
        return Breaker(is_told=breaker.is_told)
    is_open = breaker.until is not None
    failures = breaker.failures + (is_open or sign.url != breaker.url)
    failed = breaker.model_copy(update={"failures": failures, "url": sign.url, "reason": sign.failure})
    if failures < settings.breaker_failures and not is_open:
        return failed
    openings = breaker.openings + 1
    pause_s = backoff_s(origin_of(sign.url), openings, settings.breaker_base_s, settings.breaker_cap_s)
    return failed.model_copy(update={"openings": openings, "until": sign.now + timedelta(seconds=pause_s)})


def with_breaker(situation: Situation, meaning: Meaning | ActionFailed, outcome: Outcome) -> Outcome:
    """
    An outcome, with what it means for the host: the change of its robots entry, and an event where it was opened or is
    closed again. A dead letter carries no events: that is told with the next request.
    """
    entry, now = situation.entry, situation.now
    failure, key = failure_of(meaning), robots_url(entry.url)
    if not failure and origin_of(entry.url) not in situation.frontier.clock(entry.url).breakers:
        return outcome
    known = _changed(outcome, key) or situation.frontier.entry(key)
    if failure is None or known is None:
        return outcome
    before = known.breaker or Breaker()
    after = beat(before, Sign(entry.url, failure or None, now), situation.frontier.settings)
    is_news = (after.until is not None) != after.is_told and not isinstance(outcome, DeadLetter)
    after = after.model_copy(update={"is_told": after.is_told != is_news})
    if after == before:
        return outcome
    fields: Mapping[str, Any] = {"breaker": None if after == Breaker() else after, "changed_at": now}
    held = Change(topics.FRONTIER, key, known.model_copy(update=fields))
    outcome = replace(outcome, changes=(*(change for change in outcome.changes if change.key != key), held))
    return _telling(outcome, _told(entry, after, now)) if is_news else outcome


def _changed(outcome: Outcome, key: str) -> FrontierEntry | None:
    found = next((change.value for change in outcome.changes if change.key == key), None)
    return found if isinstance(found, FrontierEntry) else None


def _telling(outcome: Outcome, event: SourceHealth) -> Outcome:
    emission = Emission(topics.SOURCE_HEALTH, event, state_id(topics.SOURCE_HEALTH.name, event.url, event.to_wire()[0]))
    events = outcome.events if isinstance(outcome, Emit) else ()
    return Emit((*events, emission), outcome.changes, outcome.reason)


def _told(entry: FrontierEntry, after: Breaker, now: datetime) -> SourceHealth:
    is_open = after.until is not None
    return SourceHealth(
        url=robots_url(entry.url),
        source_url=entry.source_url or entry.url,
        state="failing" if is_open else "ok",
        was="ok" if is_open else "failing",
        changed_at=now,
        reason=after.reason if is_open and after.reason else "ANSWERED",
        attempts=after.failures,
        labels=entry.hints.labels,
        host=host_of(entry.url),
        page_url=entry.url,
    )
