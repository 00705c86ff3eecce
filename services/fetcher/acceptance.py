"""
Taking requests and sources into the frontier. A request is accepted in one transaction and fetched when due and polite.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from schemas import topics
from schemas.events import FetchRequested
from schemas.ids import request_id
from schemas.parts import Hints, ListRules
from schemas.state import FrontierEntry, Source
from services.fetcher.frontier import Frontier
from services.fetcher.rights import tdm_url
from services.fetcher.schedule import is_resting
from services.fetcher.source_rules import problem_of
from services.fetcher.urls import UnsupportedSchemeError, normalise, robots_url
from services.runtime.outcome import Change, DeadLetter, Drop, Emission, Emit, Outcome
from services.runtime.stage import RecordFacts, Tombstone


def accept(frontier: Frontier, given: Any, facts: RecordFacts, now: datetime) -> Outcome:
    """
    Decide on one record of the live input or of the sources.

    Returns:
        Emit: ACCEPTED, WATCHED or UNWATCHED, with the change of the frontier; or REROUTED, to the right partition.
        Drop: ALREADY_KNOWN, NOT_WATCHED, ROBOTS_FILE.
        DeadLetter: INVALID_URL, UNSUPPORTED_SCHEME, TOO_MANY_REDIRECTS, MISPLACED_SOURCE, INVALID_SOURCE.
    """
    try:
        if isinstance(given, Tombstone):
            return _unwatch(frontier, normalise(given.key), given.key, now)
        url = normalise(given.url)
    except UnsupportedSchemeError as error:
        return DeadLetter("UNSUPPORTED_SCHEME", str(error))
    except ValueError as error:
        return DeadLetter("INVALID_URL", str(error))
    if url in {robots_url(url), tdm_url(url)}:
        return Drop("ROBOTS_FILE", "a robots.txt or tdmrep.json is asked for when it is needed, and not published")
    if isinstance(given, Source):
        return _watch(frontier, url, given, facts, now)
    return _request(frontier, given if given.url == url else given.model_copy(update={"url": url}), facts, now)


def _request(frontier: Frontier, event: FetchRequested, facts: RecordFacts, now: datetime) -> Outcome:
    if len(event.chain) > frontier.settings.max_redirects:
        return DeadLetter("TOO_MANY_REDIRECTS", " -> ".join(event.chain))
    if event.hints.rules is not None and (problem := problem_of(event.hints.rules)) is not None:
        return DeadLetter("INVALID_SOURCE", problem)
    here = frontier.assignment
    if topics.FETCH_REQUESTED.partition(event, here.partitions) != here.partition:
        again = Emission(topics.FETCH_REQUESTED, event, request_id(facts.event_id, event.url))
        return Emit((again,), reason="REROUTED")
    known = frontier.entry(event.url)
    if known is None:
        return _accepted(_new(event, facts, now))
    is_under_way = frontier.is_under_way(event.url)
    if _is_answered(known, event, now) or (is_under_way and event.source_url is not None):
        changes = _noted(known, event, is_under_way=is_under_way, now=now)
        return Drop("ALREADY_KNOWN", f"{known.state} since {known.changed_at.isoformat()}", changes)
    return _accepted(_again(known, event, facts, now))


def _accepted(entry: FrontierEntry) -> Emit:
    return Emit(changes=(Change(topics.FRONTIER, entry.url, entry),), reason="ACCEPTED")


def _is_answered(known: FrontierEntry, event: FetchRequested, now: datetime) -> bool:
    """
    Whether a request adds nothing: somebody who names the URL himself wants it again, a source that lists it does not,
    unless it is the page's own source and says otherwise than it did, for then the page was edited, or unless the page
    is where a watched page has moved. A list that nothing says a change of is left to its own rhythm.
    """
    if known.kind == "feed":
        is_polled = known.min_interval_s is not None or known.state == "waiting"
        is_early = event.hints.modified is None and is_resting(known, now)
        return (is_polled or is_early) and event.source_url is not None
    if known.state == "waiting":
        return True
    is_edited = known.source_url == event.source_url and _is_edited(known.hints, event.hints)
    is_poll = event.chain[:1] == [event.source_url]
    return known.state == "done" and event.source_url is not None and not (is_edited or is_poll)


def _is_edited(before: Hints, after: Hints) -> bool:
    """
    Whether a source states another title or date of change than it did before.
    """
    pairs = ((before.title, after.title), (before.modified, after.modified))
    return any(old is not None and new not in {None, old} for old, new in pairs)


def _adds(before: Hints, after: Hints) -> bool:
    return after.title not in {None, before.title} or after.modified not in {None, before.modified}


def _noted(known: FrontierEntry, event: FetchRequested, *, is_under_way: bool, now: datetime) -> tuple[Change, ...]:
    """
    What is remembered of a source's word on a page that is not fetched for it: a page of no source gets one, and one
    that waits is published with what was said last, so that what is said next is compared with the right thing. A page
    that is being asked for just now may come as it was before: it is asked for again then.
    """
    is_own = event.source_url is not None and known.source_url in {None, event.source_url}
    said = known.revised or known.hints
    if known.kind != "page" or known.min_interval_s is not None or not is_own or not _adds(said, event.hints):
        return ()
    fresh: dict[str, Any] = {"changed_at": now, "source_url": event.source_url}
    if is_under_way and _is_edited(said, event.hints):
        fresh["revised"] = event.hints
    elif known.state != "waiting":
        title, modified = event.hints.title or said.title, event.hints.modified or said.modified
        fresh["hints"] = said.model_copy(update={"title": title, "modified": modified})
    else:
        fresh["hints"] = event.hints
    entry = known.model_copy(update=fresh)
    return (Change(topics.FRONTIER, entry.url, entry),)


def _new(event: FetchRequested, facts: RecordFacts, now: datetime) -> FrontierEntry:
    return FrontierEntry(
        url=event.url,
        kind=event.kind,
        changed_at=now,
        due_at=now,
        request_id=facts.event_id,
        traceparent=facts.traceparent,
        origin=facts.origin,
        discovered_at=event.requested_at,
        source_url=event.source_url,
        hints=event.hints,
        chain=event.chain,
    )


def _again(known: FrontierEntry, event: FetchRequested, facts: RecordFacts, now: datetime) -> FrontierEntry:
    """
    A known entry made due: a watched feed as it is, anything else as requested now, with its validators.
    """
    if known.min_interval_s is not None:
        fresh = {"state": "waiting", "changed_at": now, "due_at": now, "attempts": 0, "reason": None}
        return known.model_copy(update=fresh)
    names = (
        "etag",
        "last_modified",
        "fetched_at",
        "article_id",
        "items",
        "mark",
        "pace",
        "pulse",
        "interval_s",
        "born_at",
        "gone_at",
    )
    # Somebody who asks by hand knows no source and no title; what the source said stays, to be compared with.
    kept = {"title": event.hints.title or known.hints.title, "modified": event.hints.modified or known.hints.modified}
    said = {
        "source_url": event.source_url or known.source_url,
        "hints": event.hints.model_copy(update=kept),
    }
    return _new(event, facts, now).model_copy(update={name: getattr(known, name) for name in names} | said)


def _watch(frontier: Frontier, url: str, source: Source, facts: RecordFacts, now: datetime) -> Outcome:
    here = frontier.assignment
    home = topics.SOURCES.partition(source.model_copy(update={"url": url}), here.partitions)
    if home != here.partition:
        return DeadLetter("MISPLACED_SOURCE", f"its site belongs to partition {home}")
    if source.paused:
        return _unwatch(frontier, url, source.url, now)
    if (problem := problem_of(source)) is not None:
        return DeadLetter("INVALID_SOURCE", problem)
    entry = _watched(source, facts, now).model_copy(update={"url": url, **_progress(frontier.entry(url), source.kind)})
    return Emit(changes=(Change(topics.FRONTIER, url, entry),), reason="WATCHED")


def _watched(source: Source, facts: RecordFacts, now: datetime) -> FrontierEntry:
    rules = ListRules(headers=source.headers, allow=source.allow, deny=source.deny, max_age_s=source.max_age_s)
    return FrontierEntry(
        url=source.url,
        kind=source.kind,
        changed_at=now,
        due_at=now,
        request_id=facts.event_id,  # and no traceparent: it is polled for ever, each poll is a trace of its own
        origin=facts.origin,
        discovered_at=source.changed_at,
        source_url=source.url,
        hints=Hints(language=source.language, labels=source.labels, rules=rules if rules != ListRules() else None),
        min_interval_s=source.min_interval_s,
        max_interval_s=max(source.min_interval_s, source.max_interval_s),
    )


def _progress(known: FrontierEntry | None, kind: str) -> dict[str, Any]:
    """
    What is kept of a list or page whose source changed: a new label fetches nothing again.
    """
    if known is None or known.kind != kind:
        return {}
    names = ["attempts", "etag", "last_modified", "fetched_at", "article_id", "mark", "pace", "pulse", "interval_s"]
    if kind == "feed" or known.min_interval_s is not None:
        names.append("items")
    if known.state == "waiting" and known.min_interval_s is not None:
        names.append("due_at")
    return {name: getattr(known, name) for name in names}


def _unwatch(frontier: Frontier, url: str, source_url: str, now: datetime) -> Outcome:
    """
    Stop polling. A list is forgotten; a page stays known, so that a list that names it does not bring it again.
    """
    known = frontier.entry(url)
    if known is None or known.min_interval_s is None or known.source_url != source_url:
        return Drop("NOT_WATCHED", source_url)
    over = {"state": "done", "changed_at": now, "due_at": None, "min_interval_s": None, "max_interval_s": None}
    kept = known.model_copy(update={**over, "interval_s": None, "items": [], "hints": Hints()})
    is_page = known.kind == "page" and known.fetched_at is not None
    return Emit(changes=(Change(topics.FRONTIER, url, kept if is_page else None),), reason="UNWATCHED")
