"""
What a frontier holds, counted as it changes: so that it can be seen every second, however large it is.

    change of an entry --> counts by kind and state, due times by `GRAIN_S`, hosts that want to be left alone,
                           watched lists by their health
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from math import ceil

from schemas.state import FrontierEntry

GRAIN_S = 10
"""Due times are counted together for so many seconds: an entry may count as due so much late."""

KEPT = "page_done"
"""By far the most entries; they are what is left of all, so that they need no memory here."""

STATES = (
    "page_waiting", KEPT, "page_refused", "page_failed",
    "feed_waiting", "feed_done", "feed_refused", "feed_failed",
    "robots_waiting", "robots_done", "robots_refused", "robots_failed",
    "rights_waiting", "rights_done", "rights_refused", "rights_failed",
)  # fmt: skip

HEALTH = ("ok", "silent", "failing")
"""How a list can be doing, as news.source.health tells it."""


class Tally:
    """
    Counts of one frontier.
    """

    def __init__(self) -> None:
        self._states: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._due: Counter[int] = Counter()
        self._held: dict[str, float] = {}
        self._broken: dict[str, float] = {}
        self._health: dict[str, str] = {}

    def changed(self, key: str, value: FrontierEntry | None) -> None:
        """
        An entry is another now, or none.
        """
        before = self._states.pop(key, None)
        if before is not None:
            self._counts[before] -= 1
        state = f"{value.kind}_{value.state}" if value else KEPT
        if state != KEPT:
            self._states[key] = STATES[STATES.index(state)]
            self._counts[state] += 1
        self._alone(key, value if value is not None and value.kind == "robots" else None)
        self._feel(key, value)

    def waits(self, due_s: float) -> None:
        """
        An entry waits to be fetched, from a time on: seconds since 1970.
        """
        self._due[ceil(due_s / GRAIN_S)] += 1

    def waits_no_more(self, due_s: float) -> None:
        """
        It was fetched, or refused, or waits for another time.
        """
        grain = ceil(due_s / GRAIN_S)
        self._due[grain] -= 1
        if not self._due[grain]:
            del self._due[grain]

    def figures(self, known: int, now: datetime) -> Mapping[str, float]:
        """
        All of it, at a time.

        Args:
            known: Entries in all.
            now: As the frontier last heard.
        """
        now_s = now.timestamp()
        late = [grain for grain in self._due if grain * GRAIN_S <= now_s]
        self._held = {host: until for host, until in self._held.items() if until > now_s}
        counts, health = {state: self._counts[state] for state in STATES}, Counter(self._health.values())
        counts[KEPT] = max(0, known - len(self._states))
        return {
            **counts,
            "entries": known,
            "due": sum(self._due[grain] for grain in late),
            "overdue_seconds": max(0.0, now_s - min(late) * GRAIN_S) if late else 0.0,
            "hosts_held": len(self._held),
            "hosts_open": sum(until > now_s for until in self._broken.values()),
            "hosts_half_open": sum(until <= now_s for until in self._broken.values()),
            **{f"lists_{state}": health[state] for state in HEALTH},
        }

    def _feel(self, key: str, value: FrontierEntry | None) -> None:
        """
        A list that is not watched any more is nobody's trouble.
        """
        self._health.pop(key, None)
        if value is not None and value.min_interval_s is not None:
            self._health[key] = value.pulse.state if value.pulse else "ok"

    def _alone(self, key: str, robots: FrontierEntry | None) -> None:
        breaker = robots.breaker if robots else None
        _note(self._held, key, robots.host_not_before if robots else None)
        _note(self._broken, key, breaker.until if breaker else None)


def _note(moments: dict[str, float], key: str, until: datetime | None) -> None:
    if until is None:
        moments.pop(key, None)
    else:
        moments[key] = until.timestamp()
