"""
What to do about an entry that is due on a host that is free: ask for the host's rules, ask for it, or refuse.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from schemas import topics
from schemas.parts import Origin
from schemas.state import Breaker, FrontierEntry
from services.fetcher.answers import Fetch, Refuse
from services.fetcher.frontier import Frontier
from services.fetcher.leads import rules_for as list_rules_for
from services.fetcher.politeness import longest_delay_s
from services.fetcher.rights import rule_for, tdm_url
from services.fetcher.robots import Rules, rules_for, sitemaps_of
from services.fetcher.urls import is_site_root, robots_url
from services.runtime.stage import Due, RecordFacts

WHILE_BUSY = timedelta(seconds=1)
"""A host that is being asked by somebody else's turn is looked at again after it."""


def due(frontier: Frontier, now: datetime) -> Due:
    """
    The stage's timer: what is to be fetched or refused now.
    """
    return frontier.due(now, choose)


def choose(frontier: Frontier, entry: FrontierEntry, now: datetime) -> Fetch | Refuse | datetime:
    """
    Decide about one due entry; a time means that its origin has to wait until then.

    No URL is asked for before its host's robots.txt is known and fresh (RFC 9309, 2.3 and 2.4), and none, not even that
    one, of a host that fails.
    """
    barred = _barred(frontier, entry, now)
    if barred is not None:
        return barred
    robots = frontier.entry(robots_url(entry.url))
    if robots is None or robots.due_at is None or robots.due_at <= now:
        return _ask_for_rules(frontier, entry, robots, now)
    if robots.state == "refused":
        code, _, detail = (robots.reason or "ADDRESS_REFUSED").partition(": ")
        return Refuse(entry.url, facts_of(entry), code, detail)
    if robots.robots_access == "wait":
        if robots.attempts < frontier.settings.max_attempts:
            return robots.due_at
        return Refuse(entry.url, facts_of(entry), "ROBOTS_UNREACHABLE", robots.reason or "")
    return _ask(frontier, entry, robots, now)


def facts_of(entry: FrontierEntry) -> RecordFacts:
    """
    The record that brought an entry.
    """
    origin = entry.origin or Origin(topic=topics.FRONTIER.name, partition=0, offset=0)
    return RecordFacts(origin, entry.request_id, entry.traceparent)


def _barred(frontier: Frontier, entry: FrontierEntry, now: datetime) -> Refuse | datetime | None:
    """
    Until when the whole host is left alone, rules and all; or that nobody should wait for it any more.
    """
    breaker = frontier.clock(entry.url).open_breaker(now)
    if breaker is not None and breaker.until is not None:
        return _left_alone(frontier, entry, breaker) or breaker.until
    handed_over_at = _handed_over_at(frontier, entry.url, now)
    return handed_over_at if handed_over_at is not None and handed_over_at > now else None


def _handed_over_at(frontier: Frontier, url: str, now: datetime) -> datetime | None:
    """
    Until when a former owner's last request to a host counts, by the longest delay that it may have kept there; None
    where all that is known of the host is our own.
    """
    settings = frontier.settings
    if frontier.handed_over_at(max(settings.delay_s, settings.max_crawl_delay_s)) <= now:
        return None
    found = (frontier.entry(robots_url(origin)) for origin in frontier.clock(url).ruled)
    inherited = [robots for robots in found if robots and robots.changed_at <= frontier.assignment.since]
    delays_s = [_delay_s(frontier, _rules(frontier, robots)) for robots in inherited]
    return frontier.handed_over_at(max(delays_s)) if delays_s else None


def _left_alone(frontier: Frontier, entry: FrontierEntry, breaker: Breaker) -> Refuse | None:
    """
    Give up a page of a host that has failed for so long that nobody should wait any more; what is watched waits.
    """
    if entry.min_interval_s is not None or breaker.openings <= frontier.settings.max_attempts:
        return None
    code = "FORBIDDEN" if breaker.reason == "HTTP_403" else "HOST_FAILING"
    return Refuse(entry.url, facts_of(entry), code, f"{breaker.failures} failures in a row, the last {breaker.reason}")


def _ask_for_rules(
    frontier: Frontier, entry: FrontierEntry, robots: FrontierEntry | None, now: datetime
) -> Fetch | datetime:
    if robots is not None and robots.chain:
        return _ask_elsewhere(frontier, entry, robots, now)
    return Fetch(
        subject=robots_url(entry.url),
        facts=facts_of(entry),
        kind="robots",
        etag=robots.etag if robots else None,
        last_modified=robots.last_modified if robots else None,
        delay_s=_delay_s(frontier, _rules(frontier, robots) if robots else Rules()),
    )


def _ask_elsewhere(frontier: Frontier, entry: FrontierEntry, robots: FrontierEntry, now: datetime) -> Fetch | datetime:
    """
    Ask for rules where a redirect led, which is another host: it has its own clock, and its own Crawl-delay.
    """
    *before, at = robots.chain
    clock, theirs = frontier.clock(at), frontier.entry(robots_url(at))
    breaker = clock.open_breaker(now)
    moments = (clock.next_at, breaker.until if breaker else None, now + WHILE_BUSY if clock.is_busy else None)
    free_at = max((moment for moment in moments if moment is not None), default=now)
    if free_at > now:
        return free_at
    delays_s = [_delay_s(frontier, _rules(frontier, each)) for each in (robots, theirs) if each is not None]
    return Fetch(robots.url, facts_of(entry), "robots", delay_s=max(delays_s), chain=tuple(before), at=at)


def _ask(frontier: Frontier, entry: FrontierEntry, robots: FrontierEntry, now: datetime) -> Fetch | Refuse | datetime:
    rules = _rules(frontier, robots)
    if not rules.is_allowed(entry.url):
        return Refuse(entry.url, facts_of(entry), "ROBOTS_DISALLOWED", f"by {robots.url}")
    if entry.kind == "page" and frontier.settings.reserved_pages != "fetch":
        action = _ask_for_reservations(frontier, entry, robots, now) or _reserved(frontier, entry)
        if action is not None:
            return action
    return Fetch(
        subject=entry.url,
        facts=facts_of(entry),
        kind="page" if entry.kind == "page" else "feed",
        etag=entry.etag,
        last_modified=entry.last_modified,
        robots=robots.robots or "",
        delay_s=_delay_s(frontier, rules),
        chain=tuple(entry.chain),
        rules=list_rules_for(entry, entry.url),
        sitemaps=sitemaps_of(robots.robots or "") if entry.kind == "feed" and is_site_root(entry.url) else (),
        agent=frontier.settings.robots_token.lower(),
    )


def _ask_for_reservations(
    frontier: Frontier, entry: FrontierEntry, robots: FrontierEntry, now: datetime
) -> Fetch | None:
    """
    Ask what the host reserves, where that is not known or no longer fresh, and its rules let us.
    """
    url, rules = tdm_url(entry.url), _rules(frontier, robots)
    known = frontier.entry(url)
    is_fresh = known is not None and known.due_at is not None and known.due_at > now
    if is_fresh or not rules.is_allowed(url):
        return None
    return Fetch(
        subject=url,
        facts=facts_of(entry),
        kind="rights",
        etag=known.etag if known else None,
        robots=robots.robots or "",
        delay_s=_delay_s(frontier, rules),
    )


def _reserved(frontier: Frontier, entry: FrontierEntry) -> Refuse | None:
    """
    Leave a page that the host's file reserves, where the policy says so.
    """
    if frontier.settings.reserved_pages != "leave":
        return None
    known = frontier.entry(tdm_url(entry.url))
    rule = rule_for(known.tdm_rules, entry.url) if known else None
    if rule is None or not rule.is_reserved:
        return None
    return Refuse(entry.url, facts_of(entry), "RESERVED", f"tdm by {tdm_url(entry.url)}")


def _rules(frontier: Frontier, robots: FrontierEntry) -> Rules:
    return rules_for(robots.robots or "", frontier.settings.robots_token)


def _delay_s(frontier: Frontier, rules: Rules) -> float:
    return longest_delay_s(frontier.settings.delay_s, rules.crawl_delay_s, frontier.settings.max_crawl_delay_s)
