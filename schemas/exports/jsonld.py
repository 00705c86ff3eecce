"""
schema.org NewsArticle as JSON-LD: what search engines and knowledge graphs read. https://schema.org/NewsArticle

An article has one `@id` in all its versions. Of a text that is not here as a whole, the beginning is its `abstract`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.events import ArticleTagged
from schemas.exports.identifiers import (
    MEDIA_TOPICS,
    article_uri,
    geonames,
    media_topic,
    moment,
    unplaced,
    uri,
    wikidata,
)
from schemas.parts import Author, Entity, Image, LiveEntry, Place, Publisher, Subject

CONTEXT = "https://schema.org"

ARTICLE_TYPES = frozenset(
    {
        "AdvertiserContentArticle",
        "AnalysisNewsArticle",
        "Article",
        "AskPublicNewsArticle",
        "BackgroundNewsArticle",
        "BlogPosting",
        "LiveBlogPosting",
        "NewsArticle",
        "OpinionNewsArticle",
        "ReportageNewsArticle",
        "Report",
        "ReviewNewsArticle",
        "SatiricalArticle",
        "ScholarlyArticle",
        "TechArticle",
    }
)
"""schema.org's Article and types below it; what else an article says it is, a press release say, is its `genre`."""

STATUS = {"usable": "Published", "corrected": "Corrected", "withdrawn": "Withdrawn"}

THINGS = {
    "person": "Person",
    "organisation": "Organization",
    "event": "Event",
    "product": "Product",
    "place": "Place",
}


def news_article(article: ArticleTagged) -> dict[str, Any]:
    """
    An article as a schema.org NewsArticle, or a type below it; what is not known is absent.
    """
    return _present({**_identity(article), **_text(article), **_tags(article)})


def taken_down(article_id: str) -> dict[str, Any]:
    """
    The object for a record without a value: the article has to go.
    """
    named = {"@context": CONTEXT, "@type": "NewsArticle", "@id": article_uri(article_id)}
    return {**named, "creativeWorkStatus": STATUS["withdrawn"]}


def _identity(article: ArticleTagged) -> dict[str, Any]:
    stated = article.additional_type
    return {
        "@context": CONTEXT,
        "@type": stated if stated in ARTICLE_TYPES else "NewsArticle",
        "@id": article_uri(article.article_id),
        "genre": None if stated in ARTICLE_TYPES else stated,
        "url": uri(article.url),
        "version": article.version,
        "creativeWorkStatus": STATUS[article.pub_status],
        "datePublished": article.date_published,
        "dateModified": article.date_modified,
        "inLanguage": article.in_language,
        "isAccessibleForFree": article.is_accessible_for_free,
        "conditionsOfAccess": f"Reserved by the publisher: {', '.join(article.reserved)}" if article.reserved else None,
        "author": [_author(author) for author in article.author],
        "publisher": article.publisher and _publisher(article.publisher),
    }


def _text(article: ArticleTagged) -> dict[str, Any]:
    is_whole = article.article_body_extent is None
    return {
        "headline": article.headline,
        "description": article.description,
        "articleBody" if is_whole else "abstract": article.article_body,
        "articleSection": article.article_section,
        "wordCount": article.word_count or None,
        "timeRequired": f"PT{article.reading_time_s}S" if article.reading_time_s else None,
        "correction": article.correction,
        "image": [_image(image) for image in article.image],
        "liveBlogUpdate": [_update(entry, article.article_body) for entry in article.live_blog_update or ()],
    }


def _tags(article: ArticleTagged) -> dict[str, Any]:
    words = [*article.publisher_keywords, *(keyword.text for keyword in article.keywords or ())]
    return {
        "keywords": list(dict.fromkeys(words)),
        "about": [_subject(subject) for subject in article.subjects or ()],
        "mentions": [*_entities(article), *(_place(place) for place in article.places or ())],
    }


def _author(author: Author) -> dict[str, Any]:
    return _present({"@type": author.type, "name": author.name, "url": author.url and uri(author.url)})


def _publisher(publisher: Publisher) -> dict[str, Any]:
    url = publisher.url and uri(publisher.url)
    return _present({"@type": "Organization", "name": publisher.name, "url": url})


def _image(image: Image) -> dict[str, Any]:
    told = {"contentUrl": uri(image.url), "caption": image.caption, "creditText": image.credit}
    return _present({"@type": "ImageObject", **told})


def _update(entry: LiveEntry, body: str) -> dict[str, Any]:
    told = {"headline": entry.headline, "datePublished": moment(entry.date_published)}
    return _present({"@type": "BlogPosting", **told, "articleBody": body[entry.start : entry.end]})


def _subject(subject: Subject) -> dict[str, Any]:
    return _present(
        {
            "@type": "DefinedTerm",
            "@id": media_topic(subject),
            "name": subject.name,
            "termCode": subject.id,
            "inDefinedTermSet": MEDIA_TOPICS,
            "sameAs": wikidata(subject),
        }
    )


def _entities(article: ArticleTagged) -> Iterator[dict[str, Any]]:
    return (_entity(entity) for entity in unplaced(article.entities, article.places))


def _entity(entity: Entity) -> dict[str, Any]:
    return _present({"@type": THINGS[entity.type], "name": entity.name, "sameAs": wikidata(entity)})


def _place(place: Place) -> dict[str, Any]:
    address = {"@type": "PostalAddress", "addressCountry": place.country_code} if place.country_code else None
    point = None
    if place.latitude is not None and place.longitude is not None:
        point = {"@type": "GeoCoordinates", "latitude": place.latitude, "longitude": place.longitude}
    told = {"name": place.name, "sameAs": geonames(place), "address": address, "geo": point}
    return _present({"@type": "Place", **told})


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", [])}
