"""
The code at hand: the cleaner and the tagger as the services run them, in worker processes with the same limits, on
records that are handed over one by one. What they learn is forgotten, and what they emit goes nowhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self

from schemas import topics
from schemas.events import ArticleCleaned, PageFetched
from schemas.topics import Topic
from services.cleaner.settings import CleanerSettings
from services.cleaner.topology import cleaner_topology
from services.cli.comparing.cases import DEAD_LETTER, DROPPED, PUBLISHED, Entry
from services.runtime.pool import Pool, Worked
from services.runtime.processor import Conclusion, Processor
from services.runtime.record import Outgoing, Record
from services.runtime.settings import RuntimeSettings
from services.runtime.stage import Assignment
from services.runtime.table import Table
from services.runtime.topology import Topology
from services.tagger.settings import TaggerSettings
from services.tagger.topology import tagger_topology

Work = Callable[..., Awaitable[Worked]]

NO_SITE = "-"
"""Of what is no event."""

_WHOLE = Assignment(partition=0, partitions=1, since=datetime(1970, 1, 1, tzinfo=UTC), handover_s=0.0)


@dataclass(frozen=True)
class Settings:
    """
    All that the code at hand is set to.
    """

    cleaner: CleanerSettings
    tagger: TaggerSettings
    runtime: RuntimeSettings

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """
        What the services would be set to, if they were started here.

        Raises:
            SettingsError: A variable is unknown or does not fit.
        """
        return cls(
            CleanerSettings.from_environ(environ),
            TaggerSettings.from_environ(environ),
            RuntimeSettings.from_environ(environ),
        )


class Hand:
    """
    One service's stage, whose work somebody does: a pool's workers. A record comes in as through the replay lane, from
    which nothing is learned.
    """

    def __init__(self, topology: Topology, lane: Topic[Any], work: Work, lines: Table | None = None) -> None:
        self._topology, self._lane, self._work = topology, lane, work
        self._kept = None if lines is None else self._open({topics.SITE_LINES.name: lines})

    def _open(self, known: dict[str, Table]) -> Processor:
        tables = {table.name: known.get(table.name, Table(table.event)) for table in self._topology.remembered}
        return Processor(self._topology, _WHOLE, tables)

    async def run(self, record: Record) -> Conclusion:
        """
        Work on one record and decide on it, at the time at which it arrived: with what is known of its site, or else
        as if nothing else were known, so that the ledger refuses no version.

        Raises:
            PoolError: No worker can be started.
        """
        processor = self._kept or self._open({})
        given = replace(record, topic=self._lane.name)
        arguments = processor.arguments(given)
        worked = await self._work(*arguments) if isinstance(arguments, tuple) else arguments
        return processor.conclude(given, worked, record.timestamp)


@dataclass(frozen=True)
class Result:
    """
    What becomes of an input.

    Attributes:
        end: published, or with its reason another end.
        cleaned, tagged: What is written on the way, where it comes that far.
    """

    end: str
    cleaned: bytes | None = None
    tagged: Outgoing | None = None


@dataclass(frozen=True)
class Hands:
    """
    Both services, as far as they are needed: an article needs no cleaner.
    """

    cleaner: Hand | None
    tagger: Hand

    async def run(self, record: Record) -> Result:
        """
        Work on an input.

        Raises:
            PoolError: No worker can be started.
        """
        if self.cleaner is None:
            return await self._tag(record)
        cleaned = await self.cleaner.run(record)
        written = _events(cleaned, topics.ARTICLE_CLEANED)
        return await self._tag(_read_back(written[0], record)) if written else Result(_end(cleaned))

    async def _tag(self, article: Record) -> Result:
        concluded = await self.tagger.run(article)
        if concluded.outcome == "deadletter":
            return Result(_end(concluded), article.value)
        written = _events(concluded, topics.ARTICLE_TAGGED)
        return Result(PUBLISHED, article.value, written[0] if written else None)

    async def entry(self, record: Record) -> Entry:
        """
        The same, with what the input is about.

        Raises:
            PoolError: No worker can be started.
        """
        entry = _named(topics.ARTICLE_CLEANED if self.cleaner is None else topics.PAGE_FETCHED, record)
        made = await self.run(record)
        cleaned = None if entry.site == NO_SITE else made.cleaned
        return replace(entry, end=made.end, cleaned=cleaned, tagged=made.tagged.value if made.tagged else None)


def _events(conclusion: Conclusion, topic: Topic[Any]) -> list[Outgoing]:
    return [made for made in conclusion.records if made.topic == topic.name and made.value is not None]


def _end(conclusion: Conclusion) -> str:
    name = DEAD_LETTER if conclusion.outcome == "deadletter" else DROPPED
    return f"{name}: {conclusion.reason}"


def _read_back(made: Outgoing, cause: Record) -> Record:
    """
    What one service wrote, as the next one would read it.
    """
    return Record(made.topic, made.partition, 0, cause.timestamp, made.key, made.value, dict(made.headers))


def _named(topic: Topic[Any], record: Record) -> Entry:
    """
    What an input is about. One that is no event is known by its place.
    """
    place = str(record.origin)
    unknown = Entry(place, place, NO_SITE, record.header("ce_subject") or place, record.timestamp, "")
    try:
        event = topic.event.from_wire(record.value, record.headers)
    except ValueError:
        return unknown
    assert isinstance(event, PageFetched | ArticleCleaned)
    about = event.meta if isinstance(event, PageFetched) else event
    return replace(unknown, id=str(about.page_id), article_id=str(about.article_id), site=about.site, url=about.url)


@asynccontextmanager
async def hands(what: str, settings: Settings, lines: Table) -> AsyncIterator[Hands]:
    """
    Workers of the services, within a block, for pages or for articles. `lines`: what the cleaner has learned of sites.

    Raises:
        PoolError: A worker cannot start.
    """
    tagger = tagger_topology(settings.tagger)
    topologies = [tagger] if what == "articles" else [tagger, cleaner_topology(settings.cleaner)]
    pools = [Pool(topology.stage, settings.runtime) for topology in topologies]
    try:
        await asyncio.gather(*(pool.start() for pool in pools))
        cleaner = Hand(topologies[1], topics.PAGE_REPLAY, pools[1].run, lines) if what == "pages" else None
        yield Hands(cleaner, Hand(tagger, topics.ARTICLE_REPLAY, pools[0].run))
    finally:
        await asyncio.gather(*(pool.stop() for pool in pools))
