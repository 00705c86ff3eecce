"""
How far something long is, on standard error: a bar on a terminal, else a line for each quarter.
"""

# ruff: noqa: PLC0415 - rich is imported when something is drawn, so that --help answers at once

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from services.cli.output import remark

SHORT = 5_000
"""What has fewer steps is over before anybody has read how far it is."""

Report = Callable[[int, str], None]
"""Told how many steps are done, and a word on the state."""


@contextmanager
def progress(what: str, total: int, *, is_bytes: bool = False) -> Iterator[Report]:
    """
    Show how far a block is, out of `total` steps, or bytes, with its rate and the time that is left.
    """
    from rich.console import Console

    if Console(stderr=True).is_terminal:
        with _bar(what, total, is_bytes=is_bytes) as report:
            yield report
    else:
        yield _in_quarters(what, total)


@contextmanager
def _bar(what: str, total: int, *, is_bytes: bool) -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    done = DownloadColumn() if is_bytes else MofNCompleteColumn()
    speed = TransferSpeedColumn() if is_bytes else TextColumn("{task.fields[speed]}")
    columns = (TextColumn("{task.description}"), BarColumn(), done, speed, TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.fields[state]}"), console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=total, speed="", state="")

        def report(done: int, state: str = "") -> None:
            rate = shown.tasks[task].speed
            speed = f"{rate:.0f}/s" if rate else ""
            shown.update(task, completed=done, speed=speed, state=state)

        yield report


def _in_quarters(what: str, total: int) -> Report:
    told = {0} if total >= SHORT else {0, 1, 2, 3, 4}
    last = ""

    def report(done: int, state: str = "") -> None:
        nonlocal last
        quarter = 4 * done // total if total else 4
        if quarter not in told or state not in ("", last):
            told.add(quarter)
            remark(f"{what}: {done} of {total}{f', {state}' if state else ''}")
        last = state or last

    return report
