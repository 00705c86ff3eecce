"""
A process of a service: `services.runtime.app.App` in the simulation, with its keepers, pauses and the end of its tasks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import count
from typing import Any

from services.fetcher.answers import Fetch
from services.runtime.stage import Action, Assignment
from services.runtime.table import Memory
from services.runtime.topology import Topology
from tests.simulation.broker import Broker, FencedError
from tests.simulation.bugs import Bug
from tests.simulation.group import HEARTBEAT_S, SESSION_S, Group
from tests.simulation.kernel import Kernel, Process, Sleep, Steps, Thread, Wait
from tests.simulation.task import PASSING, Task
from tests.simulation.web import Web

BACKOFF_S = (0.5, 1.0, 2.0, 5.0)
ACTIONS_S, ENDING_S, OUT_S = 5.0, 20.0, 1.0
"""As in `services.runtime.app`: for actions under way, for tasks of a member, and of one that is out of its group."""


@dataclass
class Shared:
    """
    What all processes of a run share.
    """

    kernel: Kernel
    broker: Broker
    web: Web
    clock: Callable[[], datetime]
    partitions: int
    bug: Bug | None
    on_call: Callable[[Member, str, str], None]
    numbers: count[int] = field(default_factory=count)
    crashes: list[BaseException] = field(default_factory=list)


class Member:
    """
    One process, from its start to its end.
    """

    def __init__(self, shared: Shared, topology: Topology, group: Group, name: str) -> None:
        self._shared, self.topology, self._group = shared, topology, group
        self.kernel, self.broker, self.bug, self.numbers = shared.kernel, shared.broker, shared.bug, shared.numbers
        self.clock = shared.clock
        self.process = Process(name, on_call=partial(shared.on_call, self))
        self.tasks: dict[int, Task] = {}
        self._keepers: dict[int, Thread] = {}
        self._memories: dict[int, Memory] = {}
        self._ending: Thread | None = None
        self._confirmed_at: float | None = None
        self._shares = 0
        group.join(self)

    @property
    def confirmed_at(self) -> float:
        """
        When the group last said that this is a member.
        """
        return self.kernel.now if self._confirmed_at is None else self._confirmed_at

    def is_confirmed(self) -> bool:
        """
        Whether it may believe itself the owner.
        """
        return self.kernel.now - self.confirmed_at <= SESSION_S

    def kill(self) -> None:
        """
        The process is gone, at once.
        """
        self.process.is_alive = False
        self._cut_off()
        self.kernel.after(SESSION_S, lambda: self._group.leave(self))

    def leave(self) -> None:
        """
        The orderly end.
        """
        self.process.when_awake(self._leave)

    def freeze(self, seconds: float) -> None:
        """
        Stand still for a while, then go on as if nothing had been.
        """
        if self.process.is_frozen or not self.process.is_alive:
            return
        self.process.is_frozen = True
        if self._confirmed_at is None:
            self._confirmed_at = self.kernel.now - self.kernel.random.uniform(0, HEARTBEAT_S)
        self.kernel.after(SESSION_S, self._expire)
        self.kernel.after(seconds, self._thaw)

    def _expire(self) -> None:
        if self.process.is_frozen:
            self._group.leave(self)

    def _thaw(self) -> None:
        self.process.is_frozen = False
        held, self.process.held = self.process.held, []
        for step in held:
            self.kernel.after(self.kernel.random.uniform(0, 0.05), lambda s=step: self.process.when_awake(s))  # type: ignore[misc]
        self.kernel.after(self.kernel.random.uniform(0, HEARTBEAT_S), lambda: self.process.when_awake(self._beat))

    def _beat(self) -> None:
        if self in self._group:
            self._confirmed_at = None
        else:
            self._end_tasks(lambda: self._group.join(self))

    def _leave(self) -> None:
        def gone() -> None:
            self.process.is_alive = False
            self._group.leave(self)

        self._end_tasks(gone)

    def revoked(self) -> None:
        """
        The group takes everything away.
        """
        self._end_tasks(lambda: self._group.is_ready(self))

    def assigned(self, partitions: tuple[int, ...]) -> None:
        """
        The group has a new share.
        """
        self._confirmed_at = None
        self._shares += 1
        if self.bug is Bug.SWALLOWED_REBALANCE and self._shares % 3 == 0:
            return
        self._cut_off()
        for part in partitions:
            self._start(part)

    def _start(self, part: int) -> None:
        steps = self._keep(part)
        self._keepers[part] = Thread(self.kernel, self.process, steps, self._wake_ending)

    def _keep(self, part: int) -> Steps:
        """
        Run a partition's task, and again after whatever passes.
        """
        yield Sleep(0.0)
        failures = 0
        while True:
            memory = self._memories.setdefault(part, Memory())
            here = Assignment(part, self._shared.partitions, self.clock(), SESSION_S)
            self.tasks[part] = task = Task(self, here, memory)
            try:
                return (yield from task.run(self._keepers[part]))
            except PASSING as error:
                if task.is_draining or task.is_stopping:
                    return
                failures = 0 if task.has_moved else failures + 1
                yield from self._pause(failures, is_fenced=isinstance(error, FencedError))
            except Exception as error:  # a bug: the checker tells of it
                self._shared.crashes.append(error)
                raise

    def _pause(self, failures: int, *, is_fenced: bool) -> Steps:
        failed_at = self.kernel.now
        yield Sleep(BACKOFF_S[min(failures, len(BACKOFF_S) - 1)])
        while is_fenced and self.confirmed_at < failed_at:
            yield Sleep(0.1)

    def _end_tasks(self, then: Callable[[], None]) -> None:
        if self._ending is not None and not self._ending.is_over:
            self._ending.cancel()
        self._ending = ending = Thread(self.kernel, self.process, self._end(then), lambda: self._told(ending))

    def _told(self, ending: Thread) -> None:
        if ending.error is not None:
            self._shared.crashes.append(ending.error)

    def _end(self, then: Callable[[], None]) -> Steps:
        """
        Let actions and transactions in flight end, bounded; then cut off whoever still runs.
        """
        yield Sleep(0.0)
        is_out = not self.is_confirmed()
        if not is_out and self.topology.stage.due is not None:
            self._tell(Task.drain)
            yield from self._join(ACTIONS_S)
        self._tell(Task.stop)
        yield from self._join(OUT_S if is_out else ENDING_S)
        self._cut_off(but_ending=True)
        then()

    def _tell(self, word: Callable[[Task], None]) -> None:
        for part, task in self.tasks.items():
            if task.is_open:
                word(task)
            elif not self._keepers[part].is_over:
                self._keepers[part].cancel()

    def _join(self, seconds: float) -> Steps:
        until = self.kernel.now + seconds
        while self.kernel.now < until and not all(keeper.is_over for keeper in self._keepers.values()):
            yield Wait(until - self.kernel.now)

    def _wake_ending(self) -> None:
        if self._ending is not None and not self._ending.is_over:
            self._ending.wake()

    def _cut_off(self, *, but_ending: bool = False) -> None:
        for keeper in self._keepers.values():
            keeper.cancel()
        if self._ending is not None and not but_ending:
            self._ending.cancel()
        self._keepers.clear()
        self.tasks.clear()

    def act(self, task: Task, action: Action, on_end: Callable[[Any], None]) -> None:
        """
        Carry out an action: the web answers, whoever still listens.
        """
        if not isinstance(action, Fetch):
            self.kernel.after(0.0, lambda: self.process.when_awake(lambda: on_end(action)))
            return
        is_owner = self._group.owners.get(task.assignment.partition) is self
        sent = self._shared.web.ask(action, task, is_zombie=not is_owner or self.process.is_frozen)

        def answer() -> None:
            fetched = self._shared.web.answer(action, sent)

            def hear() -> None:
                if not task.is_closed:
                    sent.heard_at = self.kernel.now
                    on_end(fetched)

            self.process.when_awake(hear)

        self.kernel.after(sent.takes_s, answer)
