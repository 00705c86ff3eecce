"""
A whole host that wants to be left alone, whatever it was asked for when it said so.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from schemas import topics
from services.fetcher.frontier import Frontier
from services.fetcher.politeness import retry_after
from services.fetcher.urls import robots_url
from services.runtime.outcome import Change


def hold_host(frontier: Frontier, url: str, stated: str | None, now: datetime) -> tuple[Change, ...]:
    """
    The change of a host's robots entry where the whole host wants a pause, as long as its Retry-After says, if it does.
    """
    robots = frontier.entry(robots_url(url))
    if robots is None:
        return ()
    until = retry_after(stated, now, frontier.settings.max_retry_after_s)
    if until is None:
        until = now + timedelta(seconds=frontier.settings.retry_base_s)
    held = robots.model_copy(update={"changed_at": now, "host_not_before": until})
    return (Change(topics.FRONTIER, held.url, held),)
