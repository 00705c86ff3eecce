"""
What becomes of asking for a host's tdmrep.json: its rules, kept in the frontier under their own URL.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas import topics
from schemas.state import FrontierEntry, TdmRule
from services.fetcher.answers import Answer, Fetch, Result
from services.fetcher.frontier import Frontier
from services.fetcher.pauses import hold_host
from services.fetcher.rights import read_rules
from services.fetcher.schedule import jitter
from services.runtime.outcome import Change, Drop
from services.runtime.stage import ActionFailed

AGAIN_S = 3600.0
"""A file that could not be had is asked for again after it, seconds; until then nothing counts as reserved by it."""

NOT_MODIFIED, TOO_MANY = 304, 429


@dataclass(frozen=True)
class Reservations:
    """
    What a host reserves by its file.

    Attributes:
        is_known: It answered, were it to say that it has no such file.
        is_host_wide: It wants to be left alone, for as long as `retry_after`, the header, says if it does.
    """

    rules: tuple[TdmRule, ...] = ()
    is_known: bool = False
    is_renewed: bool = False
    etag: str | None = None
    detail: str = ""
    retry_after: str | None = None
    is_host_wide: bool = False


def read_reservations(result: Result) -> Reservations:
    """
    Say what came of asking for the file.
    """
    if not isinstance(result, Answer):
        return Reservations(detail=getattr(result, "reason", type(result).__name__))
    if result.status == NOT_MODIFIED:
        return Reservations(is_known=True, is_renewed=True)
    is_known = result.status < 500 and result.status != TOO_MANY
    rules = read_rules(result.body) if 200 <= result.status < 300 else ()
    after = None if is_known else result.headers.get("retry-after")
    return Reservations(
        rules,
        is_known,
        etag=result.headers.get("etag") if rules else None,
        detail=f"status {result.status}",
        retry_after=after,
        is_host_wide=result.status == TOO_MANY or after is not None,
    )


def conclude_reservations(frontier: Frontier, fetch: Fetch, found: Reservations | ActionFailed, now: datetime) -> Drop:
    """
    Decide on what came of fetching it. What was known is kept where it cannot be had.
    """
    known = frontier.entry(fetch.subject)
    if isinstance(found, ActionFailed):
        found = Reservations(detail=found.reason)
    is_new = found.is_known and not found.is_renewed
    lifetime_s = frontier.settings.robots_ttl_s if found.is_known else AGAIN_S * jitter(fetch.subject, 0)
    entry = FrontierEntry(
        url=fetch.subject,
        kind="rights",
        state="done" if found.is_known else "failed",
        changed_at=now,
        due_at=now + timedelta(seconds=lifetime_s),
        request_id=fetch.facts.event_id,
        traceparent=fetch.facts.traceparent,
        origin=fetch.facts.origin,
        reason=found.detail or None,
        etag=found.etag if is_new or known is None else known.etag,
        tdm_rules=list(found.rules) if is_new or known is None else known.tdm_rules,
    )
    reason = "RESERVATIONS_READ" if found.is_known else "RESERVATIONS_UNREACHABLE"
    pause = hold_host(frontier, fetch.subject, found.retry_after, now) if found.is_host_wide else ()
    return Drop(reason, found.detail, (Change(topics.FRONTIER, entry.url, entry), *pause))
