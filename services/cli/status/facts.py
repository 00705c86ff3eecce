"""
How the whole is doing, as values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.events import ArticleTagged
from services.runtime.record import Record

MILESTONES = ("published", "discovered", "fetched")


@dataclass(frozen=True)
class ServiceState:
    """
    One service.

    Attributes:
        processes: Members of its group; None where the group could not be asked.
        per_minute: Records that it wrote to its output, a mean of the last minutes.
        last_hour: Records that it wrote there within the last hour.
        behind: Records that it has still to read.
        replays: Those of its replay lane.
        oldest_s: How long the oldest of them waits.
    """

    name: str
    processes: int | None
    per_minute: float
    last_hour: int
    behind: int
    replays: int = 0
    oldest_s: float | None = None


@dataclass(frozen=True)
class Latency:
    """
    Seconds from a moment in an article's life to its event, over the newest articles of the last hour.
    """

    since: str
    articles: int
    p50_s: float
    p95_s: float
    p99_s: float


@dataclass(frozen=True)
class Trouble:
    """
    A source that is silent or failing, or a site whose pages are not read well any more.
    """

    url: str
    state: str
    since: datetime
    reason: str


LAST = "tagger"
"""Articles come out of it; what is after it tells more of them."""


@dataclass(frozen=True)
class Letters:
    """
    Dead letters of the last day.

    Attributes:
        count: How many there are.
        causes: The newest of them, by stage and reason, the most frequent first.
    """

    count: int = 0
    causes: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Status:
    """
    All of it, at one moment.

    Attributes:
        servers: Which Kafka was asked.
        sources: How many are watched, the paused ones too.
        paused: How many of them are paused.
        troubles: Sources that are silent or failing, and degraded sites, the newest first.
    """

    servers: str
    at: datetime
    services: tuple[ServiceState, ...]
    latency: tuple[Latency, ...] = ()
    sources: int = 0
    paused: int = 0
    troubles: tuple[Trouble, ...] = ()
    letters: Letters = Letters()

    @property
    def articles(self) -> int:
        """
        Articles of the last hour.
        """
        return next((state.last_hour for state in self.services if state.name == LAST), 0)

    def as_json(self) -> dict[str, Any]:
        """
        The same for a program.
        """
        return {
            "bootstrapServers": self.servers,
            "at": self.at.isoformat(),
            "services": [
                {
                    "name": state.name,
                    "processes": state.processes,
                    "perMinute": state.per_minute,
                    "lastHour": state.last_hour,
                    "behind": state.behind,
                    "replays": state.replays,
                    "oldestSeconds": state.oldest_s,
                }
                for state in self.services
            ],
            "latency": {
                found.since: {
                    "articles": found.articles,
                    "p50Seconds": found.p50_s,
                    "p95Seconds": found.p95_s,
                    "p99Seconds": found.p99_s,
                }
                for found in self.latency
            },
            "sources": {"watched": self.sources, "paused": self.paused},
            "troubles": [
                {
                    "url": trouble.url,
                    "state": trouble.state,
                    "since": trouble.since.isoformat(),
                    "reason": trouble.reason,
                }
                for trouble in self.troubles
            ],
            "deadLetters": {"lastDay": self.letters.count, "newestByCause": dict(self.letters.causes or {})},
        }


def latency_of(tagged: Iterable[Record]) -> tuple[Latency, ...]:
    """
    How old articles were when their events were written.
    """
    ages: dict[str, list[float]] = {name: [] for name in MILESTONES}
    for record in tagged:
        if record.value is None:
            continue
        for name, moment in ArticleTagged.from_wire(record.value, record.headers).milestones().items():
            ages[name].append(max(0.0, (record.timestamp - moment).total_seconds()))
    return tuple(
        Latency(name, len(found), *(quantile(found, share) for share in (0.5, 0.95, 0.99)))
        for name, found in ages.items()
        if found
    )


def quantile(values: list[float], share: float) -> float:
    """
    The value that `share` of the values do not exceed.
    """
    ranked = sorted(values)
    return round(ranked[min(len(ranked) - 1, int(share * len(ranked)))], 1)
