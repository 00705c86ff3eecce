"""
Time, chance and threads of a simulation: one queue of events, in the order of their moments, on one thread.

A thread is a generator, as a coroutine is in the service. Wherever it would await something it yields what that is:

    Sleep --> goes on later
    Call  --> on its way | done at the broker | on its way back --> goes on with the result, or with what was raised
    Wait  --> goes on when it is woken, or later

A process that is killed resumes none of its threads again, yet a call that is on its way arrives. One that is frozen
resumes them when it is woken up. So a fault may fall between any two steps.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

LATENCY_S = 0.001, 0.02
"""Of one way to the broker, from and to."""

LOST_S = 10.0
"""A call whose answer does not come is given up after it."""


class LostCallError(Exception):
    """
    The outcome of a call is unknown.
    """


@dataclass(frozen=True)
class Sleep:
    """
    Wait so many seconds.
    """

    seconds: float


@dataclass(frozen=True)
class Wait:
    """
    Wait until woken, at most so many seconds (None: for ever).
    """

    seconds: float | None = None


@dataclass(frozen=True)
class Call:
    """
    Ask the broker: `act` is done there, at once and whole. By its name a fault can be set on it.
    """

    act: Callable[[], Any]
    name: str = ""


Steps = Generator[Sleep | Wait | Call, Any, Any]


@dataclass
class Process:
    """
    Something that can be killed or frozen as a whole.

    Attributes:
        on_call: Told of each call before it is sent (`work`), when it is (`sent`), and when it is done (`known`).
        losing: So many of its next calls get no answer; every second one of them does not even arrive.
    """

    name: str
    is_alive: bool = True
    is_frozen: bool = False
    losing: int = 0
    on_call: Callable[[str, str], None] = lambda _name, _phase: None
    held: list[Callable[[], None]] = field(default_factory=list)

    def when_awake(self, step: Callable[[], None]) -> None:
        """
        Take a step now, or after the freeze, or never.
        """
        if self.is_frozen:
            self.held.append(step)
        elif self.is_alive:
            step()


class Kernel:
    """
    The queue. `now` is in seconds since the simulation began, the same for all; clocks on walls are somebody else's.
    """

    def __init__(self, seed: int) -> None:
        self.now = 0.0
        self.random = random.Random(seed)
        self.events = 0
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """
        Do something later.
        """
        self._count += 1
        heapq.heappush(self._queue, (self.now + seconds, self._count, act))

    def latency_s(self) -> float:
        """
        Of one way to the broker.
        """
        return self.random.uniform(*LATENCY_S)

    def run(self, until: float) -> None:
        """
        Let everything happen up to a moment.
        """
        while self._queue and self._queue[0][0] <= until:
            self.now, _, act = heapq.heappop(self._queue)
            self.events += 1
            act()
        self.now = until


class Thread:
    """
    One run of a generator within a process.

    Attributes:
        result, error: How it ended, once `is_over`.
    """

    def __init__(
        self, kernel: Kernel, process: Process, steps: Steps, on_end: Callable[[], None] | None = None
    ) -> None:
        self._kernel, self._process, self._steps, self._on_end = kernel, process, steps, on_end
        self._turn = 0
        self._is_waiting = False
        self._is_called = False
        self.is_over = False
        self.result: Any = None
        self.error: BaseException | None = None
        self._soon()

    def wake(self) -> None:
        """
        Go on, if it waits; else it will not wait the next time.
        """
        if self._is_waiting:
            self._is_waiting = False
            self._soon()
        else:
            self._is_called = True

    def cancel(self) -> None:
        """
        End it where it is.
        """
        if not self.is_over:
            self._turn += 1
            self._steps.close()
            self._end()

    def _soon(self, seconds: float = 0.0, **given: Any) -> None:
        self._turn += 1
        turn = self._turn
        self._kernel.after(seconds, lambda: self._process.when_awake(lambda: self._go_on(turn, **given)))

    def _go_on(self, turn: int, value: Any = None, error: BaseException | None = None) -> None:
        if turn != self._turn or self.is_over:
            return
        self._is_waiting = False
        try:
            asked = self._steps.throw(error) if error else self._steps.send(value)
        except StopIteration as end:
            self.result = end.value
            self._end()
        except LostCallError as lost:
            self.error = lost
            self._end()
        except Exception as raised:  # noqa: BLE001 - whoever waits for the thread looks at it
            self.error = raised
            self._end()
        else:
            self._ask(asked)

    def _end(self) -> None:
        self.is_over = True
        if self._on_end is not None:
            self._on_end()

    def _ask(self, asked: Sleep | Wait | Call) -> None:
        if isinstance(asked, Sleep):
            self._soon(asked.seconds)
        elif isinstance(asked, Call):
            self._call(asked)
        elif self._is_called:
            self._is_called = False
            self._soon()
        else:
            if asked.seconds is not None:
                self._soon(asked.seconds)
            self._is_waiting = True

    def _call(self, asked: Call) -> None:
        """
        What was sent arrives whether or not the sender lives; only the answer needs him.
        """
        turn = self._turn
        self._process.on_call(asked.name, "work")
        self._process.when_awake(lambda: self._send(asked, turn))

    def _send(self, asked: Call, turn: int) -> None:
        process = self._process
        arrives, answers = True, True
        if turn != self._turn:
            return
        if process.losing:
            process.losing -= 1
            arrives, answers = process.losing % 2 == 0, False
            self._soon(LOST_S, error=LostCallError())

        def arrive() -> None:
            try:
                given = {"value": asked.act()}
            except Exception as error:  # noqa: BLE001 - the broker's refusal is the answer
                given = {"error": error}
            process.on_call(asked.name, "known")
            if answers and turn == self._turn:
                self._soon(self._kernel.latency_s(), **given)

        if arrives:
            self._kernel.after(self._kernel.latency_s(), arrive)
        process.on_call(asked.name, "sent")
