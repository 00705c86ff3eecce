"""
Work for worker processes: each function does one thing that work may do, or may not.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def double(number: int) -> int:
    """
    What work is meant to be.
    """
    return 2 * number


def process_id() -> int:
    """
    Who works.
    """
    return os.getpid()


def behave(how: str, value: Any = None) -> Any:
    """
    Do what is asked for, however bad.
    """
    return BEHAVIOURS[how](value)


def _raise(value: Any) -> None:
    raise RuntimeError(value)


def _crash(_value: Any) -> None:
    ctypes.string_at(0)


def _exit(value: Any) -> None:
    sys.exit(value)


def _eat(mebibytes: Any) -> int:
    return len(bytearray(mebibytes * 1024 * 1024))


def _print(text: Any) -> Any:
    print(text, flush=True)
    os.write(1, b"written past Python\n")
    return text


def _unpicklable(_value: Any) -> Any:
    return lambda: None


def _fail_once(mark: Any) -> str:
    """
    Fail where there is no mark yet, and leave one.
    """
    if Path(mark).exists():
        return "at the second try"
    Path(mark).touch()
    raise RuntimeError("at the first try")


BEHAVIOURS: dict[str, Callable[[Any], Any]] = {
    "return": lambda value: value,
    "process id": lambda _value: os.getpid(),
    "sleep": time.sleep,
    "raise": _raise,
    "crash": _crash,
    "exit": _exit,
    "eat": _eat,
    "print": _print,
    "unpicklable": _unpicklable,
    "fail once": _fail_once,
}


def warm_badly() -> None:
    """
    Models that do not load.
    """
    raise RuntimeError("no model here")


def warm() -> None:
    """
    Leave something for the work to find.
    """
    BEHAVIOURS["warmed"] = lambda _value: "warm"


def warm_slowly() -> None:
    """
    Models that take their time.
    """
    time.sleep(60)
