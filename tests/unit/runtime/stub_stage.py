"""
A stage of plain functions, so that only the runtime is under test. A request's query says what becomes of it.

    requests --> [stub: counts the requests of a URL in news.sources] --> news.fetch.requested
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from schemas import topics
from schemas.base import Event
from schemas.dead_letters import DeadLettered
from schemas.events import FetchRequested
from schemas.parts import Origin
from schemas.state import Source
from services.runtime.outcome import Change, DeadLetter, Drop, Emission, Emit, Outcome
from services.runtime.stage import ActionFailed, Assignment, Cause, Due, RecordFacts, Stage, Tables, Tombstone
from services.runtime.table import Table
from services.runtime.testing import TopologyDriver
from services.runtime.topology import Topology

ASKED_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)

FACTS = RecordFacts(Origin(topic="news.fetch.requested", partition=0, offset=7), "cause-7", None)


def request(query: str = "", path: str = "a") -> FetchRequested:
    """
    A request whose query says what is to become of it.
    """
    return FetchRequested(url=f"https://example.org/{path}?{query}", requested_at=ASKED_AT)


def source(url: str, title: str | None = None) -> Source:
    """
    A value of the stub's table.
    """
    return Source(url=url, title=title, changed_at=ASKED_AT)


def work(event: FetchRequested | Tombstone | str) -> str:
    """
    Take the URL out; a tombstone's key, and an action's result, stand for themselves.
    """
    if isinstance(event, str):
        return _act_on(event)
    url = event.url if isinstance(event, FetchRequested) else f"{event.key}gone"
    if url.endswith("?raise-in-work"):
        raise RuntimeError("asked to, in work")
    return url


def _act_on(result: str) -> str:
    if result.endswith("#bad"):
        raise RuntimeError("asked to, on a result")
    return result


def emit(url: str, **more: Any) -> Emission:
    """
    An emission to the stub's sink.
    """
    return Emission(topics.FETCH_REQUESTED, FetchRequested(url=f"{url}!", requested_at=ASKED_AT), **more)


@dataclass
class State:
    """
    What the stub remembers: its table, and the actions that are due.
    """

    table: Table
    queue: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Visit:
    """
    An action.
    """

    subject: str
    facts: RecordFacts = FACTS


def open_state(_assignment: Assignment, tables: Tables) -> State:
    """
    Make the state from the restored table.
    """
    return State(tables[topics.SOURCES.name])


def decide(state: State, result: Any, cause: Cause, _now: datetime) -> Outcome:
    """
    Do what the query says.
    """
    if isinstance(result, ActionFailed):
        return DeadLetter(result.reason, result.detail, original=b"what came back")
    if cause.action is not None:
        return Emit((emit(result),), reason="VISITED")
    query = result.partition("?")[2]
    return _answer(state, result, query)


def _answer(state: State, url: str, query: str) -> Outcome:
    if query == "raise-in-decide":
        raise RuntimeError("asked to, in decide")
    if query == "forget":
        return Emit(changes=(Change(topics.SOURCES, url, None),), reason="FORGOTTEN")
    if query == "count":
        return _count(state, url)
    outcomes: dict[str, Any] = {
        "drop": Drop("NOT_WANTED", "asked to"),
        "letter": DeadLetter("HOPELESS", "asked to", declared_bytes=99),
        "nothing": None,
        "undeclared": Emit((replace(emit(url), topic=topics.PAGE_FETCHED),)),
        "no-table": Emit(changes=(Change(topics.LEDGER, url, source(url)),)),
        "twice": Emit((emit(url), emit(f"{url}2"))),
        "huge": Emit((Emission(topics.FETCH_REQUESTED, _huge(url)),)),
    }
    return outcomes.get(query, Emit((emit(url),)))  # type: ignore[no-any-return]


def _huge(url: str) -> Event:
    return FetchRequested(url=url, requested_at=ASKED_AT, source_url="x" * topics.MAX_RECORD_BYTES)


def _count(state: State, url: str) -> Outcome:
    known = state.table.get(url)
    assert known is None or isinstance(known, Source)
    seen = int(known.title or 0) if known else 0
    return Emit((emit(f"{url}{seen + 1}"),), (Change(topics.SOURCES, url, source(url, str(seen + 1))),))


def due(state: State, _now: datetime) -> Due:
    """
    Hand everything out.
    """
    waiting, state.queue = state.queue, []
    return Due(tuple(Visit(url) for url in waiting))


async def act(visit: Visit) -> str:
    """
    Bring the subject home.
    """
    return visit.subject


STUB = Topology(
    name="stub",
    live=topics.FETCH_REQUESTED,
    stage=Stage(work=work, decide=decide, open=open_state, takes_tombstones=True),
    sinks=(topics.FETCH_REQUESTED,),
    tables=(topics.SOURCES,),
    fingerprint="0123456789abcdef",
)


def visiting(*urls: str) -> Topology:
    """
    The stub with actions that are due at once.
    """

    def opened(_assignment: Assignment, tables: Tables) -> State:
        return State(tables[topics.SOURCES.name], list(urls))

    return replace(STUB, stage=Stage(work=work, decide=decide, open=opened, due=due, act=act))


def letter(driver: TopologyDriver) -> DeadLettered:
    """
    The one dead letter that was written; nothing else was.
    """
    [dead] = driver.events(topics.DEAD_LETTERS)
    assert len(driver.records) == 1
    assert isinstance(dead, DeadLettered)
    return dead
