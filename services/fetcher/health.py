"""
How a list is doing: well, silent for longer than is usual for it, or failing. Told when it changes, never again.

    outcome of a poll + pulse so far --> pulse --> an event where the state is another
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from schemas import topics
from schemas.ids import state_id
from schemas.state import FrontierEntry, Pulse, SourceHealth
from services.fetcher.selection import Rhythm
from services.runtime.outcome import Change, DeadLetter, Emission, Emit, Outcome

FAILURES_TOLD = 3
"""One failure is the web; three in a row are told."""

FINAL = frozenset({"GONE", "ROBOTS_DISALLOWED", "ADDRESS_REFUSED", "PORT_REFUSED"})
"""Told at once: waiting does not mend them."""

PAUSES_KNOWN = 5
"""So many pauses between news make a habit."""

SILENCE = 1.5
"""A pause longer than the longest usual one, by this factor, is a silence."""

LEAST_SILENCE_S = 600.0

HALF_LIFE_S = 30 * 24 * 3600
"""A long pause of last month counts for half: a list that has become livelier is held to it."""


@dataclass(frozen=True)
class Poll:
    """
    What one poll of a list came to.

    Attributes:
        result: `well` says that it answers, and nothing about its habits; `elsewhere` says nothing: the answer leads to
            another place.
        rhythm: The pauses that its document states, where it was read.
    """

    result: Literal["news", "same", "well", "failed", "elsewhere"]
    now: datetime
    reason: str
    attempts: int = 0
    rhythm: Rhythm | None = None


def silent_from(pulse: Pulse | None) -> datetime | None:
    """
    When a list counts as silent if it stays as it is; None where its habits are not known yet.
    """
    if pulse is None or pulse.news_at is None or pulse.pauses < PAUSES_KNOWN or pulse.state != "ok":
        return None
    return pulse.news_at + timedelta(seconds=max(pulse.longest_pause_s * SILENCE, LEAST_SILENCE_S))


def beat(pulse: Pulse, poll: Poll) -> Pulse:
    """
    The pulse after a poll.
    """
    if poll.result == "elsewhere":
        return pulse
    if poll.result == "failed":
        is_told = poll.attempts >= FAILURES_TOLD or poll.reason in FINAL
        return pulse.model_copy(update={"state": "failing"}) if is_told else pulse
    if poll.result == "news":
        return _with_news(pulse, poll)
    if pulse.state == "failing":
        return pulse.model_copy(update={"state": "ok"})
    silent_at = silent_from(pulse) if poll.result == "same" else None
    is_silent = silent_at is not None and poll.now >= silent_at
    return pulse.model_copy(update={"state": "silent"}) if is_silent else pulse


def _with_news(pulse: Pulse, poll: Poll) -> Pulse:
    """
    A pause has ended. What the document's own dates tell of pauses counts too: a new source has habits already.
    """
    longest_s, pauses = pulse.longest_pause_s, pulse.pauses
    if pulse.news_at is not None:
        pause_s = max((poll.now - pulse.news_at).total_seconds(), 0.0)
        longest_s = max(longest_s * 0.5 ** (pause_s / HALF_LIFE_S), pause_s)
        pauses += 1
    elif poll.rhythm is not None:
        longest_s, pauses = poll.rhythm.longest_s, poll.rhythm.pauses
    return Pulse(state="ok", news_at=poll.now, pauses=min(pauses, 1000), longest_pause_s=round(longest_s, 3))


def with_health(entry: FrontierEntry, outcome: Outcome, poll: Poll) -> Outcome:
    """
    An outcome, with the list's pulse in the change of its entry, and with the event where its state is another now.

    A dead letter carries no events: such a change is told with the next poll.
    """
    before = entry.pulse or Pulse()
    after = beat(before, poll)
    if isinstance(outcome, DeadLetter) and after.state != before.state:
        return outcome
    outcome = replace(outcome, changes=tuple(_pulsed(change, entry.url, after) for change in outcome.changes))
    if after.state == before.state or isinstance(outcome, DeadLetter):
        return outcome
    event = _told(entry, before, after, poll)
    emission = Emission(topics.SOURCE_HEALTH, event, state_id(topics.SOURCE_HEALTH.name, event.url, event.to_wire()[0]))
    events = outcome.events if isinstance(outcome, Emit) else ()
    return Emit((*events, emission), outcome.changes, outcome.reason)


def _pulsed(change: Change, url: str, pulse: Pulse) -> Change:
    if change.key != url or not isinstance(change.value, FrontierEntry):
        return change
    return replace(change, value=change.value.model_copy(update={"pulse": pulse}))


_WELL: Mapping[str, str] = {"news": "NEWS", "same": "ANSWERED", "well": "ANSWERED"}


def _told(entry: FrontierEntry, before: Pulse, after: Pulse, poll: Poll) -> SourceHealth:
    reason = "SILENT" if after.state == "silent" else _WELL.get(poll.result, poll.reason)
    return SourceHealth(
        url=entry.url,
        source_url=entry.source_url or entry.url,
        state=after.state,
        was=before.state,
        changed_at=poll.now,
        reason=reason,
        attempts=poll.attempts,
        news_at=after.news_at,
        expected_within_s=after.longest_pause_s if after.pauses >= PAUSES_KNOWN else None,
        labels=entry.hints.labels,
    )
