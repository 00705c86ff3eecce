"""
How the whole is doing, read from Kafka alone: rates, lag, freshness, sources, dead letters.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas import topics
from schemas.events import ArticleTagged
from schemas.state import SourceHealth
from services.cli.following import following
from services.cli.output import printable, say, say_table, shorten
from services.cli.watching import watched
from services.runtime.kafka.admin import lag
from services.runtime.kafka.looks import ends, recent
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings

STAGES = (
    ("fetcher", topics.FETCH_REQUESTED, topics.PAGE_FETCHED),
    ("cleaner", topics.PAGE_FETCHED, topics.ARTICLE_CLEANED),
    ("tagger", topics.ARTICLE_CLEANED, topics.ARTICLE_TAGGED),
)
MILESTONES = ("published", "discovered", "fetched")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SAMPLE = 200
"""Newest articles of each partition that freshness is measured on."""

SHOWN_SOURCES = 10
SHOWN_CHARS = 80


@dataclass(frozen=True)
class StageState:
    """
    One service: records a second that it writes, and records that it has still to read.
    """

    stage: str
    per_second: float
    behind: int


@dataclass(frozen=True)
class Freshness:
    """
    Seconds from a moment in an article's life to its event, over the articles of the last hour.
    """

    since: str
    articles: int
    p50_s: float
    p95_s: float


@dataclass(frozen=True)
class Trouble:
    """
    A source that is silent or failing, or a site whose pages are not read well any more.
    """

    url: str
    state: str
    since: datetime
    reason: str


@dataclass(frozen=True)
class Status:
    """
    All of it, at one moment.

    Attributes:
        sources: How many are watched.
        troubles: Those that are silent or failing, and degraded sites, the newest first.
        dead_letters: Of the last day, by stage and reason.
    """

    stages: tuple[StageState, ...]
    freshness: tuple[Freshness, ...]
    sources: int
    troubles: tuple[Trouble, ...]
    dead_letters: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """
        The same for a program.
        """
        return asdict(self)


async def look(kafka: KafkaSettings, interval_s: float, now: datetime | None = None) -> Status:
    """
    Look twice, `interval_s` apart, and tell what is between.

    Raises:
        BrokerError: Kafka is away.
    """
    now = now or datetime.now(UTC)
    outputs = [output for _, _, output in STAGES]
    before = await ends(kafka, outputs)
    await asyncio.sleep(interval_s)
    after = await ends(kafka, outputs)
    stages = [
        StageState(
            stage=name,
            per_second=round((after[output.name] - before[output.name]) / interval_s, 1),
            behind=sum((await lag(kafka, name, given)).values()),
        )
        for name, given, output in STAGES
    ]
    tagged = await recent(kafka, topics.ARTICLE_TAGGED, since=now - HOUR, limit=SAMPLE)
    letters = await recent(kafka, topics.DEAD_LETTERS, since=now - DAY, limit=10_000)
    return Status(
        stages=tuple(stages),
        freshness=tuple(freshness_of(tagged)),
        sources=len(await watched(kafka)),
        troubles=tuple(await _troubles(kafka)),
        dead_letters=dict(Counter(_cause(letter) for letter in letters if letter.value is not None).most_common()),
    )


def freshness_of(tagged: Iterable[Record]) -> list[Freshness]:
    """
    How old articles were when their events were written.
    """
    ages: dict[str, list[float]] = {name: [] for name in MILESTONES}
    for record in tagged:
        if record.value is None:
            continue
        for name, moment in ArticleTagged.from_wire(record.value, record.headers).milestones().items():
            ages[name].append(max(0.0, (record.timestamp - moment).total_seconds()))
    return [
        Freshness(name, len(found), quantile(found, 0.5), quantile(found, 0.95))
        for name, found in ages.items()
        if found
    ]


def quantile(values: list[float], share: float) -> float:
    """
    The value that `share` of the values do not exceed.
    """
    ranked = sorted(values)
    return round(ranked[min(len(ranked) - 1, int(share * len(ranked)))], 1)


async def _troubles(kafka: KafkaSettings) -> list[Trouble]:
    last: dict[str, SourceHealth] = {}
    async with following(kafka, topics.SOURCE_HEALTH, from_start=True, until_end=True) as records:
        async for record in records:
            if record.value is not None:
                told = SourceHealth.from_wire(record.value, record.headers)
                last[topics.SOURCE_HEALTH.key(told)] = told
    ill = [told for told in last.values() if told.state != "ok"]
    ill.sort(key=lambda told: told.changed_at, reverse=True)
    return [Trouble(told.url, told.state, told.changed_at, told.reason) for told in ill]


def _cause(letter: Record) -> str:
    return f"{letter.header('ce_stage')} {letter.header('ce_reason')}"


def show(status: Status) -> None:
    """
    One screen, for a person.
    """
    say_table(
        ("service", "per second", "behind"),
        [(state.stage, f"{state.per_second:.1f}", str(state.behind)) for state in status.stages],
    )
    say()
    if status.freshness:
        say_table(
            ("event after", "p50", "p95", "articles, last hour"),
            [(f.since, _span(f.p50_s), _span(f.p95_s), str(f.articles)) for f in status.freshness],
        )
    else:
        say("No article in the last hour.")
    counts = Counter(trouble.state for trouble in status.troubles)
    ill = ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "all well"
    say(f"\n{status.sources} sources watched, {ill}")
    if status.troubles:
        rows = [
            (t.state, f"{t.since:%Y-%m-%d %H:%M}", t.reason, shorten(printable(t.url), SHOWN_CHARS))
            for t in status.troubles[:SHOWN_SOURCES]
        ]
        say_table(("state", "since (UTC)", "reason", "list"), rows)
    say()
    if status.dead_letters:
        say_table(("dead letters, last day", "count"), [(cause, str(n)) for cause, n in status.dead_letters.items()])
    else:
        say("No dead letter in the last day.")


def _span(seconds: float) -> str:
    return (
        f"{seconds:.1f} s"
        if seconds < 120
        else f"{seconds / 60:.0f} min"
        if seconds < 7200
        else f"{seconds / 3600:.0f} h"
    )
