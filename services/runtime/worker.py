"""
A worker process: reads calls from one pipe, answers on another, and ends with its parent. It can be killed at any
moment without harm to anything but the record that it works on.

    parent --> {work, warm, memory limit}, then arguments  --> worker --> READY, then (True, result) | (False, told)
"""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import resource
import signal
import struct
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

LENGTH = struct.Struct(">Q")
"""Each frame is its length in eight bytes, big-endian, and a pickle."""

READY = "ready"
PR_SET_PDEATHSIG = 1
"""From Linux's prctl(2)."""


@dataclass(frozen=True)
class Task:
    """
    What a worker is for. Both functions must be importable.
    """

    work: Callable[..., Any]
    warm: Callable[[], None] | None
    memory_bytes: int


def pack(value: Any) -> bytes:
    """
    A frame.
    """
    body = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(body)) + body


def _read(pipe: BinaryIO) -> Any:
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    return pickle.loads(pipe.read(LENGTH.unpack(head)[0]))  # noqa: S301 - both ends are ours


def _write(pipe: BinaryIO, frame: bytes) -> None:
    pipe.write(frame)
    pipe.flush()


def _answer(work: Callable[..., Any], arguments: tuple[Any, ...]) -> bytes:
    try:
        return pack((True, work(*arguments)))
    except Exception as error:  # noqa: BLE001 - a bug in a stage: told to the task, which dead-letters the record
        told = "".join(traceback.format_exception_only(error)).strip()
        return pack((False, (told, traceback.format_exc(limit=-8))))


def _die_with_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent drains first
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """
    Keep the two pipes for frames; whatever a library prints goes to stderr.
    """
    calls, answers = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    os.close(0)
    return os.fdopen(calls, "rb"), os.fdopen(answers, "wb")


def main() -> None:
    """
    Serve calls until the parent closes the pipe.
    """
    _die_with_parent()
    calls, answers = _take_pipes()
    task: Task = _read(calls)
    resource.setrlimit(resource.RLIMIT_AS, (task.memory_bytes, task.memory_bytes))
    if task.warm is not None:
        task.warm()
    gc.freeze()  # what is loaded stays: a twentieth of the time went into looking whether it does
    _write(answers, pack(READY))
    while True:
        try:
            arguments = _read(calls)
        except EOFError:
            return
        _write(answers, _answer(task.work, arguments))


if __name__ == "__main__":
    main()
