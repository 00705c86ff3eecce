"""
Makes the input of a finding smaller while the finding stays the same: first what is said about the page, then its body,
by leaving out ever smaller pieces (Zeller's ddmin, complements only).
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench.fuzz.inputs import Input
from schemas.parts import Hints

Holds = Callable[[Input], Awaitable[bool]]
"""Whether an input still shows the finding."""

PLAIN: tuple[dict[str, object], ...] = (
    {"hints": Hints(), "headers": {}, "canonical_url": None},
    {"content_type": "text/html; charset=utf-8"},
    {"status": 200},
)


@dataclass
class _Budget:
    tries: int
    until: float

    def take(self) -> bool:
        self.tries -= 1
        return self.tries >= 0 and time.monotonic() < self.until


async def minimise(given: Input, holds: Holds, tries: int, seconds: float) -> Input:
    """
    The smallest input found within so many tries and wall-clock seconds.
    """
    budget = _Budget(tries, time.monotonic() + seconds)
    for facts in PLAIN:
        smaller = given.with_page(given.page.body, given.page.meta.model_copy(update=facts))
        if budget.take() and await holds(smaller):
            given = smaller
    return await _shrink(given, holds, budget)


async def _shrink(given: Input, holds: Holds, budget: _Budget) -> Input:
    pieces = 2
    while pieces <= 2 * len(given.page.body):
        step = max(1, len(given.page.body) // pieces)
        start = 0
        is_smaller = False
        while start < len(given.page.body):
            if not budget.take():
                return given
            body = given.page.body
            smaller = given.with_page(body[:start] + body[start + step :], given.page.meta)
            if await holds(smaller):
                given, is_smaller = smaller, True
            else:
                start += step
        if step == 1 and not is_smaller:
            return given
        pieces = max(2, len(given.page.body) // step) if is_smaller else pieces * 2
    return given
