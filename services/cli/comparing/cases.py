"""
One input, and what the two sides say of it. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schemas.topics import ARTICLE_CLEANED
from services.cli.comparing.fields import BY_NAME, Document, Value, pairs

PUBLISHED, NOT_PUBLISHED, UNKNOWN, DEAD_LETTER, DROPPED = (
    "published",
    "not published",
    "unknown",
    "dead letter",
    "dropped",
)
"""
The ends of an input. What the services dropped was only counted: all that is known is that nothing was published.
"""

OPENING_PARAGRAPHS = 4

COMPACTION_LAG = timedelta(milliseconds=int(ARTICLE_CLEANED.settings()["min.compaction.lag.ms"]))
"""For so long a cleaned article is there for certain, even if a later one of the same key came."""


@dataclass(frozen=True)
class Entry:
    """
    An input with all that is known of it, as it lies in the spool.

    Attributes:
        id: The page event's id, by which both sides are matched.
        arrived: When Kafka took it.
        end: What the code at hand makes of it, with the reason where it is not published.
        cleaned, tagged: The events that it makes, as JSON.
        was_cleaned, was_tagged: Those that were published.
        letter: Why it was buried, if it was.
        is_followed: A later page of the same article was published.
    """

    id: str
    article_id: str
    site: str
    url: str
    arrived: datetime
    end: str
    cleaned: bytes | None = None
    tagged: bytes | None = None
    was_cleaned: bytes | None = None
    was_tagged: bytes | None = None
    letter: str | None = None
    is_followed: bool = False


@dataclass(frozen=True)
class Case:
    """
    What became of an input then, and what would now.

    Attributes:
        fields: What both sides say, by field.
        opening: How the article begins, on the side that has one.
    """

    id: str
    site: str
    url: str
    before: str
    after: str
    fields: Mapping[str, tuple[Value, Value]] = field(default_factory=dict)
    opening: Value = ()

    @property
    def changed(self) -> list[str]:
        """
        The fields that differ.
        """
        return [name for name, (before, after) in self.fields.items() if before != after]


def case_of(entry: Entry, now: datetime, *, tags_only: bool) -> Case:
    """
    Hold the two sides against each other. With `tags_only` the input was a cleaned article: what the cleaner makes is
    then the same on both sides.
    """
    was_cleaned, cleaned = _read(entry.was_cleaned), _read(entry.cleaned)
    was_tagged, tagged = _read(entry.was_tagged), _read(entry.tagged)
    fields = {} if tags_only else pairs(was_cleaned, cleaned, tags=False)
    return Case(
        id=entry.id,
        site=entry.site,
        url=entry.url,
        before=_tags_before(entry) if tags_only else _before(entry, now),
        after=entry.end,
        fields=fields | pairs(was_tagged, tagged, tags=True),
        opening=opening(cleaned or was_cleaned or tagged or was_tagged or {}),
    )


def opening(article: Document) -> Value:
    """
    The headline and the first paragraphs of an article.
    """
    return (*BY_NAME["headline"].read(article), *BY_NAME["articleBody"].read(article)[:OPENING_PARAGRAPHS])


def _before(entry: Entry, now: datetime) -> str:
    if entry.letter:
        return f"{DEAD_LETTER}: {entry.letter}"
    if entry.was_cleaned is not None:
        return PUBLISHED
    return UNKNOWN if entry.is_followed and now - entry.arrived > COMPACTION_LAG else NOT_PUBLISHED


def _tags_before(entry: Entry) -> str:
    """
    Of an article the tagger publishes no version of its own, if it reads as the one before: that is no refusal.
    """
    if entry.letter:
        return f"{DEAD_LETTER}: {entry.letter}"
    return PUBLISHED if entry.was_tagged is not None else UNKNOWN


def _read(value: bytes | None) -> Document | None:
    return None if value is None else json.loads(value)
