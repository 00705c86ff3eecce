"""
What belongs to a takedown: told of records, it says which are of it, and which deletions are its operator's. Pure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from schemas import topics
from schemas.dead_letters import DeadLettered
from schemas.ids import article_id
from schemas.sites import site_of
from schemas.state import FrontierEntry, LedgerEntry
from schemas.takedowns import name_of_url
from schemas.topics import Topic, partition_of
from services.cli.addresses import checked_url, looks_like_url
from services.cli.errors import UrlError
from services.fetcher.takedowns import names
from services.fetcher.urls import normalise
from services.runtime.record import Outgoing, Record

ERASED = (topics.SOURCES, topics.PAGE_FETCHED, topics.DEAD_LETTERS)
"""Where the operator's own command deletes; everywhere else the service that writes there does."""

BY_SITE = (topics.FETCH_REQUESTED, topics.FRONTIER, topics.PAGE_FETCHED, topics.PAGE_REPLAY)
BY_ARTICLE = (
    topics.ARTICLE_CLEANED,
    topics.ARTICLE_REPLAY,
    topics.LEDGER,
    topics.ARTICLE_TAGGED,
    topics.ARTICLE_FINGERPRINTS,
    topics.STORY_WINDOW,
    topics.STORY_LINKED,
)
BY_CHANCE = (topics.SOURCES, topics.DEAD_LETTERS)

LOOKED_AT = tuple(topic for topic in topics.ALL if topic in (*BY_SITE, *BY_ARTICLE, *BY_CHANCE))


@dataclass
class Trail:
    """
    The names by which an article goes, and the sites where it is, as far as they are known.
    """

    takedown_id: UUID
    names: set[str]
    sites: set[str] = field(default_factory=set)

    def know(self, url: str) -> None:
        """
        A URL leads to it.
        """
        self.names.add(name_of_url(url))
        self.sites.add(site_of(url))

    def take_ledger(self, record: Record) -> None:
        """
        The ledger says where an article is.
        """
        if record.value is not None and (record.key or b"").decode() == str(self.takedown_id):
            self.know(LedgerEntry.from_wire(record.value, record.headers).url)

    def take_url(self, record: Record) -> None:
        """
        The frontier says which article was found under a URL that is known.
        """
        url = (record.key or b"").decode(errors="replace")
        if record.value is not None and name_of_url(url) in self.names:
            entry = FrontierEntry.from_wire(record.value, record.headers)
            self.names |= {str(entry.article_id)} if entry.article_id and entry.kind == "page" else set()

    def take_alias(self, record: Record) -> None:
        """
        It says which other URLs led to that.
        """
        raw = record.value or b""
        if any(name.encode() in raw for name in tuple(self.names)):
            entry = FrontierEntry.from_wire(raw, record.headers)
            if entry.kind == "page" and str(entry.article_id) in self.names:
                self.know(entry.url)


def trail_of(target: str) -> Trail:
    """
    What an operator names: a URL, or the id of an article.

    Raises:
        UrlError: It is neither.
    """
    if looks_like_url(target):
        try:
            url = normalise(checked_url(target))
        except ValueError as error:
            raise UrlError(
                f"{target!r} is no URL that can be fetched: {error}", "write it as https://host/path"
            ) from None
        trail = Trail(article_id(url), {name_of_url(url)})
        trail.know(url)
        return trail
    try:
        named = UUID(target.strip())
    except ValueError:
        raise UrlError(f"{target!r} is neither a URL nor an article id", "write a URL as https://host/path") from None
    return Trail(named, {str(named)})


def numbers_of(topic: Topic[Any], trail: Trail, count: int) -> set[int]:
    """
    The partitions in which a topic may hold something of it, among `count`.
    """
    if topic.partitions is not None:
        return set(range(topic.partitions))
    if topic in BY_ARTICLE:
        return {partition_of(name, count) for name in trail.names}
    if topic in BY_SITE and trail.sites:
        return {partition_of(site, count) for site in trail.sites}
    return set(range(count))


def is_of(topic: Topic[Any], record: Record, barred: frozenset[str]) -> bool:
    """
    Whether a record belongs to what goes by these names; what is no event does by nothing.
    """
    if topic in BY_ARTICLE:
        return (record.key or b"").decode(errors="replace") in barred
    try:
        event = topic.event.from_wire(record.value, record.headers)
    except ValueError:
        return False
    own = names_of_letter(event) if isinstance(event, DeadLettered) else names(event)
    return bool(own & barred)


def names_of_letter(dead: DeadLettered) -> frozenset[str]:
    """
    The names of what a letter is about: its URL, its key, and what its original says.
    """
    letter = dead.letter
    own = frozenset({letter.origin_key or "", *_of_url(letter.subject)})
    try:
        topic = topics.by_name(letter.origin.topic)
        return own | names(topic.event.from_wire(dead.original, dead.original_headers))
    except (KeyError, ValueError):
        return own


def _of_url(text: str) -> list[str]:
    try:
        return [name_of_url(normalise(text))]
    except ValueError:
        return []


@dataclass
class Findings:
    """
    What stands of a takedown: keys and their partitions, by topic. Where only age deletes, each record has its own key.
    """

    barred: frozenset[str]
    found: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    def take(self, topic: Topic[Any], record: Record) -> None:
        """
        Take the next record of a partition into account.
        """
        is_keyed = "compact" in topic.cleanup
        key = (record.key or b"").decode(errors="replace") if is_keyed else str(record.origin)
        if is_keyed:
            self.found[topic.name].pop(key, None)
        if record.value is not None and is_of(topic, record, self.barred):
            self.found[topic.name][key] = record.partition

    def counts(self) -> dict[str, int]:
        """
        How much stands, by topic; topics without anything are left out.
        """
        return {topic.name: len(self.found[topic.name]) for topic in LOOKED_AT if self.found.get(topic.name)}

    def tombstones(self) -> list[Outgoing]:
        """
        What the operator's command deletes.
        """
        return [
            Outgoing(topic.name, partition, key.encode(), None)
            for topic in ERASED
            for key, partition in sorted(self.found.get(topic.name, {}).items())
        ]


def added(before: Mapping[str, int], more: Iterable[tuple[str, int]]) -> dict[str, int]:
    """
    Counts by topic, together, in the topics' order.
    """
    sums = Counter(before)
    for name, count in more:
        sums[name] += count
    return {topic.name: sums[topic.name] for topic in LOOKED_AT if sums[topic.name]}
