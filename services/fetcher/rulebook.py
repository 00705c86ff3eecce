"""
What becomes of asking for a robots.txt: the host's rules, kept in the frontier under their own URL.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from schemas import topics
from schemas.state import FrontierEntry
from services.fetcher import schedule
from services.fetcher.answers import Fetch, Redirected
from services.fetcher.frontier import Frontier
from services.fetcher.politeness import retry_after
from services.fetcher.responses import Meaning, NotModified, Rulebook
from services.fetcher.validators import validators_of
from services.runtime.outcome import Change, Drop, Emit, Outcome
from services.runtime.stage import ActionFailed

REFUSED_S = 300.0
"""A host at an address that may not be dialled is looked up again after it, seconds."""


def conclude_rules(frontier: Frontier, fetch: Fetch, meaning: Meaning | ActionFailed, now: datetime) -> Outcome:
    """
    Decide on what came of fetching a robots.txt.
    """
    known = frontier.entry(fetch.subject)
    if isinstance(meaning, Redirected):
        return _on_the_way(frontier, fetch, known, now, meaning)
    if isinstance(meaning, NotModified):
        return _renewed(frontier, fetch, known, now, meaning)
    if isinstance(meaning, ActionFailed):
        meaning = Rulebook("wait", detail=f"{meaning.reason}: {meaning.detail}")
    assert isinstance(meaning, Rulebook)
    if meaning.access == "wait":
        return _unreachable(frontier, fetch, known, now, meaning)
    if meaning.access == "refused":
        fields = {"state": "refused", "due_at": now + timedelta(seconds=REFUSED_S), "reason": meaning.detail[:500]}
        return Drop("ROBOTS_UNREACHABLE", meaning.detail, _change(frontier, fetch, now, fields))
    return _known(frontier, fetch, meaning, now)


def lifetime_s(rules: Rulebook, most_s: float, least_s: float = 300) -> float:
    """
    How long a robots.txt is believed: its own max-age, from five minutes to the most that RFC 9309 (2.4) lets.
    """
    stated = schedule.max_age_s(rules.answer.headers) if rules.answer else None
    return min(most_s, max(least_s, most_s if stated is None else stated))


def _on_the_way(
    frontier: Frontier, fetch: Fetch, known: FrontierEntry | None, now: datetime, redirected: Redirected
) -> Outcome:
    """
    The rules are on another host, and are asked for there at its own time. What was known before is kept until then.
    """
    [change] = _change(frontier, fetch, now, {"due_at": now})
    entry = known.model_copy(update={"changed_at": now, "due_at": now}) if known else change.value
    assert entry is not None
    onward = entry.model_copy(update={"chain": [*redirected.chain, redirected.location]})
    return Drop("ROBOTS_REDIRECTED", redirected.location, (Change(topics.FRONTIER, fetch.subject, onward),))


def _known(frontier: Frontier, fetch: Fetch, rules: Rulebook, now: datetime) -> Outcome:
    headers = rules.answer.headers if rules.answer else {}
    fields: dict[str, Any] = {
        "state": "done",
        "due_at": now + timedelta(seconds=lifetime_s(rules, frontier.settings.robots_ttl_s)),
        "fetched_at": rules.answer.fetched_at if rules.answer else now,
        "robots": rules.text,
        "robots_access": rules.access,
        "reason": rules.detail[:500] or None,
        **validators_of(headers if rules.text is not None else {}),
    }
    return Emit(changes=_change(frontier, fetch, now, fields), reason="ROBOTS_READ")


def _renewed(
    frontier: Frontier, fetch: Fetch, known: FrontierEntry | None, now: datetime, answer: NotModified
) -> Outcome:
    text = known.robots if known else None
    rules = Rulebook("allow-all" if text is None else "rules", text, answer.answer)
    renewed = _known(frontier, fetch, rules, now)
    kept = {"etag": fetch.etag, "last_modified": fetch.last_modified}
    changes = tuple(Change(c.topic, c.key, c.value and c.value.model_copy(update=kept)) for c in renewed.changes)
    return Drop("ROBOTS_NOT_MODIFIED", changes=changes)


def _unreachable(
    frontier: Frontier, fetch: Fetch, known: FrontierEntry | None, now: datetime, rules: Rulebook
) -> Outcome:
    settings = frontier.settings
    attempts = (known.attempts if known else 0) + 1
    pause_s = schedule.backoff_s(fetch.subject, attempts, settings.retry_base_s, settings.retry_cap_s)
    stated = rules.answer.headers.get("retry-after") if rules.answer else None
    until = retry_after(stated, now, settings.max_retry_after_s)
    due_at = max(now + timedelta(seconds=pause_s), until or now)
    fields = {
        "state": "waiting",
        "due_at": due_at,
        "attempts": attempts,
        "robots_access": "wait",
        "reason": rules.detail[:500],
        "host_not_before": until,
    }
    return Drop("ROBOTS_UNREACHABLE", f"{rules.detail}; try {attempts}", _change(frontier, fetch, now, fields))


def _change(frontier: Frontier, fetch: Fetch, now: datetime, fields: dict[str, Any]) -> tuple[Change, ...]:
    known = frontier.entry(fetch.subject)
    entry = FrontierEntry(
        url=fetch.subject,
        kind="robots",
        changed_at=now,
        request_id=fetch.facts.event_id,
        traceparent=fetch.facts.traceparent,
        origin=fetch.facts.origin,
        breaker=known.breaker if known else None,
        **fields,
    )
    return (Change(topics.FRONTIER, entry.url, entry),)
