"""
The fetcher's stage.

    request, source --> accept --> frontier --> due --> act (I/O) --> interpret --> conclude --> page, requests
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any

from schemas import topics
from services.fetcher import feeds
from services.fetcher.acceptance import accept
from services.fetcher.answers import Answer, Fetch, Forget, Oversized, Refuse
from services.fetcher.breaker import with_breaker
from services.fetcher.calls import call_of
from services.fetcher.choice import due
from services.fetcher.conclusion import conclude
from services.fetcher.frontier import Frontier
from services.fetcher.reservations import Reservations, conclude_reservations
from services.fetcher.responses import Fetched, Meaning, interpret
from services.fetcher.rulebook import conclude_rules
from services.fetcher.settings import FetcherSettings
from services.fetcher.situation import Situation
from services.runtime.outcome import Change, Drop, Outcome
from services.runtime.stage import ActionFailed, Assignment, Cause, Stage, Tables

Ask = Callable[[Fetch], Awaitable[Fetched]]
"""The client: the only part that does I/O."""


def fetcher_stage(settings: FetcherSettings, ask: Ask, close: Callable[[], Awaitable[None]] | None = None) -> Stage:
    """
    The stage over a client, and how to close that.
    """
    return Stage(
        work=work,
        decide=decide,
        open=partial(open_frontier, settings=settings),
        due=due,
        act=partial(act, ask=ask),
        call_of=call_of,
        is_light=is_light,
        close=close,
        warm=feeds.warm,
        figures=Frontier.figures,
        takes_tombstones=True,
    )


def open_frontier(assignment: Assignment, tables: Tables, settings: FetcherSettings) -> Frontier:
    """
    The state of a task, from its restored table.
    """
    return Frontier(assignment, tables[topics.FRONTIER.name], settings)


async def act(action: Fetch | Refuse | Forget, ask: Ask) -> Fetched | Refuse | Forget:
    """
    Carry out one action.
    """
    return await ask(action) if isinstance(action, Fetch) else action


def work(given: Any) -> Any:
    """
    The CPU work on one input: an answer is read; anything else is taken as it is.
    """
    return interpret(given) if isinstance(given, Fetched) else given


def is_light(given: Fetched | Refuse | Forget) -> bool:
    """
    Whether there is nothing to read: what has not changed, nobody answered for, or was not asked.
    """
    if not isinstance(given, Fetched) or not isinstance(given.result, Answer | Oversized):
        return True
    return isinstance(given.result, Answer) and not given.result.body


def decide(frontier: Frontier, worked: Any, cause: Cause, now: datetime) -> Outcome:
    """
    Decide on a record, or on what came of an action.
    """
    action = cause.action
    if cause.record is not None:
        return accept(frontier, worked, cause.record, now)
    if isinstance(action, Forget):
        return _forget(frontier, action, now)
    assert isinstance(action, Fetch | Refuse)
    frontier.ended(action, now)
    return _of_action(frontier, action, worked, now)


def _forget(frontier: Frontier, action: Forget, now: datetime) -> Outcome:
    changes = tuple(Change(topics.FRONTIER, url, None) for url in frontier.forgotten(action, now))
    return Drop("FORGOTTEN", f"{len(changes)} entries that were over for long", changes)


def _of_action(frontier: Frontier, action: Fetch | Refuse, meaning: Meaning | ActionFailed, now: datetime) -> Outcome:
    if isinstance(action, Fetch) and action.kind == "robots":
        return conclude_rules(frontier, action, meaning, now)
    if isinstance(action, Fetch) and action.kind == "rights":
        assert isinstance(meaning, Reservations | ActionFailed)
        return conclude_reservations(frontier, action, meaning, now)
    entry = frontier.entry(action.subject)
    if entry is None:
        return Drop("NO_LONGER_WANTED", "its source was removed meanwhile")
    situation = Situation(frontier, entry, now)
    return with_breaker(situation, meaning, conclude(situation, meaning))
