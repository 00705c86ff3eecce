"""
One URL, once, without Kafka: the same stage, driven by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas import topics
from schemas.base import Event
from schemas.events import FetchRequested, PageFetched
from schemas.ids import request_id
from schemas.parts import Origin
from schemas.state import FrontierEntry
from services.fetcher.answers import Fetch
from services.fetcher.client import Client
from services.fetcher.settings import FetcherSettings
from services.fetcher.stage import fetcher_stage
from services.runtime.outcome import DeadLetter, Emit, Outcome
from services.runtime.stage import Assignment, Cause, Due, RecordFacts, Stage
from services.runtime.table import Table

MAX_PAUSE_S = 60.0
"""A host that wants a longer pause is left alone: a person is waiting."""

_WAITING = frozenset({"ACCEPTED", "REDIRECTED"})


@dataclass(frozen=True)
class Refusal:
    """
    Why there is no page: the reason and detail that the service would have counted, or kept as a dead letter.
    """

    reason: str
    detail: str
    is_dead_letter: bool = False


async def fetch_once(url: str, settings: FetcherSettings, client: Client) -> PageFetched | Refusal:
    """
    Fetch one page as the service would: rules first, redirects followed, politely. The first failure ends it.
    """
    patience = settings.model_copy(update={"max_attempts": 1})
    run = _Run(fetcher_stage(patience, client.fetch), client.now())
    end = run.request(url, client.now())
    while end is None:
        due = run.due(client.now())
        for action in due.actions:
            assert run.stage.act is not None
            worked = run.stage.work(await run.stage.act(action))
            end = run.conclude(worked, Cause(action=action), client.now())
        if not due.actions:
            pause_s = (due.next_at - client.now()).total_seconds() if due.next_at else MAX_PAUSE_S + 1
            if pause_s > MAX_PAUSE_S:
                return Refusal("TRY_LATER", f"the host wants to be left alone until {due.next_at}")
            await client.pause(pause_s)
    return end


class _Run:
    """
    The runtime's part, for one task in memory.
    """

    def __init__(self, stage: Stage, now: datetime) -> None:
        self.stage = stage
        self._table = Table(FrontierEntry)
        assignment = Assignment(partition=0, partitions=1, since=now, handover_s=0)
        self._state = stage.open(assignment, {topics.FRONTIER.name: self._table})

    def due(self, now: datetime) -> Due:
        assert self.stage.due is not None
        return self.stage.due(self._state, now)

    def request(self, url: str, now: datetime) -> PageFetched | Refusal | None:
        """
        Ask for a URL; what is no URL at all is told here.
        """
        try:
            event = FetchRequested(url=url, requested_at=now)
        except ValueError as error:
            return Refusal("INVALID_URL", str(error))
        return self._accept(event, now)

    def conclude(self, worked: Any, cause: Cause, now: datetime) -> PageFetched | Refusal | None:
        """
        Decide on one input, remember what it changes, and say how it ends: None while it goes on.
        """
        outcome: Outcome = self.stage.decide(self._state, worked, cause, now)
        for change in outcome.changes:
            self._table.put(change.key, change.value)
        self._table.commit()
        if isinstance(cause.action, Fetch) and cause.action.kind == "robots":
            return None
        if not isinstance(outcome, Emit):
            return Refusal(outcome.reason, outcome.detail, isinstance(outcome, DeadLetter))
        events = [emission.event for emission in outcome.events]
        if outcome.reason in _WAITING:
            return next((self._accept(event, now) for event in events), None)
        return _end(outcome.reason, events)

    def _accept(self, event: Event, now: datetime) -> PageFetched | Refusal | None:
        event_id = str(request_id("once", event.subject()))
        origin = Origin(topic=topics.FETCH_REQUESTED.name, partition=0, offset=0)
        return self.conclude(self.stage.work(event), Cause(record=RecordFacts(origin, event_id, None)), now)


def _end(reason: str, events: list[Event]) -> PageFetched | Refusal:
    for event in events:
        if isinstance(event, PageFetched):
            return event
    listed = ", ".join(event.subject() for event in events[:3])
    return Refusal(reason, f"a feed of {len(events)} items: {listed}")
