"""
What the services said they did: the one line that each writes for a committed input, read from their log files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Committed:
    """
    One input whose transaction is committed.

    Attributes:
        outcome: emit, drop or deadletter.
        reason: The stable code, e.g. `NO_MAIN_CONTENT`.
        subject: The URL.
    """

    service: str
    outcome: str
    reason: str
    detail: str
    subject: str


class OutcomeReader:
    """
    Reads log files onwards from where it stopped the last time.
    """

    def __init__(self, logs: Sequence[Path], *, from_start: bool) -> None:
        self._places = {log: 0 if from_start or not log.is_file() else log.stat().st_size for log in logs}
        self._rests = dict.fromkeys(logs, b"")

    def poll(self) -> list[Committed]:
        """
        Return what was committed since the last call.
        """
        return [found for log in self._places for found in self._read(log)]

    def _read(self, log: Path) -> Iterator[Committed]:
        try:
            size = log.stat().st_size
            if size < self._places[log]:  # turned over
                self._places[log] = 0
            with log.open("rb") as file:
                file.seek(self._places[log])
                data = self._rests[log] + file.read()
                self._places[log] = file.tell()
        except OSError:
            return
        lines = data.split(b"\n")
        self._rests[log] = lines.pop()
        yield from filter(None, map(parse, lines))


def parse(line: bytes) -> Committed | None:
    """
    Read one line; None when it is about something else.
    """
    if b'"committed"' not in line:
        return None
    try:
        told = json.loads(line)
    except ValueError:
        return None
    if not isinstance(told, dict) or told.get("event") != "committed":
        return None
    return Committed(**{name: str(told.get(name, "")) for name in Committed.__dataclass_fields__})
