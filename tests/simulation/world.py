"""
One run: three services over one broker and one web, and what a plan does to them.

    plan --> requests, edits, takedowns, replays --> fetcher --> cleaner --> tagger --> the broker's log --> checks
        +--> kills, freezes, lost answers, rebalances, bad hosts, clock steps
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from schemas import topics
from schemas.base import Event
from schemas.envelope import seal
from schemas.events import FetchRequested
from schemas.ids import article_id, state_id
from schemas.sites import site_of
from schemas.takedowns import Takedown
from schemas.topics import Topic
from services.fetcher.urls import host_of
from services.runtime.record import Outgoing
from tests.simulation.broker import Broker, Marked
from tests.simulation.bugs import Bug
from tests.simulation.group import Group
from tests.simulation.kernel import Kernel
from tests.simulation.member import Member, Shared
from tests.simulation.plan import FAULTS_UNTIL_S, SERVICES, Plan, Step
from tests.simulation.web import Host, Web
from tests.simulation.wiring import services

PARTITIONS = 2
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
END_S = 900.0
"""Long enough for the longest pause of a host after the last fault."""

LANES: dict[str, tuple[Topic[Any], Topic[Any]]] = {
    "page": (topics.PAGE_FETCHED, topics.PAGE_REPLAY),
    "article": (topics.ARTICLE_CLEANED, topics.ARTICLE_REPLAY),
}


@dataclass
class Trap:
    """
    A fault that falls at the `left`-th call of a name by some process of a service, in a phase of it.
    """

    service: str
    call: tuple[str, str]
    left: int
    fault: str
    seconds: float


class World:
    """
    Everything of a run.

    Attributes:
        steps_of_clock: When the clocks on the walls were put forward.
        barred: Articles that were taken down.
    """

    def __init__(self, plan: Plan, bug: Bug | None = None) -> None:
        self.plan = plan
        self.kernel = Kernel(plan.seed)
        self._offset = timedelta()
        self.steps_of_clock: list[float] = []
        self.barred: set[UUID] = set()
        self.broker = Broker(self.clock, self.kernel.after)
        self.web = Web(self.kernel, self.clock)
        for name, delay_s in plan.hosts:
            self.web.add(Host(name, delay_s))
        self._traps: list[Trap] = []
        self.shared = Shared(self.kernel, self.broker, self.web, self.clock, PARTITIONS, bug, self._called)
        self.groups = {name: Group(self.kernel, PARTITIONS) for name in SERVICES}
        self.members: dict[str, list[Member]] = {name: [] for name in SERVICES}

    def clock(self) -> datetime:
        """
        The time of day, by all clocks on the walls.
        """
        return EPOCH + timedelta(seconds=self.kernel.now) + self._offset

    def run(self) -> None:
        """
        From the beginning until everything has come to rest.
        """
        for name, number in zip(SERVICES, self.plan.members, strict=True):
            for _ in range(number):
                self._grow(name)
        for step in self.plan.steps:
            self.kernel.after(step.at, lambda s=step: self._apply(s))  # type: ignore[misc]
        self.kernel.run(max([FAULTS_UNTIL_S, *(step.at for step in self.plan.steps)]) + 0.001)
        for host in self.web.hosts.values():
            host.mood = "well"
        self.kernel.run(END_S)

    def _apply(self, step: Step) -> None:
        getattr(self, f"_{step.kind}")(*step.given)

    def _grow(self, service: str) -> None:
        number = len(self.members[service])
        shared = self.shared
        self.members[service].append(Member(shared, services()[service], self.groups[service], f"{service} {number}"))

    def _member(self, service: str, which: int) -> Member | None:
        alive = [member for member in self.members[service] if member.process.is_alive]
        return alive[which % len(alive)] if alive else None

    def _kill(self, service: str, which: int, back_s: float) -> None:
        if (member := self._member(service, which)) is not None:
            member.kill()
            self.kernel.after(back_s, lambda: self._grow(service))

    def _replace(self, service: str, which: int, back_s: float) -> None:
        if (member := self._member(service, which)) is not None:
            member.leave()
            self.kernel.after(back_s, lambda: self._grow(service))

    def _freeze(self, service: str, which: int, seconds: float) -> None:
        if (member := self._member(service, which)) is not None:
            member.freeze(seconds)

    def _lose(self, service: str, which: int, number: int) -> None:
        if (member := self._member(service, which)) is not None:
            member.process.losing += number

    def _trap(self, service: str, call: str, phase: str, *fault: Any) -> None:
        self._traps.append(Trap(service, (call, phase), *fault))

    def _called(self, member: Member, call: str, phase: str) -> None:
        for trap in self._traps:
            if trap.service == member.topology.name and trap.call == (call, phase):
                trap.left -= 1
        sprung = [trap for trap in self._traps if trap.left == 0]
        self._traps = [trap for trap in self._traps if trap.left > 0]
        for trap in sprung:
            self._spring(trap, member)

    def _spring(self, trap: Trap, member: Member) -> None:
        if trap.fault == "freeze":
            member.freeze(trap.seconds)
        elif trap.fault == "kill" and member.process.is_alive:
            member.kill()
            self.kernel.after(trap.seconds, lambda: self._grow(trap.service))
        elif trap.fault == "shake":
            self.groups[trap.service].shake()

    def _shake(self, service: str) -> None:
        self.groups[service].shake()

    def _mood(self, host: str, mood: Any, seconds: float) -> None:
        self.web.hosts[host].mood = mood
        self.kernel.after(seconds, lambda: setattr(self.web.hosts[host], "mood", "well"))

    def _clock(self, seconds: int) -> None:
        self._offset += timedelta(seconds=seconds)
        if seconds > 0:
            self.steps_of_clock.append(self.kernel.now)

    def _write(self, url: str, text: str | None) -> None:
        host = self.web.hosts[host_of(url)]
        host.texts[url.partition(host.name)[2]] = text

    def _request(self, url: str) -> None:
        self._tell(topics.FETCH_REQUESTED, FetchRequested(url=url, requested_at=self.clock()))

    def _take_down(self, url: str) -> None:
        name = article_id(url)
        self.barred.add(name)
        now = self.clock()
        notice = Takedown(
            takedown_id=name,
            article_ids=[name],
            sites=[site_of(url)],
            reason="asked for",
            by="a lawyer",
            began_at=now,
            changed_at=now,
        )
        self._tell(topics.TAKEDOWNS, notice)

    def _replay(self, lane: str) -> None:
        """
        Drive all that is there again, beside; as the tool does, records as they are.
        """
        source, target = LANES[lane]
        for part in range(PARTITIONS):
            for record in self.broker.read((source.name, part), 0)[0]:
                if record.value is not None:
                    again = Outgoing(target.name, part, record.key or b"", record.value, tuple(record.headers.items()))
                    self.broker.append([Marked(again)])

    def _tell(self, topic: Topic[Any], event: Event) -> None:
        sealed = seal(topic, event, state_id(topic.name, topic.key(event), str(self.kernel.now).encode()), "operator")
        for part in topic.all_partitions(event, PARTITIONS):
            self.broker.append([Marked(Outgoing(topic.name, part, sealed.key, sealed.value, sealed.headers))])
