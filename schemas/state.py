"""
What the services remember, as records of compacted topics: what is watched, what is to be fetched, which versions
an article has had, which lines a site repeats.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from schemas.base import Event, Instant, Part
from schemas.packing import UnusualError, pack, unpack
from schemas.page_packing import pack_page, unpack_page
from schemas.parts import Hints, Origin, PubStatus


class Source(Event):
    """
    Something that is watched for articles. `news.sources` is the truth about it.
    """

    ce_type: ClassVar[str] = "news.source.v1"

    url: str = Field(min_length=1, max_length=4096)
    kind: Literal["feed", "page"] = Field(
        "feed", description="feed: any list of articles (feed, sitemap, page that links to its feeds); page: one page"
    )
    title: str | None = None
    changed_at: Instant
    paused: bool = False
    min_interval_s: int = Field(300, ge=1, description="never polled more often")
    max_interval_s: int = Field(6 * 3600, ge=1, description="never polled less often")
    language: str | None = None
    labels: dict[str, str] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict, description="sent with each poll, to its own origin only")
    allow: list[str] = Field(default_factory=list, description="regular expressions; a link has to match one, if any")
    deny: list[str] = Field(default_factory=list, description="regular expressions; a link that matches one is left")
    max_age_s: int | None = Field(
        None, ge=0, description="links with an older date are left; absent: 2 days for sitemaps, all for feeds"
    )

    def occurred_at(self) -> datetime:
        return self.changed_at

    def subject(self) -> str:
        return self.url


class Measure(Part):
    """
    How many of a site's last pages have a fault, and how many of those before them had it.
    """

    name: str = Field(description="no-body, short-text, no-date, no-author, weak-headline, unsure or repeats")
    faulty: int = Field(ge=0, description="of `pages`")
    pages: int = Field(ge=0, description="the site's last ones; but for no-body those with a text")
    faulty_before: int = Field(ge=0, description="of `pagesBefore`")
    pages_before: int = Field(ge=0, description="the site's baseline")
    below_chars: int | None = Field(None, description="short-text: a text is that has fewer characters")


class SourceHealth(Event):
    """
    A source, or a list that it leads to, is not any more what it was: silent, failing, or well again; or a host is
    left alone, or a site's pages are degraded, or well again. Only changes. The fetcher tells of lists, and of hosts:
    these have a `host`; the cleaner of sites: these have a `site`.
    """

    ce_type: ClassVar[str] = "news.source.health.v1"

    url: str = Field(
        description="of the list that was asked for; the source's own or one that it leads to; of a site: its root; "
        "of a host: its robots.txt"
    )
    source_url: str
    state: Literal["ok", "silent", "failing", "degraded"]
    was: Literal["ok", "silent", "failing", "degraded"]
    changed_at: Instant
    reason: str = Field(
        description="NEWS, ANSWERED, SILENT, or why it fails; of a site: NO_BODY, SHORT_TEXT, NO_DATE, NO_AUTHOR, "
        "WEAK_HEADLINE, UNSURE, REPEATS, or BACK, NEW_NORMAL"
    )
    attempts: int = Field(0, ge=0, description="failures in a row")
    news_at: Instant | None = Field(None, description="when it last had something new")
    expected_within_s: float | None = Field(None, description="the longest pause that is usual for it, seconds")
    labels: dict[str, str] = Field(default_factory=dict)
    site: str | None = Field(None, description="whose pages are degraded, or well again; absent for a list")
    host: str | None = Field(
        None, description="that is left alone for its failures, or answers again; absent for a list"
    )
    page_url: str | None = Field(None, description="of a site or host: the page that showed it")
    measures: list[Measure] | None = Field(None, description="of a site: what is worse, or well again")

    def occurred_at(self) -> datetime:
        return self.changed_at

    def subject(self) -> str:
        return self.source_url


class Pace(Part):
    """
    When a feed wants to be left alone, as its last document states.
    """

    ttl_s: int = Field(0, ge=0)
    skip_hours: list[int] = Field(default_factory=list, description="0 to 23, UTC")
    skip_days: list[int] = Field(default_factory=list, description="0 is Monday, UTC")


class Pulse(Part):
    """
    How a list is doing, and what is usual for it.
    """

    state: Literal["ok", "silent", "failing"] = "ok"
    news_at: Instant | None = Field(None, description="when it last had something new")
    pauses: int = Field(0, ge=0, description="pauses between news that are known")
    longest_pause_s: float = Field(0, ge=0, description="the longest of them; halves in thirty days")


class Breaker(Part):
    """
    How a host has failed of late. Closed without `until`; open up to it; half open from then on, until it answers.
    """

    failures: int = Field(0, ge=0, description="in a row, one URL that fails again and again counts once")
    openings: int = Field(0, ge=0, description="in a row; its pause grows with each")
    until: Instant | None = Field(None, description="nothing is asked for before")
    url: str | None = Field(None, description="that failed last")
    reason: str | None = Field(None, description="of the last failure: HTTP_503, HTTP_403, TIMED_OUT, ...")
    is_told: bool = Field(default=False, description="news.source.health says that the host fails")


class TdmRule(Part):
    """
    One rule of a host's /.well-known/tdmrep.json.
    """

    location: str = Field(description="a pattern of paths, as in robots.txt")
    is_reserved: bool
    policy: str | None = None


class FrontierEntry(Event):
    """
    Everything that is fetched is an entry: a page once, a feed on a schedule, a host's robots.txt and tdmrep.json when
    they are needed.
    """

    ce_type: ClassVar[str] = "news.frontier.entry.v1"
    is_many: ClassVar[bool] = True

    url: str
    kind: Literal["page", "feed", "robots", "rights"]
    state: Literal["waiting", "done", "refused", "failed"] = "waiting"
    changed_at: Instant
    due_at: Instant | None = Field(
        None, description="absent when nothing more is to be done; of a page that is done: when it is looked at again"
    )
    attempts: int = Field(0, ge=0, description="failures in a row")
    etag: str | None = None
    last_modified: str | None = None
    fetched_at: Instant | None = Field(None, description="of the last answer")
    article_id: UUID | None = None
    reason: str | None = Field(None, description="why it was refused or failed")
    request_id: str = Field(description="event id of the request or source that brought it; empty when that is over")
    traceparent: str | None = None
    origin: Origin | None = Field(None, description="the record that brought it")
    discovered_at: Instant | None = None
    source_url: str | None = None
    hints: Hints = Hints()
    chain: list[str] = Field(default_factory=list)
    items: list[str] = Field(
        default_factory=list,
        max_length=5000,
        description="list: digests of what the last document listed; page: of its body",
    )
    mark: Instant | None = Field(None, description="large sitemap: items dated before it are known, digest or not")
    revised: Hints | None = Field(None, description="page: what its source said while it was being fetched")
    born_at: Instant | None = Field(
        None, description="page: from when on the ages at which it is looked at are counted"
    )
    gone_at: Instant | None = Field(None, description="page: when it was first not to be found, if it was not since")
    interval_s: float | None = Field(
        None, description="the interval of the last poll, without its jitter; of a list that another leads to: its rest"
    )
    pace: Pace | None = None
    pulse: Pulse | None = None
    min_interval_s: int | None = None
    max_interval_s: int | None = None
    robots: str | None = Field(None, description="robots.txt, at most 500 KiB; absent when the host has none")
    robots_access: Literal["rules", "allow-all", "wait"] | None = None
    tdm_rules: list[TdmRule] = Field(default_factory=list, description="rights: of the host's tdmrep.json")
    host_not_before: Instant | None = Field(None, description="Retry-After of the host")
    breaker: Breaker | None = Field(None, description="robots: how the host has failed of late, if it did")

    def occurred_at(self) -> datetime:
        return self.changed_at

    def subject(self) -> str:
        return self.url

    def packed(self, key: str) -> bytes:
        return self.kept(key, self.to_wire()[0])

    @classmethod
    def kept(cls, key: str, value: bytes) -> bytes:
        return pack_page(key, value)

    @classmethod
    def unpacked(cls, key: str, value: bytes) -> FrontierEntry:
        return cls.from_wire(unpack_page(key, value), {})


class LedgerEntry(Event):
    """
    The newest known version of an article, enough to judge the next and to publish this one again.
    """

    ce_type: ClassVar[str] = "news.ledger.entry.v1"
    is_many: ClassVar[bool] = True

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
    is_thin: bool = Field(default=False, description="so old that its sketch was forgotten")
    known_on: Instant | None = Field(
        None, description="the day on which it was last published or seen; absent: that of revisedAt"
    )

    def occurred_at(self) -> datetime:
        return self.revised_at

    def subject(self) -> str:
        return self.url

    def packed(self, key: str) -> bytes:
        if str(self.article_id) != key:
            return super().packed(key)
        try:
            return pack(self.__dict__)
        except UnusualError:
            return super().packed(key)

    @classmethod
    def unpacked(cls, key: str, value: bytes) -> LedgerEntry:
        if value.startswith(b"{"):
            return super().unpacked(key, value)
        return _ANY_ENTRY.model_copy(update={"article_id": UUID(key), **unpack(value)})


_ANY_ENTRY = LedgerEntry(
    article_id=UUID(int=0),
    url="",
    version=1,
    page_id=UUID(int=0),
    revised_at=datetime.min.replace(tzinfo=UTC),
    generation=0,
    published_page_id=UUID(int=0),
    field_digests={},
    sketch=[],
)
"""To be copied, with all fields: a third of the time that it takes to make an entry from nothing."""


class SiteLines(Event):
    """
    Lines that a site repeats from page to page, as known from one moment on. Never changed: the next has another key.
    """

    ce_type: ClassVar[str] = "news.site.lines.v1"

    site: str
    valid_from: Instant = Field(description="pages fetched from then on are cleaned with it, until the next one's")
    lines: dict[str, int] = Field(
        max_length=300,
        description="16 hexadecimal digits of a folded line (BLAKE2b): the share of articles that it stood in, percent",
    )
    articles: int = Field(ge=0, description="how many articles the shares are of")
    page_id: UUID = Field(description="the page that led to it")

    def occurred_at(self) -> datetime:
        return self.valid_from

    def subject(self) -> str:
        return f"https://{self.site}/"
