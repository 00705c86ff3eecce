"""
The table of topics: the only place where a topic's name, key, partitioning or retention is written. Topic creation,
access lists and documentation are made from it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, TypeVar

from schemas.base import Event, rfc3339
from schemas.dead_letters import DeadLettered
from schemas.events import ArticleCleaned, ArticleTagged, FetchRequested, PageFetched
from schemas.replays import Replay
from schemas.sites import site_of
from schemas.state import FrontierEntry, LedgerEntry, SiteLines, Source, SourceHealth
from schemas.stories import ArticleFingerprint, StoryLinked, WindowEntry
from schemas.takedowns import Takedown

E = TypeVar("E", bound=Event)

DEFAULT_PARTITIONS = 12
"""Fixed at creation; another count is a drain procedure."""

MAX_RECORD_BYTES = 8 * 1024 * 1024
"""Broker, producer and consumers agree on it; a body of 5 MiB and its header fit with room to spare."""

DAY_MS = 24 * 3600 * 1000

SIDE_PREFIX = "news.side."
"""Of topics that one replay writes, and whoever asked for it reads."""

VERIFY_PREFIX = "news.verify."
"""Of topics that hold golden events, for a subscriber's consumer to be tested with."""

Cleanup = Literal["compact", "delete", "compact,delete"]
Writer = Literal["cli", "fetcher", "cleaner", "tagger", "anyone"]


@dataclass(frozen=True)
class Topic(Generic[E]):
    """
    A topic as the contract has it. `key` and `place` are functions of the event; `place` is what partitions by.

    Attributes:
        is_everywhere: Each partition holds all of it, so that every task reads it all in its own one.
        partitions: How many it has, where that is its own; None: as many as all others.
    """

    name: str
    event: type[E]
    key: Callable[[E], str]
    place: Callable[[E], str]
    keyed_by: str
    placed_by: str
    cleanup: Cleanup
    writers: tuple[Writer, ...]
    readers: tuple[str, ...]
    retention_ms: int | None = None
    config: Mapping[str, str] = field(default_factory=dict)
    is_everywhere: bool = False
    partitions: int | None = None

    def __reduce__(self) -> tuple[Callable[[str], Topic[Any]], tuple[str]]:
        return by_name, (self.name,)

    @property
    def is_placed_by_key(self) -> bool:
        """
        Whether the key alone says in which partition a record lies.
        """
        return self.placed_by == "key"

    def partition(self, event: E, count: int) -> int:
        """
        The partition of an event where topics have `count`.
        """
        return partition_of(self.place(event), self.partitions or count)

    def all_partitions(self, event: E, count: int) -> tuple[int, ...]:
        """
        All partitions in which an event lies, among `count`.
        """
        return tuple(range(count)) if self.is_everywhere else (self.partition(event, count),)

    def settings(self) -> dict[str, str]:
        """
        The topic's configuration, as Kafka spells it.
        """
        own = {
            "cleanup.policy": self.cleanup,
            "message.timestamp.type": "LogAppendTime",
            "max.message.bytes": str(MAX_RECORD_BYTES),
        }
        if self.cleanup == "compact,delete":
            own |= _HISTORY
        if self.retention_ms is not None:
            own["retention.ms"] = str(self.retention_ms)
        return own | dict(self.config)


_HISTORY = {
    "min.compaction.lag.ms": str(7 * DAY_MS),
    "max.compaction.lag.ms": str(8 * DAY_MS),
    "segment.ms": str(DAY_MS),
}
"""Readers of a compacted-and-deleted topic see a week of history, and a tombstone still takes effect."""

_TABLE = {
    "segment.bytes": str(64 * 1024 * 1024),
    "min.cleanable.dirty.ratio": "0.1",
    "max.compaction.lag.ms": "3600000",
}
"""A table is restored at every start, so it is kept short."""


_QUEUE = {"segment.ms": str(DAY_MS)}
"""Kafka deletes whole segments: what is only let go by its age is gone a day after that."""


def partition_of(place: str, count: int) -> int:
    """
    The one function that sets partition numbers: the first 8 bytes of SHA-256, big-endian, modulo the count.
    """
    return int.from_bytes(hashlib.sha256(place.encode()).digest()[:8], "big") % count


def _origin(event: DeadLettered) -> str:
    return str(event.letter.origin)


SOURCES: Topic[Source] = Topic(
    name="news.sources",
    event=Source,
    key=lambda e: e.url,
    place=lambda e: site_of(e.url),
    keyed_by="source URL",
    placed_by="site",
    cleanup="compact",
    writers=("cli",),
    readers=("fetcher", "cli"),
    config=_TABLE,
)
SOURCE_HEALTH: Topic[SourceHealth] = Topic(
    name="news.source.health",
    event=SourceHealth,
    key=lambda e: e.site or e.url,
    place=lambda e: e.site or site_of(e.url),
    keyed_by="URL of a list or robots.txt, or site",
    placed_by="site",
    cleanup="compact,delete",
    writers=("fetcher", "cleaner"),
    readers=("the world", "cleaner"),
    retention_ms=90 * DAY_MS,
)
FETCH_REQUESTED: Topic[FetchRequested] = Topic(
    name="news.fetch.requested",
    event=FetchRequested,
    key=lambda e: e.url,
    place=lambda e: site_of(e.url),
    keyed_by="URL",
    placed_by="site",
    cleanup="delete",
    writers=("cli", "fetcher", "anyone"),
    readers=("fetcher", "cli"),
    retention_ms=7 * DAY_MS,
    config=_QUEUE,
)
FRONTIER: Topic[FrontierEntry] = Topic(
    name="news.fetch.frontier",
    event=FrontierEntry,
    key=lambda e: e.url,
    place=lambda e: site_of(e.url),
    keyed_by="URL",
    placed_by="site",
    cleanup="compact",
    writers=("fetcher",),
    readers=("fetcher", "cli"),
    config=_TABLE,
)
PAGE_FETCHED: Topic[PageFetched] = Topic(
    name="news.page.fetched",
    event=PageFetched,
    key=lambda e: str(e.meta.page_id),
    place=lambda e: e.meta.site,
    keyed_by="page event id",
    placed_by="site",
    cleanup="compact,delete",
    writers=("fetcher", "cleaner", "cli"),
    readers=("cleaner", "cli"),
    retention_ms=90 * DAY_MS,
)
PAGE_REPLAY: Topic[PageFetched] = Topic(
    name="news.page.replay",
    event=PageFetched,
    key=lambda e: str(e.meta.page_id),
    place=lambda e: e.meta.site,
    keyed_by="page event id",
    placed_by="site",
    cleanup="delete",
    writers=("cli",),
    readers=("cleaner", "cli"),
    retention_ms=3 * DAY_MS,
    config=_QUEUE,
)
SITE_LINES: Topic[SiteLines] = Topic(
    name="news.site.lines",
    event=SiteLines,
    key=lambda e: f"{e.site}@{rfc3339(e.valid_from)}",
    place=lambda e: e.site,
    keyed_by="site@valid_from",
    placed_by="site",
    cleanup="compact,delete",
    writers=("cleaner",),
    readers=("cleaner", "cli"),
    retention_ms=365 * DAY_MS,
)
ARTICLE_CLEANED: Topic[ArticleCleaned] = Topic(
    name="news.article.cleaned",
    event=ArticleCleaned,
    key=lambda e: str(e.article_id),
    place=lambda e: str(e.article_id),
    keyed_by="article id",
    placed_by="key",
    cleanup="compact,delete",
    writers=("cleaner", "tagger"),
    readers=("tagger", "cli"),
    retention_ms=90 * DAY_MS,
)
ARTICLE_REPLAY: Topic[ArticleCleaned] = Topic(
    name="news.article.replay",
    event=ArticleCleaned,
    key=lambda e: str(e.article_id),
    place=lambda e: str(e.article_id),
    keyed_by="article id",
    placed_by="key",
    cleanup="delete",
    writers=("cli",),
    readers=("tagger", "cli"),
    retention_ms=3 * DAY_MS,
    config=_QUEUE,
)
LEDGER: Topic[LedgerEntry] = Topic(
    name="news.article.ledger",
    event=LedgerEntry,
    key=lambda e: str(e.article_id),
    place=lambda e: str(e.article_id),
    keyed_by="article id",
    placed_by="key",
    cleanup="compact",
    writers=("tagger",),
    readers=("tagger", "cli"),
    config=_TABLE,
)
ARTICLE_TAGGED: Topic[ArticleTagged] = Topic(
    name="news.article.tagged",
    event=ArticleTagged,
    key=lambda e: str(e.article_id),
    place=lambda e: str(e.article_id),
    keyed_by="article id",
    placed_by="key",
    cleanup="compact,delete",
    writers=("tagger",),
    readers=("the world",),
    retention_ms=365 * DAY_MS,
)
TAKEDOWNS: Topic[Takedown] = Topic(
    name="news.takedowns",
    event=Takedown,
    key=lambda e: str(e.takedown_id),
    place=lambda e: str(e.takedown_id),
    keyed_by="article id, as a hash of its URL",
    placed_by="all: each partition holds every record",
    cleanup="compact",
    writers=("cli",),
    readers=("fetcher", "cleaner", "tagger", "cli"),
    config=_TABLE,
    is_everywhere=True,
)
ARTICLE_FINGERPRINTS: Topic[ArticleFingerprint] = Topic(
    name="news.article.fingerprints",
    event=ArticleFingerprint,
    key=lambda e: str(e.article_id),
    place=lambda e: str(e.article_id),
    keyed_by="article id",
    placed_by="one partition",
    cleanup="delete",
    writers=("tagger",),
    readers=("tagger", "cli"),
    retention_ms=7 * DAY_MS,
    config=_QUEUE,
    partitions=1,
)
STORY_WINDOW: Topic[WindowEntry] = Topic(
    name="news.story.window",
    event=WindowEntry,
    key=lambda e: str(e.article_id),
    place=lambda e: str(e.article_id),
    keyed_by="article id",
    placed_by="one partition",
    cleanup="compact",
    writers=("tagger",),
    readers=("tagger", "cli"),
    config=_TABLE,
    partitions=1,
)
STORY_LINKED: Topic[StoryLinked] = Topic(
    name="news.story.linked",
    event=StoryLinked,
    key=lambda e: str(e.article_id),
    place=lambda e: str(e.article_id),
    keyed_by="article id",
    placed_by="key",
    cleanup="compact,delete",
    writers=("tagger",),
    readers=("the world",),
    retention_ms=365 * DAY_MS,
)
REPLAYS: Topic[Replay] = Topic(
    name="news.replays",
    event=Replay,
    key=lambda e: e.replay_id,
    place=lambda e: e.replay_id,
    keyed_by="replay id",
    placed_by="key",
    cleanup="compact",
    writers=("cli",),
    readers=("cli",),
    config=_TABLE,
)
DEAD_LETTERS: Topic[DeadLettered] = Topic(
    name="news.dead-letters",
    event=DeadLettered,
    key=_origin,
    place=_origin,
    keyed_by="origin topic/partition/offset",
    placed_by="key",
    cleanup="compact,delete",
    writers=("fetcher", "cleaner", "tagger", "cli"),
    readers=("cli",),
    retention_ms=90 * DAY_MS,
)

ALL: tuple[Topic[Any], ...] = (
    TAKEDOWNS,
    SOURCES,
    SOURCE_HEALTH,
    FETCH_REQUESTED,
    FRONTIER,
    PAGE_FETCHED,
    PAGE_REPLAY,
    SITE_LINES,
    ARTICLE_CLEANED,
    ARTICLE_REPLAY,
    LEDGER,
    ARTICLE_TAGGED,
    ARTICLE_FINGERPRINTS,
    STORY_WINDOW,
    STORY_LINKED,
    REPLAYS,
    DEAD_LETTERS,
)


def by_name(name: str) -> Topic[Any]:
    """
    The topic of a name.

    Raises:
        KeyError: The contract has none of that name.
    """
    return _BY_NAME[name]


_BY_NAME = {topic.name: topic for topic in ALL}

OWN_COUNTS = {topic.name: topic.partitions for topic in ALL if topic.partitions is not None}
"""Partitions of the topics that have a number of their own."""


def side_topic(name: str) -> Topic[ArticleTagged]:
    """
    The side topic of a replay: events as on `news.article.tagged`, of every page, so nothing of it is compacted away.
    """
    return replace(
        ARTICLE_TAGGED,
        name=SIDE_PREFIX + name,
        cleanup="delete",
        retention_ms=30 * DAY_MS,
        writers=("cli",),
    )
