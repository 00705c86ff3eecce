"""
Articles as lines of JSON, in files of one folder. Each line says which record it is, so each record is one line, once.

`state.json` names the file that is being written and where the topic was read to when that file was begun; all further
is in its lines. A start reads them, and cuts off a last line that was not written whole.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from schemas.base import rfc3339
from services.cli.errors import SinkStateError, SinkTargetError
from services.cli.sinks.portions import Change, Places, Portion

STATE, LOCK = "state.json", ".lock"

FIRST = "0000-00-00"
"""The day of a folder that has no file yet."""

_HEAD = re.compile(rb'\{"partition":(\d+),"offset":(\d+),')


@dataclass(frozen=True)
class Rotation:
    """
    When a new file is begun: at so many bytes, and with each day on which records arrived (UTC).
    """

    max_bytes: int
    is_daily: bool


def line_of(change: Change) -> bytes:
    """
    The line of a change: where it comes from, when it arrived, and the event as it is; or that it was taken down.
    """
    record = change.record
    head = f'{{"partition":{record.partition},"offset":{record.offset},"arrived":"{rfc3339(record.timestamp)}"'
    told = '"takenDown":true' if change.row is None else f'"event":{_on_one_line(change.event)}'
    return f'{head},"id":{json.dumps(change.id)},{told}}}\n'.encode()


def _on_one_line(event: str) -> str:
    return event if "\n" not in event else json.dumps(json.loads(event), ensure_ascii=False)


class JsonlSink:
    """
    One folder, of one topic.
    """

    def __init__(self, folder: Path, topic: str, rotation: Rotation) -> None:
        self._folder, self._topic, self._rotation = folder, topic, rotation
        self._name, self._places = "", dict[int, int]()
        self._stream: BinaryIO | None = None

    async def places(self) -> Places:
        """
        Read where the folder is: the state, and the lines of the file that was being written.
        """
        with told(self._folder):
            if not (self._folder / STATE).exists():
                return {}
            state = self._state()
            self._name = str(state["file"])
            self._places = {int(number): int(at) for number, at in state["next"].items()}
            if self._name:
                self._places |= recovered(self._folder / self._name)
                self._stream = (self._folder / self._name).open("ab")
            return dict(self._places)

    def _state(self) -> Mapping[str, Any]:
        state: Mapping[str, Any] = json.loads((self._folder / STATE).read_text(encoding="utf-8"))
        if state["topic"] != self._topic:
            raise SinkStateError(
                f"{self._folder} was filled from {state['topic']}, not from {self._topic}", "name another folder"
            )
        return state

    async def begin(self, places: Places) -> None:
        """
        Keep the first offsets; the first file comes with the first record.
        """
        with told(self._folder):
            self._places = dict(places)
            self._keep_state()

    async def write(self, portion: Portion) -> None:
        """
        Write lines to the disk.
        """
        with told(self._folder):
            for change in portion.changes:
                self._turn_over(f"{change.record.timestamp:%Y-%m-%d}")
                assert self._stream is not None
                self._stream.write(line_of(change))
                self._places[change.record.partition] = change.record.offset + 1
            self._settle()
            self._places |= portion.after

    def _turn_over(self, day: str) -> None:
        """
        Begin a new file where one is due. The state comes first: a file that it names and that is not there is empty.
        """
        begun, number = (self._name[:10], int(self._name[11:15])) if self._name else (FIRST, 0)
        is_full = self._stream is not None and self._stream.tell() >= self._rotation.max_bytes
        if self._stream is not None and not is_full and not (self._rotation.is_daily and day > begun):
            return
        self.close()
        self._name = f"{max(day, begun)}-{number + 1:04}.jsonl"
        self._keep_state()
        self._stream = (self._folder / self._name).open("ab")

    def _keep_state(self) -> None:
        state = {"topic": self._topic, "file": self._name, "next": self._places}
        with (self._folder / (STATE + ".new")).open("w", encoding="utf-8") as stream:
            json.dump(state, stream)
            stream.flush()
            os.fsync(stream.fileno())
        (self._folder / (STATE + ".new")).replace(self._folder / STATE)

    def _settle(self) -> None:
        if self._stream is not None:
            self._stream.flush()
            os.fsync(self._stream.fileno())

    def close(self) -> None:
        """
        Close the file that is being written.
        """
        if self._stream is not None:
            self._settle()
            self._stream.close()


def recovered(file: Path) -> dict[int, int]:
    """
    Read where the topic was read to, off the lines of a file, and cut off a last line that is not whole.

    Raises:
        SinkStateError: A line within it is not ours.
    """
    places: dict[int, int] = {}
    if not file.exists():
        return places
    with file.open("r+b") as stream:
        whole = 0
        for number, line in enumerate(stream, 1):
            if not line.endswith(b"\n"):
                break
            head = _HEAD.match(line)
            if head is None or not line.endswith(b"}\n"):
                raise SinkStateError(f"{file}, line {number}, is not as it was written", "name another folder")
            places[int(head[1])] = int(head[2]) + 1
            whole += len(line)
        stream.truncate(whole)
    return places


@asynccontextmanager
async def jsonl_sink(folder: Path, topic: str, rotation: Rotation) -> AsyncIterator[JsonlSink]:
    """
    Open a folder, for this process alone.

    Raises:
        SinkTargetError: It cannot be made or written.
        SinkStateError: Another process writes there.
    """
    with _locked(folder):
        sink = JsonlSink(folder, topic, rotation)
        try:
            yield sink
        finally:
            with told(folder):
                sink.close()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SinkStateError(f"{folder}: another process writes there", "one sink at a time") from None
        yield


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """
    Explain what the disk says.

    Raises:
        SinkTargetError: The folder cannot be read or written.
        SinkStateError: What is in it cannot be read.
    """
    try:
        yield
    except OSError as error:
        where = error.filename or folder
        raise SinkTargetError(f"{where}: {error.strerror}", "look at the path, its rights and the disk") from error
    except (ValueError, KeyError) as error:
        raise SinkStateError(f"{folder / STATE} is not as it was written: {error}", "name another folder") from error
