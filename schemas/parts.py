"""
The pieces that several events share. Field names follow schema.org where it has one; spans are character positions,
half open, in the field that they name.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.base import Instant, Part

EntityType = Literal["person", "organisation", "place", "event", "product"]
TextField = Literal["headline", "description", "articleBody"]
Reservation = Literal["noai", "tdm"]
PubStatus = Literal["usable", "corrected", "withdrawn"]


class ListRules(Part):
    """
    What an operator sets on a source for reading its lists. Travels with requests for lists, never with pages.
    """

    headers: dict[str, str] = Field(default_factory=dict, description="sent to the source's own origin only")
    allow: list[str] = Field(default_factory=list, description="regular expressions; a link has to match one, if any")
    deny: list[str] = Field(default_factory=list, description="regular expressions; a link that matches one is left")
    max_age_s: int | None = Field(None, description="links with an older date are left")
    level: int = Field(0, ge=0, description="lists between the source and this one")
    max_interval_s: int | None = Field(None, ge=1, description="of the source: lists are asked at least so often")


class Hints(Part):
    """
    What a feed or sitemap said about a page before the page was fetched; evidence, not truth.
    """

    title: str | None = None
    summary: str | None = Field(None, description="may hold HTML, as delivered")
    content: str | None = Field(None, description="full text of the item, may hold HTML")
    author: str | None = None
    published: str | None = Field(None, description="as stated, unparsed")
    modified: str | None = Field(None, description="as stated, unparsed, where it is told apart from `published`")
    language: str | None = None
    guid: str | None = None
    labels: dict[str, str] = Field(default_factory=dict, description="set by the operator on the source")
    rules: ListRules | None = Field(None, description="of requests for lists: how these are to be read")


class Origin(Part):
    """
    The place of a record in Kafka.
    """

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"


class Provenance(Part):
    """
    What produced a value and how sure it is.
    """

    source: str = Field(description="json-ld, meta, microdata, time-element, feed, url, text, header, model name, ...")
    score: float | None = Field(None, ge=0, le=1, description="confidence, where there is one")
    precision: Literal["instant", "local", "day"] | None = Field(
        None, description="of a time: with an offset, without one, or a date only"
    )


class Author(Part):
    """
    A schema.org Person or Organization.
    """

    type: Literal["Person", "Organization"] = "Person"
    name: str
    url: str | None = None


class Publisher(Part):
    """
    Who publishes the page, by its own words or its site.
    """

    name: str
    url: str | None = None


class Image(Part):
    """
    An image that the page names as its own.
    """

    url: str
    caption: str | None = None
    credit: str | None = None


class Rights(Part):
    """
    What a publisher states on the way to a page of how it may be used; evidence, not a judgement.
    """

    robots: list[str] = Field(
        default_factory=list, description="directives of X-Robots-Tag and robots meta elements, in lower case"
    )
    tdm_reservation: bool | None = Field(
        None, description="TDM Reservation Protocol: whether text and data mining is reserved; absent: not stated"
    )
    tdm_policy: str | None = Field(None, description="where a licence can be had")
    tdm_source: Literal["meta", "header", "file"] | None = Field(
        None, description="where that is stated; file: the host's /.well-known/tdmrep.json"
    )


class Removal(Part):
    """
    A line that was taken out of the body, and why.
    """

    rule: str = Field(description="the class of the rule: skip-link, back-to-top, share, title-repeated, ...")
    text: str = Field(description="at most 200 characters of it")
    at: int | None = Field(None, ge=0, description="where it stood: a character position in what is left, articleBody")
    score: float | None = Field(None, ge=0, le=1, description="how sure that is, where it was judged and not matched")


class Truncation(Part):
    """
    The body ends where a paywall begins, and why that is thought.
    """

    evidence: list[
        Literal["stated-not-free", "content-tier", "wall-element", "prompt", "cut-sentence", "shorter-than-stated"]
    ] = Field(description="what tells it; at least two, or the prompt alone")
    prompt: str | None = Field(None, description="the words that ask for a subscription, at most 200 characters")


class LiveEntry(Part):
    """
    One update of a live blog, and where it stands in the body.
    """

    headline: str | None = None
    date_published: str | None = Field(None, description="as stated, unparsed")
    start: int = Field(ge=0, description="character positions in articleBody, half open")
    end: int = Field(ge=0)


class Mention(Part):
    """
    Where a name stands.
    """

    field: TextField = "articleBody"
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str


class Entity(Part):
    """
    One thing of the world, however it is written in the article.
    """

    type: EntityType
    name: str
    mentions: list[Mention]
    salience: float = Field(ge=0, le=1, description="share of the article's attention")
    score: float = Field(ge=0, le=1)
    source: str = Field(description="facet and version that found it")
    wikidata: str | None = None


class Place(Part):
    """
    A place on the map.
    """

    name: str
    mentions: list[Mention]
    geonames_id: int | None = None
    latitude: float | None = Field(None, ge=-90, le=90, description="degrees, WGS 84")
    longitude: float | None = Field(None, ge=-180, le=180, description="degrees, WGS 84")
    country_code: str | None = Field(None, description="ISO 3166-1 alpha-2")
    score: float = Field(ge=0, le=1)
    source: str


class Subject(Part):
    """
    An IPTC Media Topic.
    """

    id: str = Field(description="medtop:16000000")
    name: str
    score: float = Field(ge=0, le=1)
    source: str
    wikidata: str | None = None


class Keyword(Part):
    """
    A phrase that a person would search by.
    """

    text: str
    score: float = Field(ge=0, le=1)
    source: str


class FacetStatus(Part):
    """
    Whether a facet spoke on this article: an absent list is never taken for an empty one.
    """

    status: Literal["ok", "unsupported-language", "failed"]
    model: str
    version: str


class Timeline(Part):
    """
    When the article came by, for freshness. All from the input.
    """

    discovered_at: Instant | None = Field(None, description="when a source first listed it")
    fetched_at: Instant
