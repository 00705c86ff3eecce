"""
How long things run: together, and until somebody says that it is enough.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any


async def until_told(work: Coroutine[Any, Any, None]) -> bool:
    """
    Run `work` to its end, or until SIGINT or SIGTERM, and then let it clean up; tell whether it ended by itself.
    """
    with _told_by_signals() as told:
        running = asyncio.ensure_future(work)
        waiting = asyncio.ensure_future(told.wait())
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            running.cancel()
        waiting.cancel()
        try:
            await running
        except asyncio.CancelledError:
            return False
        return True


@contextmanager
def _told_by_signals() -> Iterator[asyncio.Event]:
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    try:
        yield told
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def together(*parts: Coroutine[Any, Any, None]) -> None:
    """
    Run parts that have no end of their own; the first that ends, or fails, ends all, and its error is raised as it is.
    """
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
