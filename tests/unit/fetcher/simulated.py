"""
The fetcher's own decisions under a simulated clock and against a simulated web, through owners that die, freeze and
hand over.

    accept, due, decide (the stage's) <--> owners over one committed table <--> hosts that note who asks when
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from schemas import topics
from schemas.events import FetchRequested
from schemas.parts import Origin
from schemas.state import FrontierEntry
from services.fetcher.answers import Answer, Failure, Fetch, Refuse
from services.fetcher.choice import due
from services.fetcher.frontier import Frontier
from services.fetcher.responses import Fetched
from services.fetcher.settings import FetcherSettings
from services.fetcher.stage import decide, work
from services.fetcher.urls import host_of
from services.runtime.stage import Assignment, Cause, RecordFacts
from services.runtime.table import Table
from tests.unit.fetcher.test_frontier import NOW

SESSION_S = 10.0
STEP_S = 0.5
PAGE = b"<!doctype html><html><head><title>T</title></head><body>The dam held.</body></html>"


@dataclass
class Sent:
    """
    One request as its host saw it; `ended_at` where its owner lived to know what came of it.
    """

    url: str
    at: datetime
    delay_s: float
    retry_after_s: float = 0.0
    ended_at: datetime | None = None


@dataclass
class Owner:
    """
    A task: it may start requests up to `until`; what it decides counts as long as it is the current one.
    """

    frontier: Frontier
    table: Table
    until: datetime | None = None
    running: list[tuple[datetime, Fetch, Sent]] = field(default_factory=list)


class Simulation:
    """
    One partition, its owners one after another, and the web.
    """

    def __init__(self, **settings: Any) -> None:
        self.now = NOW
        self.log: defaultdict[str, list[Sent]] = defaultdict(list)
        self._settings = FetcherSettings(
            **{"retry_base_s": 2.0, "breaker_base_s": 20.0, "robots_ttl_s": 60.0} | settings
        )
        self._numbers = count()
        self._kept: dict[str, FrontierEntry] = {}
        self._frozen: list[Owner] = []
        self._owner: Owner | None = None
        self._take_over()

    def _take_over(self) -> None:
        table = Table(FrontierEntry)
        for key, value in self._kept.items():
            table.restore(key, value.to_wire()[0])
        here = Assignment(partition=0, partitions=1, since=self.now, handover_s=SESSION_S)
        self._owner = Owner(Frontier(here, table, self._settings), table)

    def request(self, url: str) -> None:
        """
        Somebody wants a URL.
        """
        assert self._owner is not None
        facts = RecordFacts(
            Origin(topic=topics.FETCH_REQUESTED.name, partition=0, offset=next(self._numbers)), "e", None
        )
        event = FetchRequested(url=url, requested_at=self.now)
        self._commit(self._owner, decide(self._owner.frontier, event, Cause(record=facts), self.now))

    def entry(self, url: str) -> FrontierEntry:
        """
        What is committed of a URL.
        """
        return self._kept[url]

    def kill(self) -> None:
        """
        The owner dies; another follows when its session is over.
        """
        self._owner = None
        self.wait(SESSION_S)
        self._take_over()

    def freeze(self, seconds: float) -> None:
        """
        The owner stands still, and goes on for as long as it may think itself the owner; then another follows.
        """
        frozen, began = self._owner, self.now
        self._owner = None
        self.wait(min(seconds, SESSION_S))
        if frozen is not None:
            frozen.until = began + timedelta(seconds=SESSION_S)
            self._frozen.append(frozen)
        self.wait(SESSION_S - min(seconds, SESSION_S))
        self._take_over()

    def hand_over(self) -> None:
        """
        The owner gives the partition away in order; what is under way is thrown away.
        """
        self._take_over()

    def wait(self, seconds: float) -> None:
        """
        Let time pass.
        """
        for _ in range(int(seconds / STEP_S)):
            self.now += timedelta(seconds=STEP_S)
            for owner in [*self._frozen, *([self._owner] if self._owner else [])]:
                self._step(owner)

    def _step(self, owner: Owner) -> None:
        over = [each for each in owner.running if each[0] <= self.now]
        owner.running = [each for each in owner.running if each[0] > self.now]
        if over and owner is not self._owner:
            # It cannot commit what came of it, and starts nothing before that is committed.
            self._frozen.remove(owner)
            return
        for _, fetch, sent in over:
            sent.ended_at = self.now
            meaning = work(Fetched(fetch, self._answer(fetch, sent)))
            self._commit(owner, decide(owner.frontier, meaning, Cause(action=fetch), self.now))
        if owner.until is not None and self.now > owner.until:
            return
        for action in due(owner.frontier, self.now).actions:
            self._act(owner, action)

    def _act(self, owner: Owner, action: Any) -> None:
        if isinstance(action, Refuse):
            self._commit(owner, decide(owner.frontier, action, Cause(action=action), self.now))
            return
        sent = Sent(action.subject, self.now, action.delay_s)
        latency_s = 0.5 + 1.5 * (len(self.log[host_of(action.subject)]) % 4)
        self.log[host_of(action.subject)].append(sent)
        owner.running.append((self.now + timedelta(seconds=latency_s), action, sent))

    def _commit(self, owner: Owner, outcome: Any) -> None:
        for change in outcome.changes:
            owner.table.put(change.key, change.value)
            if owner is self._owner:
                self._kept[change.key] = change.value
        owner.table.commit()

    def _answer(self, fetch: Fetch, sent: Sent) -> Answer | Failure:
        """
        What the web says: hosts by their names, pages by their paths.
        """
        path = fetch.subject.rpartition("/")[2]
        if path == "robots.txt":
            delay_s = {"slow.example": 30, "brisk.example": 4}.get(host_of(fetch.subject), 0)
            body, status, headers = f"User-agent: *\nCrawl-delay: {delay_s}".encode(), 200, {}
        elif path == "busy":
            sent.retry_after_s, body, status, headers = 25.0, b"", 429, {"retry-after": "25"}
        elif path == "away":
            return Failure(fetch.subject, "TIMED_OUT", "")
        else:
            body, status = PAGE, 503 if path.startswith("bad") else 404 if path.startswith("no") else 200
            headers = {"content-type": "text/html"}
        return Answer(fetch.subject, (), status, headers, body, self.now)
