"""
What is to be fetched, and in which order: an index over the frontier table, and the clocks of the hosts.

    table change --> due times by origin --> whose host is free --> rules of the host --> Fetch | Refuse

The table holds everything; here are only a time and a key for each waiting entry, and a clock for each host.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush

from schemas import topics
from schemas.base import Event
from schemas.parts import Origin
from schemas.state import FrontierEntry
from services.fetcher.answers import Fetch, Forget, Refuse
from services.fetcher.looks import is_look
from services.fetcher.past import Past, is_over
from services.fetcher.politeness import HostClock
from services.fetcher.settings import FetcherSettings
from services.fetcher.tally import Tally
from services.fetcher.urls import host_of, origin_of, robots_url
from services.runtime.stage import Assignment, Due, RecordFacts
from services.runtime.table import Table

Choose = Callable[["Frontier", FrontierEntry, datetime], Fetch | Refuse | datetime]
"""What to do about a due entry: an action, or until when its origin has to wait."""


class Frontier:
    """
    The state of one task.
    """

    def __init__(self, assignment: Assignment, table: Table, settings: FetcherSettings) -> None:
        self.assignment = assignment
        self.settings = settings
        self._table = table
        self._due: dict[str, float] = {}
        self._queues: dict[str, list[tuple[float, str]]] = {}
        self._clocks: dict[str, HostClock] = {}
        self._held: dict[str, float] = {}
        self._ready: list[tuple[float, str]] = []
        self._ready_at: dict[str, float] = {}
        self._busy: dict[str, str] = {}
        self._tally = Tally()
        self._past = Past(timedelta(days=settings.kept_days))
        self._is_forgetting = False
        self._now = assignment.since
        self._is_restoring = True
        table.watch(self._changed)
        self._is_restoring = False

    def entry(self, url: str) -> FrontierEntry | None:
        """
        The entry of a URL, with changes that are not committed yet.
        """
        entry = self._table.get(url)
        assert entry is None or isinstance(entry, FrontierEntry)
        return entry

    def mentioning(self, text: str) -> list[str]:
        """
        The URLs of the entries that hold a text, themselves or in their URL.
        """
        return self._table.mentioning(text)

    def is_under_way(self, url: str) -> bool:
        """
        Whether a URL is being asked for just now.
        """
        return url in self._busy

    def clock(self, url: str) -> HostClock:
        """
        The clock of the host of a normalised URL.
        """
        host = host_of(url)
        clock = self._clocks.get(host)
        if clock is None:
            clock = self._clocks[host] = HostClock()
            if self._is_restoring:
                clock.hold_until(self.handed_over_at(self.settings.delay_s))
        return clock

    def handed_over_at(self, delay_s: float) -> datetime:
        """
        From when on a host that a former owner knew may be asked: he may have been sending until his session ended.
        """
        return self.assignment.since + timedelta(seconds=self.assignment.handover_s + delay_s)

    def ended(self, action: Fetch | Refuse, now: datetime) -> None:
        """
        An action is over: its host may be asked again after the pause.
        """
        self._now = now
        origin = self._busy.pop(action.subject, None)
        if origin is None:
            return
        clock = self.clock(action.subject)
        clock.end(now, action.delay_s if isinstance(action, Fetch) else None)
        for each in clock.origins:
            self._schedule(each)

    def due(self, now: datetime, choose: Choose) -> Due:
        """
        Hand out what may be done now, one action a host, and tell when to ask again.
        """
        self._now = now
        actions: list[Fetch | Refuse | Forget] = [*self._forgettable(now)]
        while self._has_room() and (top := self._soonest()) is not None and top[0] <= now.timestamp():
            del self._ready_at[heappop(self._ready)[1]]
            action = self._next(top[1], now, choose)
            if action is not None:
                actions.append(action)
        top = self._soonest() if self._has_room() else None
        moments = [None if top is None else datetime.fromtimestamp(top[0], UTC)]
        moments += [] if self._is_forgetting else [self._past.due_at()]
        return Due(tuple(actions), min((moment for moment in moments if moment), default=None))

    def forgotten(self, action: Forget, now: datetime) -> list[str]:
        """
        Which of the entries that an action names are to be forgotten indeed: some may have changed meanwhile.
        """
        self._now = now
        self._is_forgetting = False
        return [url for url in action.urls if self._is_forgettable(url, now)]

    def figures(self) -> Mapping[str, float]:
        """
        What is to be seen of it in metrics, by the time of the last decision.
        """
        counts = self._tally.figures(len(self._table), self._now)
        return {**counts, "origins_waiting": len(self._queues), "in_flight": len(self._busy)}

    def _forgettable(self, now: datetime) -> list[Forget]:
        """
        The next entries whose time is over, unless some are being forgotten just now.
        """
        while not self._is_forgetting and (taken := self._past.take(now)):
            found = tuple(url for url in taken if self._is_forgettable(url, now))
            if found:
                self._is_forgetting = True
                place = Origin(topic=topics.FRONTIER.name, partition=self.assignment.partition, offset=0)
                return [Forget(found[0], RecordFacts(place, f"forget {found[0]}", None), found)]
        return []

    def _is_forgettable(self, url: str, now: datetime) -> bool:
        entry = self.entry(url)
        return entry is not None and is_over(entry) and entry.changed_at + self._past.kept <= now

    def _soonest(self) -> tuple[float, str] | None:
        while self._ready and self._ready_at.get(self._ready[0][1]) != self._ready[0][0]:
            heappop(self._ready)
        return self._ready[0] if self._ready else None

    def _has_room(self) -> bool:
        return len(self._busy) < self.settings.max_in_flight

    def _next(self, origin: str, now: datetime, choose: Choose) -> Fetch | Refuse | None:
        key = self._first(origin)
        clock = self.clock(origin)
        if key is None or clock.is_busy:
            return None
        if not clock.is_free(now) or max(self._due[key], self._held.get(origin, 0)) > now.timestamp():
            self._schedule(origin)
            return None
        entry = self.entry(key)
        assert entry is not None
        chosen = choose(self, entry, now)
        if isinstance(chosen, datetime):
            self._held[origin] = chosen.timestamp()
            self._schedule(origin)
            return None
        self._held.pop(origin, None)
        self._busy[chosen.subject] = origin
        clock.start()
        return chosen

    def _changed(self, key: str, value: Event | None) -> None:
        due = self._due.pop(key, None)
        if due is not None:
            self._tally.waits_no_more(due)
        self._tally.changed(key, value if isinstance(value, FrontierEntry) else None)
        if not isinstance(value, FrontierEntry):
            self._forget_host(key)
            return
        if is_over(value):
            self._past.add(key, value.changed_at)
        if value.kind == "robots":
            self._rule(origin_of(key), value)
        elif value.due_at is not None and (value.state == "waiting" or is_look(value)):
            self._wait(key, value.due_at.timestamp())

    def _forget_host(self, key: str) -> None:
        """
        Nothing has been asked of a host for as long as its rules were kept.
        """
        clock = self._clocks.get(host_of(key))
        if clock is not None and key == robots_url(key) and not clock.is_busy and not clock.origins:
            del self._clocks[host_of(key)]

    def _rule(self, origin: str, robots: FrontierEntry) -> None:
        """
        What is known of an origin is another: its rules, or until when it is left alone.
        """
        if robots.host_not_before is not None:
            self.clock(origin).hold_until(robots.host_not_before)
        clock = self.clock(origin)
        if origin not in clock.ruled:
            clock.ruled = (*clock.ruled, origin)
        if robots.breaker is not None:
            clock.breakers[origin] = robots.breaker
        elif origin in clock.breakers:
            del clock.breakers[origin]
        self._held.pop(origin, None)
        self._schedule(origin)

    def _wait(self, key: str, due: float) -> None:
        origin = origin_of(key)
        if origin not in self._queues:
            self._queues[origin] = []
            self.clock(key).origins.append(origin)
        self._due[key] = due
        self._tally.waits(due)
        heappush(self._queues[origin], (due, key))
        self._schedule(origin)

    def _first(self, origin: str) -> str | None:
        """
        The entry of an origin that is due first. What no longer waits, or waits for another time, is left behind here.
        """
        queue = self._queues.get(origin, [])
        while queue and self._due.get(queue[0][1]) != queue[0][0]:
            heappop(queue)
        if queue:
            return queue[0][1]
        if self._queues.pop(origin, None) is not None:
            self.clock(origin).origins.remove(origin)
        return None

    def _schedule(self, origin: str) -> None:
        key = self._first(origin)
        if key is None or (clock := self.clock(origin)).is_busy:
            return
        polite = clock.next_at.timestamp() if clock.next_at else 0.0
        when = max(self._due[key], polite, self._held.get(origin, 0.0))
        if self._ready_at.get(origin) != when:
            self._ready_at[origin] = when
            heappush(self._ready, (when, origin))
