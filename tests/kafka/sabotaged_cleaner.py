"""
The real cleaner, but for two pages: one text makes its worker hang, another kills it.
`python -m tests.kafka.sabotaged_cleaner`
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from schemas.events import PageFetched
from services.cleaner.settings import CleanerSettings
from services.cleaner.topology import cleaner_topology
from services.runtime.app import serve
from services.runtime.topology import Topology


def sabotage(page: PageFetched, *more: Any, work: Callable[..., Any]) -> Any:
    """
    What the page asks for, else the real work.
    """
    if b"please hang the worker" in page.body:
        time.sleep(3600)
    if b"please crash the worker" in page.body:
        ctypes.string_at(0)
    return work(page, *more)


def sabotaged() -> Topology:
    """
    The cleaner's topology around `sabotage`.
    """
    real = cleaner_topology(CleanerSettings.from_environ(os.environ))
    return replace(real, stage=replace(real.stage, work=partial(imported(), work=real.stage.work)))


def imported() -> Callable[..., Any]:
    """
    `sabotage` under the name that worker processes import it by, also when this module is the main one.
    """
    from tests.kafka import sabotaged_cleaner

    return sabotaged_cleaner.sabotage


if __name__ == "__main__":
    sys.exit(serve(sabotaged(), os.environ))
