"""
What is to be fetched, and in which order: an index over the frontier table, and the clocks of the hosts.

    table change --> due times by origin --> whose host is free --> rules of the host --> Fetch | Refuse

The table holds everything; here are only a time and a key for each waiting entry, and a clock for each host. Of what is
over nothing is held here: there are millions of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from schemas import topics
from schemas.base import Event
from schemas.page_packing import is_at_rest, may_lead_to
from schemas.parts import Origin
from schemas.state import FrontierEntry
from schemas.takedowns import name_of_url
from services.fetcher.answers import Fetch, Forget, Refuse
from services.fetcher.looks import is_look
from services.fetcher.past import Past, is_over
from services.fetcher.politeness import HostClock
from services.fetcher.recent import Recent
from services.fetcher.settings import FetcherSettings
from services.fetcher.tally import Tally
from services.fetcher.urls import host_of, origin_of, robots_url
from services.fetcher.waiting import LOOK, NEWS, RANKS, Item, Ready, Waiting
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
        self._waiting = Waiting()
        self._ready = Ready(), Ready()
        self._clocks: dict[str, HostClock] = {}
        self._held: dict[str, float] = {}
        self._busy: dict[str, str] = {}
        self._looking: set[str] = set()
        self._tally = Tally()
        self._recent = Recent()
        self._past = Past(timedelta(days=settings.kept_days), lambda: iter(table), self._over_since)
        self._is_forgetting = False
        self._now = assignment.since
        self._is_restoring = True
        table.watch(self._changed, lambda kept: not is_at_rest(kept))
        self._is_restoring = False

    def entry(self, url: str) -> FrontierEntry | None:
        """
        The entry of a URL, with changes that are not committed yet.
        """
        entry = self._recent.get(url)
        if entry is None and (found := self._table.get(url)) is not None:
            assert isinstance(found, FrontierEntry)
            self._recent.keep(entry := found)
        return entry

    def pages_of(self, site: str, articles: Iterable[str]) -> list[str]:
        """
        The URLs of a site that lead to one of some articles: by themselves, or by what was found there; and maybe a few
        others.
        """
        names = frozenset(articles)

        def leads_there(url: str, kept: bytes) -> bool:
            return site in url and (name_of_url(url) in names or any(may_lead_to(kept, name) for name in names))

        return self._table.search(leads_there)

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
        self._looking.discard(action.subject)
        origin = self._busy.pop(action.subject, None)
        if origin is None:
            return
        for clock in self._clocks_of(action):
            clock.end(now, action.delay_s if isinstance(action, Fetch) else None)
            for each in tuple(clock.origins):
                self._schedule(each)

    def due(self, now: datetime, choose: Choose) -> Due:
        """
        Hand out what may be done now, one action a host, and tell when to ask again.
        """
        self._now = now
        actions: list[Fetch | Refuse | Forget] = [*self._forgettable(now)]
        while (rank := self._next_rank(now)) is not None:
            action = self._next(self._ready[rank].take(), rank, now, choose)
            if action is not None:
                actions.append(action)
        tops = [self._ready[rank].soonest() for rank in RANKS if self._has_room(rank)]
        moments = [datetime.fromtimestamp(top[0], UTC) for top in tops if top is not None]
        past_at = None if self._is_forgetting else self._past.due_at()
        return Due(tuple(actions), min([*moments, *([past_at] if past_at else [])], default=None))

    def forgotten(self, action: Forget, now: datetime) -> list[str]:
        """
        Which of the entries that an action names are to be forgotten indeed: some may have changed meanwhile.
        """
        self._now = now
        self._is_forgetting = False
        return [url for url in action.urls if self._past.is_old(url, now)]

    def figures(self) -> Mapping[str, float]:
        """
        What is to be seen of it in metrics, by the time of the last decision.
        """
        counts = self._tally.figures(len(self._table), self._now)
        return {**counts, "origins_waiting": self._waiting.origins(), "in_flight": len(self._busy)}

    def _forgettable(self, now: datetime) -> list[Forget]:
        """
        The next entries whose time is over, unless some are being forgotten just now.
        """
        if self._is_forgetting or not (taken := self._past.take(now)):
            return []
        self._is_forgetting = True
        place = Origin(topic=topics.FRONTIER.name, partition=self.assignment.partition, offset=0)
        return [Forget(taken[0], RecordFacts(place, f"forget {taken[0]}", None), tuple(taken))]

    def _over_since(self, url: str) -> datetime | None:
        entry = self._table.get(url)
        return entry.changed_at if isinstance(entry, FrontierEntry) and is_over(entry) else None

    def _next_rank(self, now: datetime) -> int | None:
        """
        Whose turn it is: looks come when no news can be had now.
        """
        for rank in RANKS:
            top = self._ready[rank].soonest()
            if top is not None and top[0] <= now.timestamp() and self._has_room(rank):
                return rank
        return None

    def _has_room(self, rank: int) -> bool:
        """
        Looks take half of the places at most: slow hosts may hold them for a minute.
        """
        most = self.settings.max_in_flight
        return len(self._busy) < most and (rank == NEWS or len(self._looking) < max(1, most // 2))

    def _next(self, origin: str, rank: int, now: datetime, choose: Choose) -> Fetch | Refuse | None:
        first, clock = self._first(origin, rank), self.clock(origin)
        if first is None or clock.is_busy:
            return None
        due, key = first
        if not clock.is_free(now) or max(due, self._held.get(origin, 0)) > now.timestamp():
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
        if rank == LOOK:
            self._looking.add(chosen.subject)
        for clock in self._clocks_of(chosen):
            clock.start()
        return chosen

    def _clocks_of(self, action: Fetch | Refuse) -> list[HostClock]:
        """
        Of the host that an action is for, and of the one that is asked, where that is another.
        """
        own = self.clock(action.subject)
        if not isinstance(action, Fetch) or not action.at:
            return [own]
        asked = self.clock(action.at)
        return [own] if asked is own else [own, asked]

    def _changed(self, key: str, value: Event | None) -> None:
        self._recent.drop(key)
        due = self._waiting.remove(key)
        if due is not None:
            self._tally.waits_no_more(due)
        self._tally.changed(key, value if isinstance(value, FrontierEntry) else None)
        if not isinstance(value, FrontierEntry):
            self._forget_host(key)
            return
        if is_over(value):
            self._past.add(value.changed_at)
        if value.kind == "robots":
            self._rule(origin_of(key), value)
        elif value.due_at is not None and (value.state == "waiting" or is_look(value)):
            self._wait(key, value.due_at.timestamp(), LOOK if is_look(value) else NEWS)

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

    def _wait(self, key: str, due: float, rank: int) -> None:
        origin = origin_of(key)
        if not self._waiting.has(origin):
            self.clock(origin).origins.append(origin)
        self._waiting.add(key, origin, due_s=due, rank=rank)
        self._tally.waits(due)
        self._schedule(origin)

    def _first(self, origin: str, rank: int) -> Item | None:
        first = self._waiting.first(origin, rank)
        if first is None and not self._waiting.has(origin) and origin in (origins := self.clock(origin).origins):
            origins.remove(origin)
        return first

    def _schedule(self, origin: str) -> None:
        clock = self.clock(origin)
        if clock.is_busy:
            return  # its appointment is made when that is over
        firsts = [self._first(origin, rank) for rank in RANKS]
        polite = clock.next_at.timestamp() if clock.next_at else 0.0
        for first, ready in zip(firsts, self._ready, strict=True):
            if first is not None:
                ready.put(origin, max(first[0], polite, self._held.get(origin, 0.0)))
