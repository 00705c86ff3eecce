from __future__ import annotations

from dataclasses import dataclass

import pytest

from services.runtime.watchdog import Watchdog


@dataclass
class Seen:
    """
    A task as the watchdog sees it.
    """

    partition: int = 3
    behind: int = 0
    moved_at: float = 0.0


@pytest.fixture
def watchdog() -> Watchdog:
    """
    120 seconds without progress are a stall; a member is confirmed for 10.
    """
    return Watchdog(stall_timeout_s=120.0, session_timeout_s=10.0, rebalance_timeout_s=40.0)


def test_a_task_that_is_behind_and_does_not_move_is_stalled(watchdog: Watchdog) -> None:
    """
    The message says which partition, how far behind and for how long.
    """
    for now in range(1, 125):
        stalled = watchdog.stalled(1.0, [Seen(behind=5)], now=float(now))

    assert stalled is not None
    assert "partition 3 is 5 records behind" in str(stalled)
    assert "124 s" in str(stalled) or "123 s" in str(stalled)
    assert stalled.code == "NI-302"


@pytest.mark.parametrize(
    "task", [Seen(behind=0, moved_at=0.0), Seen(behind=5, moved_at=100.0)], ids=["nothing to do", "moves"]
)
def test_a_task_without_lag_or_with_progress_is_well(watchdog: Watchdog, task: Seen) -> None:
    """
    Idle is not stalled, and slow is not either.
    """
    assert watchdog.stalled(1.0, [task], now=200.0) is None


def test_while_the_broker_does_not_confirm_the_member_nothing_is_stalled(watchdog: Watchdog) -> None:
    """
    The broker is away, and waiting for it is right.
    """
    assert watchdog.stalled(11.0, [Seen(behind=5)], now=1000.0) is None


def test_one_stalled_task_is_found_among_others(watchdog: Watchdog) -> None:
    """
    Every partition counts.
    """
    for now in range(1, 125):
        stalled = watchdog.stalled(1.0, [Seen(partition=1, moved_at=float(now)), Seen(behind=1)], now=float(now))

    assert stalled is not None
    assert "partition 3" in str(stalled)


def test_the_first_record_after_a_quiet_hour_is_no_stall(watchdog: Watchdog) -> None:
    """
    Time without anything to do is not time without progress: a stall begins with the lag.
    """
    for now in range(3600):
        assert watchdog.stalled(1.0, [Seen(behind=0)], now=float(now)) is None

    assert watchdog.stalled(1.0, [Seen(behind=1)], now=3600.0) is None


def test_a_broker_that_comes_back_finds_no_stall(watchdog: Watchdog) -> None:
    """
    The time for which the broker was away is not held against a task.
    """
    for now in range(300):
        watchdog.stalled(0.5 + now, [Seen(behind=5)], now=float(now))

    assert watchdog.stalled(0.5, [Seen(behind=5)], now=300.0) is None


def test_a_member_that_the_broker_forgets_while_it_answers_others_is_lost(watchdog: Watchdog) -> None:
    """
    It may take the time that a rebalance takes and a session more, from when the broker first answered.
    """
    for now in range(100):
        assert watchdog.forgotten(11.0 + now, answers=now >= 50, now=float(now)) is None
    assert watchdog.forgotten(111.0, answers=True, now=100.0) is None
    lost = watchdog.forgotten(112.0, answers=True, now=101.0)

    assert lost is not None
    assert "has answered others for 51 s, but not this member" in str(lost)


@pytest.mark.parametrize(("age_s", "answers"), [(500.0, False), (1.0, True)], ids=["away", "confirmed"])
def test_a_member_that_is_confirmed_or_whose_broker_is_away_is_not_lost(
    watchdog: Watchdog, *, age_s: float, answers: bool
) -> None:
    """
    One look in between that finds either begins the count anew.
    """
    assert watchdog.forgotten(500.0, answers=True, now=0.0) is None
    assert watchdog.forgotten(age_s, answers=answers, now=45.0) is None

    assert watchdog.forgotten(500.0, answers=True, now=60.0) is None
