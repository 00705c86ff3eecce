"""
A replay: a stretch of a topic that is copied into a stage's lane, what of it is meant, and how far it is. An import is
told in the same way: what it reads lies elsewhere, and it leads into the live input.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from schemas.base import Event, Instant, Part


class Selection(Part):
    """
    Which records are meant; an empty list means all.
    """

    by: Literal["arrival", "event-time", "offset"] = Field(
        "arrival", description="what `since` and `until` are about, or first and last offsets"
    )
    since: Instant | None = None
    until: Instant | None = Field(None, description="exclusive")
    first: int | None = Field(None, ge=0, description="offset, of each partition")
    last: int | None = Field(None, ge=0, description="offset behind the last, of each partition")
    partitions: list[int] = Field(default_factory=list)
    sources: list[str] = Field(default_factory=list, description="source URLs")
    hosts: list[str] = Field(default_factory=list, description="and those below them")
    languages: list[str] = Field(default_factory=list, description="BCP 47 primary subtags; und: unknown")
    ids: list[str] = Field(default_factory=list, description="of articles, pages or events")
    types: list[str] = Field(default_factory=list, description="imports: MIME types that answers state")


class Stretch(Part):
    """
    Offsets of one partition, fixed when the replay began, and where it goes on. Of an import: the bytes of a file, or
    the files of a folder.
    """

    partition: int = Field(ge=0)
    start: int = Field(ge=0)
    end: int = Field(ge=0, description="exclusive")
    next: int = Field(ge=0)


class Replay(Event):
    """
    The state of a replay. Written in the transactions of the copies themselves, so it is never ahead or behind.
    """

    ce_type: ClassVar[str] = "news.replay.v1"

    replay_id: str = Field(min_length=1, max_length=100)
    topic: str = Field(description="where it is read; of an import: what it reads, by its name")
    lane: str = Field(description="where it is copied to; or the side topic that its events are written to")
    state: Literal["running", "paused", "stopped", "done"] = "running"
    began_at: Instant
    changed_at: Instant
    selection: Selection = Selection()
    rate: float = Field(10.0, ge=0.1, description="records a second, at most")
    stretches: list[Stretch] = Field(default_factory=list)
    copied: int = Field(0, ge=0)
    left: dict[str, int] = Field(default_factory=dict, description="records that were not meant, by why")

    def occurred_at(self) -> datetime:
        return self.changed_at

    def subject(self) -> str:
        return self.topic
