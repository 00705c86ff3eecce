from __future__ import annotations

import pytest

from services.cli.progress import SHORT, progress


def test_without_a_terminal_a_long_run_says_each_quarter_once(capsys: pytest.CaptureFixture[str]) -> None:
    """
    A log is not flooded.
    """
    with progress("reading", SHORT) as report:
        for done in range(0, SHORT + 1, 10):
            report(done, "")

    quarters = [SHORT // 4, SHORT // 2, 3 * SHORT // 4, SHORT]
    assert capsys.readouterr().err.splitlines() == [f"reading: {done} of {SHORT}" for done in quarters]


def test_a_short_run_says_nothing_but_when_its_state_changes(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Whoever waits is told what for, once.
    """
    with progress("copying", 10) as report:
        for state in ("", "waits for the cleaner", "waits for the cleaner", ""):
            report(5, state)

    assert capsys.readouterr().err.splitlines() == ["copying: 5 of 10, waits for the cleaner"]


def test_nothing_to_do_is_no_division_by_zero() -> None:
    """
    An empty topic has no offsets.
    """
    with progress("reading", 0) as report:
        report(0, "")
