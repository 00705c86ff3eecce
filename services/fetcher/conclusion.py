"""
What becomes of a fetch: events and the next state of its entry. Every end changes the entry, so that nothing loops.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from schemas import topics
from schemas.ids import page_id, request_id, sha256_hex
from schemas.parts import ListRules, Reservation, Rights
from schemas.state import FrontierEntry
from services.fetcher import schedule
from services.fetcher.answers import Answer, Redirected, Refuse
from services.fetcher.health import Poll, silent_from, with_health
from services.fetcher.leads import list_request, new_branches, new_items, page_request, remembered, rules_for
from services.fetcher.looks import born_at, is_look
from services.fetcher.pages import page_event, request_of
from services.fetcher.pauses import hold_host
from services.fetcher.politeness import retry_after
from services.fetcher.reservations import Reservations
from services.fetcher.responses import Feed, Meaning, NotModified, Page, Rulebook, TryAgain, Unusable, Unwanted
from services.fetcher.rights import reserved, rule_for, tdm_url, with_rule
from services.fetcher.selection import Branch, Document
from services.fetcher.situation import Situation
from services.fetcher.validators import validators_of
from services.fetcher.withdrawals import MISSING, missing
from services.runtime.outcome import Change, DeadLetter, Drop, Emission, Emit, Outcome
from services.runtime.stage import ActionFailed

NOT_MODIFIED = 304

EXPECTED_REFUSALS = frozenset({"ROBOTS_DISALLOWED", "RESERVED", "FORBIDDEN"})

AWAY: Mapping[str, str] = {
    "ROBOTS_UNREACHABLE": "robots.txt cannot be reached",
    "HOST_FAILING": "the host fails at all that is asked for",
}
"""Refusals of what could be fetched another day, in words."""


def conclude(situation: Situation, meaning: Meaning | ActionFailed) -> Outcome:
    """
    Decide on what came of fetching a page or a list.
    """
    outcome = _DECISIONS[type(meaning)](situation, meaning)
    entry = situation.entry
    if entry.kind != "feed" and entry.min_interval_s is None:
        return outcome
    return with_health(entry, outcome, _polled(situation, meaning, outcome))


def _polled(situation: Situation, meaning: Meaning | ActionFailed, outcome: Outcome) -> Poll:
    """
    What the outcome says of the list's health.
    """
    now, entry = situation.now, situation.entry
    if isinstance(meaning, Redirected):
        return Poll("elsewhere", now, outcome.reason)
    if isinstance(meaning, NotModified):
        return Poll("same", now, outcome.reason)
    if isinstance(meaning, Page):
        return Poll("well", now, outcome.reason)
    if isinstance(meaning, Feed):
        is_part = meaning.document.is_sitemap and (entry.hints.rules or ListRules()).level > 0
        is_way = not all(branch.digest for branch in meaning.document.branches)
        result: Any = "well" if is_part or is_way else "news" if isinstance(outcome, Emit) else "same"
        return Poll(result, now, outcome.reason, rhythm=meaning.document.rhythm)
    assert not isinstance(meaning, Rulebook | Reservations)
    return Poll("failed", now, meaning.reason, attempts=entry.attempts + 1)


def _page(situation: Situation, page: Page) -> Outcome:
    entry, digest = situation.entry, page.body_sha256[:16]
    is_known = entry.min_interval_s is not None or is_look(entry)
    if is_known and entry.items == [digest]:
        return Drop("PAGE_UNCHANGED", changes=_rest(situation, page.answer))
    rights, reservations = _rights(situation, page)
    policy = situation.frontier.settings.reserved_pages
    if reservations and policy == "leave":
        return Drop("RESERVED", ", ".join(reservations), _given_up(situation, "RESERVED", "refused"))
    event = page_event(situation.entry, page, rights, reservations if policy == "mark" else [])
    kept = {"items": [digest], "article_id": event.meta.article_id}
    changes = _rest(situation, page.answer, has_news=True, **kept)
    return Emit((Emission(topics.PAGE_FETCHED, event, event.meta.page_id),), changes, "PAGE_FETCHED")


def _rights(situation: Situation, page: Page) -> tuple[Rights | None, list[Reservation]]:
    """
    What the publisher states of a page, and what of it is a reservation.
    """
    file = situation.frontier.entry(tdm_url(page.answer.url))
    rights = with_rule(page.rights, rule_for(file.tdm_rules, page.answer.url) if file else None)
    return rights, reserved(rights, situation.frontier.settings.robots_token.lower())


def _feed(situation: Situation, feed: Feed) -> Outcome:
    entry, document = situation.entry, feed.document
    items, branches = new_items(entry, document), _due_branches(situation, document)
    events = (
        *(page_request(entry, feed, item) for item in items),
        *(list_request(entry, feed, branch) for branch in branches),
    )
    seen = _seen(document)
    changes = _after_document(situation, feed, has_news=bool(items) or any(b.digest for b in branches))
    if not document.items and not document.branches:
        return Drop("EMPTY_FEED", seen, changes)
    return Emit(events, changes, "FEED_READ") if events else Drop("FEED_UNCHANGED", f"{seen}, none new", changes)


def _due_branches(situation: Situation, document: Document) -> list[Branch]:
    """
    The lists to be asked for now: of those that do not say when they change, the ones whose rest is over.
    """
    frontier, now = situation.frontier, situation.now
    found = new_branches(situation.entry, document)
    return [branch for branch in found if branch.digest or not schedule.is_resting(frontier.entry(branch.url), now)]


def _seen(document: Document) -> str:
    """
    What a document held, in words: zero articles is an answer that explains itself.
    """
    told = [f"{len(document.items)} items, {document.skipped} without a usable link"]
    if document.left:
        told.append(f"{document.left} left out by the source's rules")
    if document.branches:
        told.append(f"{len(document.branches)} lists")
    return ", ".join(told + ["cut"] * document.is_cut)


def _after_document(situation: Situation, feed: Feed, *, has_news: bool) -> tuple[Change, ...]:
    """
    The change of an entry whose document was read. Lists that do not say when they change are asked by their own
    rhythm, so what names them is asked steadily, and unconditionally.
    """
    entry, document = situation.entry, feed.document
    if entry.kind != "feed" and entry.min_interval_s is None:
        return _rest(situation, feed.answer)
    polled = remembered(entry, document)
    paced = Situation(situation.frontier, entry.model_copy(update={"pace": document.pace}), situation.now)
    changes = _rest(paced, feed.answer, has_news=has_news, **polled)
    if all(branch.digest for branch in document.branches):
        return changes
    steady = {"etag": None, "last_modified": None}
    if (due_at := schedule.poll_of_redirect(entry, situation.now)) is not None:
        return paced.changed(due_at=due_at, attempts=0, fetched_at=feed.answer.fetched_at, **polled, **steady)
    return paced.closed("done", fetched_at=feed.answer.fetched_at, interval_s=None, **polled, **steady)


def _redirected(situation: Situation, redirected: Redirected) -> Outcome:
    """
    Another host's page is another task's: it becomes a request there. The chain holds every URL asked so far.
    """
    entry, target = situation.entry, redirected.location
    hints = entry.revised or entry.hints
    if entry.kind == "feed":
        hints = hints.model_copy(update={"rules": rules_for(entry, target)})
    given = {"url": target, "chain": list(redirected.chain), "hints": hints}
    request = request_of(entry).model_copy(update=given)
    # A list is asked again and again, and each time its target has to be.
    is_polled = entry.kind == "feed" or entry.min_interval_s is not None
    poll = str(page_id(entry.url, redirected.fetched_at, sha256_hex(b"")))
    emission = Emission(topics.FETCH_REQUESTED, request, request_id(poll if is_polled else entry.request_id, target))
    due_at = schedule.poll_of_redirect(entry, situation.now)
    if due_at is None:
        # What was revised meanwhile goes along; nothing is left to be asked for here.
        settled = Situation(
            situation.frontier, entry.model_copy(update={"revised": None, "hints": hints}), situation.now
        )
        changes = settled.closed("done", "REDIRECTED", fetched_at=redirected.fetched_at)
    else:
        changes = situation.changed(due_at=due_at, attempts=0, fetched_at=redirected.fetched_at, reason="REDIRECTED")
    return Emit((emission,), changes, "REDIRECTED")


def _not_modified(situation: Situation, meaning: NotModified) -> Outcome:
    return Drop("NOT_MODIFIED", changes=_rest(situation, meaning.answer))


def _unwanted(situation: Situation, meaning: Unwanted) -> Outcome:
    entry = situation.entry
    if (
        meaning.reason in MISSING
        and meaning.answer is not None
        and entry.kind == "page"
        and entry.article_id is not None
    ):
        return missing(situation, meaning, meaning.answer)
    return Drop(meaning.reason, meaning.detail, _given_up(situation, meaning.reason))


def _broken(situation: Situation, failed: ActionFailed) -> Outcome:
    return _letter(situation, Unusable(failed.reason, failed.detail), _given_up(situation, failed.reason), failed)


def _rest(situation: Situation, answer: Answer, *, has_news: bool = False, **more: Any) -> tuple[Change, ...]:
    """
    The change of an entry that is answered: a watched one gets its next time, a page that was published its next look,
    anything else is done.
    """
    entry, now = situation.entry, situation.now
    at_least_s = max(entry.pace.ttl_s if entry.pace else 0, schedule.max_age_s(answer.headers) or 0)
    silent_at = None if has_news else silent_from(entry.pulse)
    known = entry if answer.status == NOT_MODIFIED else None
    fields = {"fetched_at": answer.fetched_at, **_validators(answer.headers, known), **more}
    if entry.kind == "page":
        fields |= {"born_at": born_at(entry, entry.hints, answer.fetched_at), "gone_at": None}
    poll = schedule.next_poll(entry, now, has_news=has_news, at_least_s=at_least_s, by=silent_at)
    if poll is not None:
        return situation.changed(due_at=poll.due_at, interval_s=poll.interval_s, attempts=0, **fields)
    if entry.kind == "feed":
        rest_s = schedule.rest_s(entry, now, has_news=has_news, at_least_s=at_least_s, by=silent_at)
        return situation.closed("done", interval_s=rest_s, **fields)
    is_published = fields.get("article_id", entry.article_id) is not None
    return situation.closed("done", due_at=situation.look_at(fields["born_at"]) if is_published else None, **fields)


def _refused(situation: Situation, refused: Refuse) -> Outcome:
    changes = _given_up(situation, refused.reason, "refused")
    if refused.reason in EXPECTED_REFUSALS:
        return Drop(refused.reason, refused.detail, changes)
    if refused.reason in AWAY:
        changes = _given_up(situation, refused.reason)
        return _letter(situation, Unusable("FETCH_FAILED", f"{AWAY[refused.reason]}: {refused.detail}"), changes)
    return _letter(situation, Unusable(refused.reason, refused.detail), changes)


def _given_up(situation: Situation, reason: str, state: str = "failed") -> tuple[Change, ...]:
    """
    A page is over; what is watched is asked again, ever more rarely, unless it says that it is gone for good.
    """
    entry = situation.entry
    due_at = schedule.poll_after_failure(entry, situation.now)
    if is_look(entry):
        return situation.closed("done", reason, situation.look_at(entry.born_at))
    if due_at is None or reason == "GONE":
        rest: dict[str, Any] = {"interval_s": schedule.rest_after_failure_s(entry)} if entry.kind == "feed" else {}
        return situation.closed(state, reason, **rest)
    return situation.changed(due_at=due_at, attempts=entry.attempts + 1, reason=reason)


def _try_again(situation: Situation, failure: TryAgain) -> Outcome:
    entry, now, settings = situation.entry, situation.now, situation.frontier.settings
    attempts = entry.attempts + 1
    is_watched = entry.min_interval_s is not None
    pause = hold_host(situation.frontier, entry.url, failure.retry_after, now) if failure.is_host_wide else ()
    if attempts >= settings.max_attempts and not is_watched:
        changes = (*_given_up(situation, "FETCH_FAILED"), *pause)
        return _letter(situation, Unusable("FETCH_FAILED", f"{failure.reason}: {failure.detail}"), changes)
    wait_s = schedule.backoff_s(entry.url, attempts, settings.retry_base_s, settings.retry_cap_s)
    soonest = schedule.poll_after_failure(entry, now) if is_watched else now + timedelta(seconds=wait_s)
    stated = retry_after(failure.retry_after, now, settings.max_retry_after_s)
    due_at = max(moment for moment in (soonest, stated) if moment is not None)
    # The next try will see what the source revised meanwhile.
    said = {"hints": entry.revised, "revised": None, "state": "waiting"} if entry.revised else {}
    changes = (*situation.changed(due_at=due_at, attempts=attempts, reason=failure.reason, **said), *pause)
    return Drop("TRY_AGAIN", f"{failure.reason}: {failure.detail}; try {attempts}", changes)


def _unusable(situation: Situation, unusable: Unusable) -> Outcome:
    return _letter(situation, unusable, _given_up(situation, unusable.reason))


def _letter(
    situation: Situation, unusable: Unusable, changes: tuple[Change, ...], failed: ActionFailed | None = None
) -> DeadLetter | Drop:
    """
    A dead letter; what is watched and fails in the same way as the last time is one already, and of what is only looked
    at again nothing is lost.
    """
    fresh = changes[0].value
    is_same_again = isinstance(fresh, FrontierEntry) and fresh.reason == situation.entry.reason
    if is_look(situation.entry) or (situation.entry.min_interval_s is not None and is_same_again):
        return Drop(unusable.reason, unusable.detail, changes)
    request = request_of(situation.entry).to_wire()[0]
    return DeadLetter(
        reason=unusable.reason,
        detail=unusable.detail,
        exception=failed.exception if failed else None,
        attempts=failed.attempts if failed else situation.entry.attempts + 1,
        original=request if unusable.original is None else unusable.original,
        asked=None if unusable.original is None else request,
        declared_bytes=unusable.declared_bytes,
        changes=changes,
    )


def _validators(headers: Mapping[str, str], known: FrontierEntry | None = None) -> dict[str, str | None]:
    """
    What makes the next request conditional; a 304 that does not repeat them leaves the known ones.
    """
    stated = validators_of(headers)
    return {name: value or (getattr(known, name) if known else None) for name, value in stated.items()}


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
