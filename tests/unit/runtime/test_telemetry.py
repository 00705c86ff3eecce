from __future__ import annotations

import logging

import pytest

from services.runtime import telemetry
from services.runtime.telemetry import QUIET_S, Repeats


class Clock:
    """
    Time as the test has it.
    """

    def __init__(self) -> None:
        self.now = 5.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """
    The filter's clock; a process may just have been started with the machine.
    """
    clock = Clock()
    monkeypatch.setattr(telemetry, "time", clock)
    return clock


def line(number: int, text: str = "no broker") -> logging.LogRecord:
    """
    A message from a line of a library.
    """
    return logging.LogRecord("aiokafka", logging.ERROR, "client.py", number, text, None, None)


def test_a_line_comes_through_once_in_a_while(clock: Clock) -> None:
    """
    The first is let through, its repeats are not, until the time is over.
    """
    repeats = Repeats()
    seen = [repeats.filter(line(1)), repeats.filter(line(1))]
    clock.now += QUIET_S

    assert [*seen, repeats.filter(line(1))] == [True, False, True]


def test_a_flood_is_not_silenced_for_ever(clock: Clock) -> None:
    """
    Repeats that are held back do not make the wait longer.
    """
    repeats, passed = Repeats(), 0
    for _ in range(300):
        passed += repeats.filter(line(1))
        clock.now += 0.1

    assert passed == 3


def test_lines_do_not_silence_each_other(clock: Clock) -> None:
    """
    Another place in the code is another message.
    """
    repeats = Repeats()

    assert repeats.filter(line(1))
    assert repeats.filter(line(2))
