"""
What the services remember, as records of compacted topics: what is watched, what is to be fetched, which versions
an article has had.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from schemas.base import Event, Instant
from schemas.parts import Hints, Origin, PubStatus


class Source(Event):
    """
    Something that is watched for articles. `news.sources` is the truth about it.
    """

    ce_type: ClassVar[str] = "news.source.v1"

    url: str = Field(min_length=1, max_length=4096)
    kind: Literal["feed"] = "feed"
    title: str | None = None
    changed_at: Instant
    paused: bool = False
    min_interval_s: int = Field(300, ge=1, description="never polled more often")
    max_interval_s: int = Field(6 * 3600, ge=1, description="never polled less often")
    language: str | None = None
    labels: dict[str, str] = Field(default_factory=dict)

    def occurred_at(self) -> datetime:
        return self.changed_at

    def subject(self) -> str:
        return self.url


class FrontierEntry(Event):
    """
    Everything that is fetched is an entry: a page once, a feed on a schedule, a host's robots.txt when it is needed.
    """

    ce_type: ClassVar[str] = "news.frontier.entry.v1"

    url: str
    kind: Literal["page", "feed", "robots"]
    state: Literal["waiting", "done", "refused", "failed"] = "waiting"
    changed_at: Instant
    due_at: Instant | None = Field(None, description="absent when nothing more is to be done")
    attempts: int = Field(0, ge=0, description="failures in a row")
    etag: str | None = None
    last_modified: str | None = None
    fetched_at: Instant | None = Field(None, description="of the last answer")
    article_id: UUID | None = None
    reason: str | None = Field(None, description="why it was refused or failed")
    request_id: str = Field(description="event id of the request or source that brought it")
    traceparent: str | None = None
    origin: Origin | None = Field(None, description="the record that brought it")
    discovered_at: Instant | None = None
    source_url: str | None = None
    hints: Hints = Hints()
    chain: list[str] = Field(default_factory=list)
    items: list[str] = Field(default_factory=list, max_length=5000, description="feed: digests of the last document")
    min_interval_s: int | None = None
    max_interval_s: int | None = None
    robots: str | None = Field(None, description="robots.txt, at most 500 KiB; absent when the host has none")
    robots_access: Literal["rules", "allow-all", "wait"] | None = None
    host_not_before: Instant | None = Field(None, description="Retry-After of the host")

    def occurred_at(self) -> datetime:
        return self.changed_at

    def subject(self) -> str:
        return self.url


class LedgerEntry(Event):
    """
    The newest known version of an article, enough to judge the next and to publish this one again.
    """

    ce_type: ClassVar[str] = "news.ledger.entry.v1"

    article_id: UUID
    url: str
    version: int = Field(ge=1)
    pub_status: PubStatus = "usable"
    page_id: UUID = Field(description="the newest known page event")
    revised_at: Instant
    generation: int
    published_page_id: UUID = Field(description="the page event that the published version was made from")
    field_digests: dict[str, str] = Field(description="16 hexadecimal digits a field of the published version")
    sketch: list[int] = Field(description="bottom-k hashes of the body's word shingles, ascending")
    changed_fields: list[str] = Field(default_factory=list)
    change_ratio: float | None = None

    def occurred_at(self) -> datetime:
        return self.revised_at

    def subject(self) -> str:
        return self.url
