"""
The events, in the order in which an article meets them.

    FetchRequested -> PageFetched -> ArticleCleaned -> ArticleTagged
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field

from schemas.base import Event, Instant, Part
from schemas.ids import page_id
from schemas.parts import (
    Author,
    Entity,
    FacetStatus,
    Hints,
    Image,
    Keyword,
    LiveEntry,
    Place,
    Provenance,
    Publisher,
    PubStatus,
    Removal,
    Reservation,
    Rights,
    Subject,
    Timeline,
    Truncation,
)
from schemas.sites import site_of

MAX_BODY_BYTES = 5 * 1024 * 1024
"""A body after content decoding; anything above is a dead letter (see the sizes in docs/architecture.md)."""

MAX_PAGE_META_BYTES = 32 * 1024
"""`PageMeta` as one JSON header; longer lists are cut, and the cut is marked."""

PAGE_META_HEADER = "page_meta"


class FetchRequested(Event):
    """
    Somebody wants this URL fetched: a person, a feed that lists it, a redirect that leads to it.
    """

    ce_type: ClassVar[str] = "news.fetch.requested.v1"

    url: str = Field(min_length=1, max_length=4096)
    kind: Literal["page", "feed"] = "page"
    requested_at: Instant
    source_url: str | None = Field(None, description="the source that listed it")
    hints: Hints = Hints()
    chain: list[str] = Field(default_factory=list, max_length=20, description="redirects followed so far, across sites")

    def occurred_at(self) -> datetime:
        return self.requested_at

    def subject(self) -> str:
        return self.url


class PageMeta(Part):
    """
    All that is known of a page besides its bytes; the `page_meta` header of `news.page.fetched`.
    """

    url: str = Field(description="final URL, after redirects")
    request_url: str
    article_id: UUID
    page_id: UUID
    site: str
    status: int
    fetched_at: Instant
    content_type: str | None = Field(None, description="the Content-Type header, as delivered")
    body_sha256: str
    headers: dict[str, str] = Field(default_factory=dict, description="response headers that matter later, lower case")
    canonical_url: str | None = Field(None, description="as the page states it, believed or not")
    chain: list[str] = Field(default_factory=list, description="URLs that redirected here")
    source_url: str | None = None
    discovered_at: Instant | None = None
    hints: Hints = Hints()
    rights: Rights | None = Field(None, description="what the publisher states of how the page may be used, if it does")
    reserved: list[Reservation] | None = Field(None, description="what of it the fetcher's policy marks")
    pub_status: Literal["withdrawn"] | None = Field(
        None,
        description="withdrawn: 404 or 410, twice, at least an hour apart; `status` is the last one, the body empty",
    )
    cut: list[str] = Field(default_factory=list, description="fields that were shortened to fit the header")

    @classmethod
    def of(
        cls, body_sha256: str, *, url: str, fetched_at: datetime, request_url: str | None = None, **more: Any
    ) -> Self:
        """
        What is known of a page; its id and its site follow from the rest. `more` holds the other fields.
        """
        asked = request_url or url
        return cls(
            url=url,
            request_url=asked,
            page_id=page_id(asked, fetched_at, body_sha256),
            site=site_of(url),
            fetched_at=fetched_at,
            body_sha256=body_sha256,
            **{"status": 200, **more},
        )


class PageFetched(Event):
    """
    A page as delivered. The record's value is the body, bytes untouched after content decoding; `meta` is a header.
    """

    ce_type: ClassVar[str] = "news.page.fetched.v1"
    content_type: ClassVar[str] = "application/octet-stream"

    meta: PageMeta
    body: bytes = Field(max_length=MAX_BODY_BYTES)

    def occurred_at(self) -> datetime:
        return self.meta.fetched_at

    def subject(self) -> str:
        return self.meta.url

    def attributes(self) -> Mapping[str, str]:
        return {"site": self.meta.site, "articleid": str(self.meta.article_id)}

    def to_wire(self) -> tuple[bytes, dict[str, bytes]]:
        return self.body, {PAGE_META_HEADER: self.meta.to_json()}

    @classmethod
    def from_wire(cls, value: bytes, headers: Mapping[str, bytes]) -> Self:
        if PAGE_META_HEADER not in headers:
            raise ValueError(f"header {PAGE_META_HEADER!r} is missing")
        return cls(meta=PageMeta.model_validate_json(headers[PAGE_META_HEADER]), body=value)

    @classmethod
    def wire_schema(cls) -> dict[str, Any]:
        return PageMeta.model_json_schema(by_alias=True, mode="serialization")


class Article(Event):
    """
    What the cleaner finds in a page; the part that `ArticleCleaned` and `ArticleTagged` have in common.
    """

    article_id: UUID
    page_id: UUID
    url: str = Field(description="the page's own canonical URL where it is believed, else the final URL")
    site: str
    source_url: str | None = None
    headline: str
    description: str | None = Field(None, description="standfirst; not repeated in the body by us")
    article_body: str = Field(description="clean text; paragraphs apart by one empty line")
    article_body_markdown: str | None = Field(None, description="the same as CommonMark, where that is switched on")
    article_body_html: str | None = Field(None, description="the same as minimal safe HTML, where that is switched on")
    author: list[Author] = Field(default_factory=list)
    publisher: Publisher | None = None
    date_published: str | None = Field(
        None, description="RFC 3339 with the offset as stated, or a date, or a local time"
    )
    date_modified: str | None = None
    date_published_utc: str | None = Field(None, description="the same moment in UTC; only where its zone was stated")
    date_modified_utc: str | None = Field(None, description="the same, of the last change")
    additional_type: str | None = Field(
        None, description="schema.org's type, e.g. OpinionNewsArticle, LiveBlogPosting, ImageGallery; or PressRelease"
    )
    in_language: str | None = Field(None, description="BCP 47 primary subtag, e.g. en")
    article_section: str | None = None
    publisher_keywords: list[str] = Field(default_factory=list, description="as the publisher tagged it")
    is_accessible_for_free: bool | None = None
    truncation: Truncation | None = Field(None, description="only where the body ends at a paywall")
    correction: list[str] | None = Field(None, description="notices in the text that it was corrected")
    image: list[Image] = Field(default_factory=list)
    live_blog_update: list[LiveEntry] | None = Field(None, description="of a live blog: its updates, in body order")
    timeline: Timeline
    reserved: list[Reservation] | None = Field(
        None,
        description="what its publisher reserves: noai, tdm (text and data mining); absent: nothing that is marked",
    )
    labels: dict[str, str] = Field(default_factory=dict)
    provenance: dict[str, Provenance] = Field(default_factory=dict, description="by field name")

    def occurred_at(self) -> datetime:
        return self.timeline.fetched_at

    def subject(self) -> str:
        return self.url

    def attributes(self) -> Mapping[str, str]:
        return {"site": self.site, "language": self.in_language or "und"}

    def milestones(self) -> Mapping[str, datetime]:
        stated = self.provenance.get("datePublished")
        is_exact = stated is not None and stated.precision == "instant"
        published = _instant(self.date_published) if is_exact else None
        found = {"published": published, "discovered": self.timeline.discovered_at, "fetched": self.timeline.fetched_at}
        return {name: moment for name, moment in found.items() if moment is not None}


def _instant(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None


class ArticleCleaned(Article):
    """
    One article, freed of everything around it.
    """

    ce_type: ClassVar[str] = "news.article.cleaned.v1"

    generation: int = Field(description="of the cleaner; raised by each release that changes outcomes")
    pub_status: Literal["withdrawn"] | None = Field(
        None, description="withdrawn: the page is gone; headline and body are empty"
    )
    removed: list[Removal] = Field(default_factory=list, max_length=50, description="what was taken out, the first 50")


class ArticleTagged(Article):
    """
    One version of an article, with what an editor would write on it. The public contract.
    """

    ce_type: ClassVar[str] = "news.article.tagged.v1"

    version: int = Field(ge=1)
    pub_status: PubStatus = Field("usable", description="withdrawn: the page is gone; headline and body are empty")
    revised_at: Instant = Field(description="when this version was fetched; the order of versions")
    changed_fields: list[str] = Field(
        default_factory=list, description="against the version before; empty in the first"
    )
    change_ratio: float | None = Field(
        None,
        ge=0,
        le=1,
        description="share of the body that is new; absent in the first, and where the one before is long past",
    )
    article_body_extent: Literal["excerpt", "none"] | None = Field(
        None, description="excerpt: the body is at most its beginning; none: it is empty by setting; absent: all of it"
    )
    word_count: int = Field(ge=0, description="of the whole body, however much of it is here")
    reading_time_s: int = Field(ge=0, description="seconds at 230 words a minute")
    subjects: list[Subject] | None = Field(None, description="IPTC Media Topics, best first")
    entities: list[Entity] | None = None
    places: list[Place] | None = None
    keywords: list[Keyword] | None = None
    facets: dict[str, FacetStatus] = Field(default_factory=dict)
    removed: list[Removal] = Field(default_factory=list, max_length=50)

    def attributes(self) -> Mapping[str, str]:
        first = {"mediatopic": self.subjects[0].id} if self.subjects else {}
        return {
            **super().attributes(),
            **first,
            "version": str(self.version),
            "pubstatus": self.pub_status,
        }

    def milestones(self) -> Mapping[str, datetime]:
        """
        Of a later version only its fetch: how old an article is when it is edited does not tell how soon that is told.
        """
        found = super().milestones()
        return found if self.version == 1 else {"fetched": found["fetched"]}
