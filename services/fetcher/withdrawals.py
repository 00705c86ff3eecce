"""
What becomes of a page that was published and is not to be found any more.

    404, 410 --> noted, asked for again --> an hour later the same: withdrawn | there again: nothing happened
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from schemas import topics
from services.fetcher import schedule
from services.fetcher.answers import Answer
from services.fetcher.pages import withdrawal
from services.fetcher.responses import Unwanted
from services.fetcher.situation import Situation
from services.runtime.outcome import Change, Drop, Emission, Emit, Outcome

MISSING = frozenset({"NOT_FOUND", "GONE"})

CONFIRM = timedelta(hours=1)
"""Twice, at least so far apart: publishers move pages, and mend mistakes."""


def missing(situation: Situation, meaning: Unwanted, answer: Answer) -> Outcome:
    """
    Withdraw a page that is not to be found the second time; nothing of it stands any more then.
    """
    gone_at = situation.entry.gone_at or answer.fetched_at
    if answer.fetched_at - gone_at < CONFIRM:
        changes = _noted(situation, meaning, gone_at=gone_at)
        return Drop(meaning.reason, f"{meaning.detail}; withdrawn if it stays so for an hour", changes)
    event = withdrawal(situation.entry, answer)
    changes = _over(situation, meaning, gone_at=gone_at, article_id=None, items=[])
    return Emit((Emission(topics.PAGE_FETCHED, event, event.meta.page_id),), changes, "WITHDRAWN")


def _noted(situation: Situation, meaning: Unwanted, **fields: Any) -> tuple[Change, ...]:
    again_at = max(situation.now, fields["gone_at"] + CONFIRM)
    poll_at = schedule.poll_after_failure(situation.entry, situation.now)
    if poll_at is None:
        return situation.closed("done", meaning.reason, again_at, **fields)
    attempts = situation.entry.attempts + 1
    return situation.changed(due_at=max(poll_at, again_at), attempts=attempts, reason=meaning.reason, **fields)


def _over(situation: Situation, meaning: Unwanted, **fields: Any) -> tuple[Change, ...]:
    poll_at = schedule.poll_after_failure(situation.entry, situation.now)
    if poll_at is None or meaning.reason == "GONE":
        return situation.closed("failed", meaning.reason, **fields)
    return situation.changed(due_at=poll_at, attempts=situation.entry.attempts + 1, reason=meaning.reason, **fields)
