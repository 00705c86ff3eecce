"""
What becomes of a fetch: events and the next state of its entry. Every end changes the entry, so that nothing loops.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from schemas import topics
from schemas.events import FetchRequested
from schemas.ids import page_id, request_id, sha256_hex
from schemas.parts import Hints
from schemas.state import FrontierEntry
from services.fetcher import schedule
from services.fetcher.answers import Answer, Redirected, Refuse
from services.fetcher.feeds import Item
from services.fetcher.frontier import Frontier
from services.fetcher.pages import page_event, request_of
from services.fetcher.politeness import retry_after
from services.fetcher.responses import Feed, Meaning, NotModified, Page, TryAgain, Unusable, Unwanted
from services.fetcher.urls import robots_url
from services.runtime.outcome import Change, DeadLetter, Drop, Emission, Emit, Outcome
from services.runtime.stage import ActionFailed


@dataclass(frozen=True)
class Situation:
    """
    What a decision is made in.
    """

    frontier: Frontier
    entry: FrontierEntry
    now: datetime

    def changed(self, **fields: Any) -> tuple[Change, ...]:
        """
        The entry's change, in the form of an outcome.
        """
        fresh = self.entry.model_copy(update={"changed_at": self.now, "reason": None, **fields})
        return (Change(topics.FRONTIER, fresh.url, fresh),)

    def closed(self, state: str, reason: str | None = None, **fields: Any) -> tuple[Change, ...]:
        """
        The change of an entry that is over: what was only needed to fetch it is forgotten; the title is kept, by which
        an edit is known.
        """
        hints = Hints(title=self.entry.hints.title)
        return self.changed(state=state, reason=reason, due_at=None, attempts=0, hints=hints, chain=[], **fields)


def conclude(situation: Situation, meaning: Meaning | ActionFailed) -> Outcome:
    """
    Decide on what came of fetching a page or a feed.
    """
    return _DECISIONS[type(meaning)](situation, meaning)


def _page(situation: Situation, page: Page) -> Outcome:
    event = page_event(situation.entry, page)
    done = situation.closed(
        "done",
        article_id=event.meta.article_id,
        fetched_at=event.meta.fetched_at,
        **_validators(page.answer.headers),
    )
    return Emit((Emission(topics.PAGE_FETCHED, event, event.meta.page_id),), done, "PAGE_FETCHED")


def _feed(situation: Situation, feed: Feed) -> Outcome:
    entry, document = situation.entry, feed.document
    known = frozenset(entry.items)
    news = [item for item in document.items if item.digest not in known and item.url != entry.url]
    events = tuple(_item_request(entry, feed, item) for item in news)
    polled = {"items": [item.digest for item in document.items]} if entry.kind == "feed" else {}
    changes = _rest(situation, feed.answer, has_news=bool(news), ttl_s=document.ttl_s or 0, **polled)
    seen = f"{len(document.items)} items, {document.skipped} without a usable link" + (", cut" * document.is_cut)
    if not document.items:
        return Drop("EMPTY_FEED", seen, changes)
    return Emit(events, changes, "FEED_READ") if events else Drop("FEED_UNCHANGED", f"{seen}, none new", changes)


def _item_request(entry: FrontierEntry, feed: Feed, item: Item) -> Emission:
    labelled = {"labels": entry.hints.labels, "language": item.hints.language or entry.hints.language}
    request = FetchRequested(
        url=item.url,
        requested_at=feed.answer.fetched_at,
        source_url=entry.source_url or entry.url,
        hints=item.hints.model_copy(update=labelled),
    )
    return Emission(topics.FETCH_REQUESTED, request, request_id(str(feed.document_id), item.url))


def _redirected(situation: Situation, redirected: Redirected) -> Outcome:
    """
    Another host's page is another task's: it becomes a request there. The chain holds every URL asked so far.
    """
    entry = situation.entry
    request = request_of(entry).model_copy(update={"url": redirected.location, "chain": list(redirected.chain)})
    # A feed is asked again and again, and each time its target has to be.
    poll = str(page_id(entry.url, redirected.fetched_at, sha256_hex(b"")))
    cause = poll if entry.kind == "feed" else entry.request_id
    emission = Emission(topics.FETCH_REQUESTED, request, request_id(cause, request.url))
    due_at = schedule.poll_of_redirect(entry, situation.now) if entry.kind == "feed" else None
    if due_at is None:
        changes = situation.closed("done", "REDIRECTED", fetched_at=redirected.fetched_at)
    else:
        changes = situation.changed(due_at=due_at, attempts=0, fetched_at=redirected.fetched_at, reason="REDIRECTED")
    return Emit((emission,), changes, "REDIRECTED")


def _not_modified(situation: Situation, meaning: NotModified) -> Outcome:
    return Drop("NOT_MODIFIED", changes=_rest(situation, meaning.answer))


def _unwanted(situation: Situation, meaning: Unwanted) -> Outcome:
    return Drop(meaning.reason, meaning.detail, _given_up(situation, meaning.reason))


def _broken(situation: Situation, failed: ActionFailed) -> Outcome:
    return _letter(situation, Unusable(failed.reason, failed.detail), _given_up(situation, failed.reason), failed)


def _rest(
    situation: Situation, answer: Answer, *, has_news: bool = False, ttl_s: int = 0, **polled: Any
) -> tuple[Change, ...]:
    """
    The change of an entry that is answered: a watched feed gets its next time, anything else is done.
    """
    entry = situation.entry
    at_least_s = max(ttl_s, schedule.max_age_s(answer.headers) or 0)
    due_at = schedule.next_poll(entry, situation.now, has_news, at_least_s) if entry.kind == "feed" else None
    fields = {"fetched_at": answer.fetched_at, **_validators(answer.headers, entry), **polled}
    if due_at is None:
        return situation.closed("done", **fields)
    return situation.changed(due_at=due_at, attempts=0, **fields)


def _refused(situation: Situation, refused: Refuse) -> Outcome:
    changes = _given_up(situation, refused.reason, "refused")
    if refused.reason == "ROBOTS_DISALLOWED":
        return Drop(refused.reason, refused.detail, changes)
    if refused.reason == "ROBOTS_UNREACHABLE":
        changes = _given_up(situation, refused.reason)
        detail = f"robots.txt cannot be reached: {refused.detail}"
        return _letter(situation, Unusable("FETCH_FAILED", detail), changes)
    return _letter(situation, Unusable(refused.reason, refused.detail), changes)


def _given_up(situation: Situation, reason: str, state: str = "failed") -> tuple[Change, ...]:
    """
    A page is over; a watched feed is asked again, ever more rarely, unless it says that it is gone for good.
    """
    entry = situation.entry
    due_at = schedule.poll_after_failure(entry, situation.now) if entry.kind == "feed" else None
    if due_at is None or reason == "GONE":
        return situation.closed(state, reason)
    return situation.changed(due_at=due_at, attempts=entry.attempts + 1, reason=reason)


def _try_again(situation: Situation, failure: TryAgain) -> Outcome:
    entry, now, settings = situation.entry, situation.now, situation.frontier.settings
    attempts = entry.attempts + 1
    is_watched = entry.kind == "feed" and entry.min_interval_s is not None
    pause = _hold_host(situation, failure)
    if attempts >= settings.max_attempts and not is_watched:
        changes = (*_given_up(situation, "FETCH_FAILED"), *pause)
        return _letter(situation, Unusable("FETCH_FAILED", f"{failure.reason}: {failure.detail}"), changes)
    wait_s = schedule.backoff_s(entry.url, attempts, settings.retry_base_s, settings.retry_cap_s)
    soonest = schedule.poll_after_failure(entry, now) if is_watched else now + timedelta(seconds=wait_s)
    stated = retry_after(failure.retry_after, now, settings.max_retry_after_s)
    due_at = max(moment for moment in (soonest, stated) if moment is not None)
    changes = (*situation.changed(due_at=due_at, attempts=attempts, reason=failure.reason), *pause)
    return Drop("TRY_AGAIN", f"{failure.reason}: {failure.detail}; try {attempts}", changes)


def _hold_host(situation: Situation, failure: TryAgain) -> tuple[Change, ...]:
    """
    The change of the host's robots entry where the whole host wants a pause: it says so, or answers 429.
    """
    robots = situation.frontier.entry(robots_url(situation.entry.url))
    if robots is None or not failure.is_host_wide:
        return ()
    settings, now = situation.frontier.settings, situation.now
    until = retry_after(failure.retry_after, now, settings.max_retry_after_s)
    if until is None:
        until = now + timedelta(seconds=settings.retry_base_s)
    held = robots.model_copy(update={"changed_at": now, "host_not_before": until})
    return (Change(topics.FRONTIER, held.url, held),)


def _unusable(situation: Situation, unusable: Unusable) -> Outcome:
    changes = _given_up(situation, unusable.reason)
    if unusable.reason == "INVALID_FEED" and situation.entry.reason == "INVALID_FEED":
        return Drop("INVALID_FEED", unusable.detail, changes)
    return _letter(situation, unusable, changes)


def _letter(
    situation: Situation, unusable: Unusable, changes: tuple[Change, ...], failed: ActionFailed | None = None
) -> DeadLetter:
    request = request_of(situation.entry).to_wire()[0]
    return DeadLetter(
        reason=unusable.reason,
        detail=unusable.detail,
        exception=failed.exception if failed else None,
        attempts=failed.attempts if failed else situation.entry.attempts + 1,
        original=request if unusable.original is None else unusable.original,
        declared_bytes=unusable.declared_bytes,
        changes=changes,
    )


def _validators(headers: Mapping[str, str], known: FrontierEntry | None = None) -> dict[str, str | None]:
    """
    What makes the next request conditional; a 304 that does not repeat them leaves the known ones.
    """
    return {
        "etag": _short(headers.get("etag")) or (known.etag if known else None),
        "last_modified": _short(headers.get("last-modified")) or (known.last_modified if known else None),
    }


def _short(value: str | None) -> str | None:
    return value if value and len(value) <= 500 else None


_DECISIONS: Mapping[type[Any], Callable[[Situation, Any], Outcome]] = {
    Page: _page,
    Feed: _feed,
    Redirected: _redirected,
    NotModified: _not_modified,
    Refuse: _refused,
    Unwanted: _unwanted,
    TryAgain: _try_again,
    Unusable: _unusable,
    ActionFailed: _broken,
}
"""One decision for each meaning that a page or a feed can have."""
