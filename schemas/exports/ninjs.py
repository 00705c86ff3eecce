"""
IPTC ninjs 3.1: the JSON that news agencies and their systems exchange. https://iptc.org/standards/ninjs/

An item has the article's name in all its versions, so whoever keeps the last item of each `uri` has what is the case.
ninjs knows no corrected or withdrawn item: a withdrawal is `canceled`, as is one that was taken down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.base import rfc3339
from schemas.events import ArticleTagged
from schemas.exports.identifiers import article_uri, geonames, media_topic, moment, unplaced, uri, wikidata
from schemas.parts import Entity, Image, Keyword, LiveEntry, Place, Subject

VERSION = "3.1"

STANDARD = {
    "name": "ninjs",
    "version": VERSION,
    "schema": f"http://www.iptc.org/std/ninjs/ninjs-schema_{VERSION}.json#",
}

GROUPS = {
    "person": "people",
    "organisation": "organisations",
    "event": "events",
    "product": "objects",
    "place": "places",
}
"""Where ninjs lists an entity, by its type."""

RESERVATIONS = {"tdm": "text and data mining", "noai": "use for artificial intelligence"}


def item(article: ArticleTagged) -> dict[str, Any]:
    """
    An article as a ninjs item; what is not known is absent.
    """
    return _present(
        {
            **_identity(article),
            **_text(article),
            **_things(article),
            "subjects": [*map(_subject, article.subjects or ()), *map(_keyword, article.keywords or ())],
            "associations": [*_pictures(article), *_updates(article)],
        }
    )


def taken_down(article_id: str) -> dict[str, Any]:
    """
    The item for a record without a value: the article has to go.
    """
    return {"uri": article_uri(article_id), "standard": STANDARD, "pubStatus": "canceled"}


def _identity(article: ArticleTagged) -> dict[str, Any]:
    created = rfc3339(article.revised_at)
    is_whole = article.article_body_extent is None and article.truncation is None
    return {
        "uri": article_uri(article.article_id),
        "standard": STANDARD,
        "type": "text",
        "representationType": "full" if is_whole else "partial",
        "version": str(article.version),
        "firstCreated": created if article.version == 1 else None,
        "versionCreated": created,
        "contentCreated": moment(article.date_published_utc or article.date_published),
        "pubStatus": "canceled" if article.pub_status == "withdrawn" else "usable",
        "usageTerms": _terms(article),
        "edNote": f"Changed: {', '.join(article.changed_fields)}" if article.changed_fields else None,
        "language": article.in_language,
        "genres": [{"literal": article.additional_type}] if article.additional_type else [],
        "altIds": [{"role": "url", "value": article.url}, {"role": "page", "value": str(article.page_id)}],
    }


def _terms(article: ArticleTagged) -> str | None:
    if not article.reserved:
        return None
    return "Reserved by the publisher: " + ", ".join(RESERVATIONS[each] for each in article.reserved)


def _text(article: ArticleTagged) -> dict[str, Any]:
    notes = ((article.description, "summary"), *((text, "correction") for text in article.correction or ()))
    publisher = article.publisher
    source = publisher and _present({"name": publisher.name, "role": "publisher", "uri": _maybe(publisher.url)})
    return {
        "title": article.headline,
        "by": ", ".join(author.name for author in article.author),
        "headlines": [{"role": "main", "value": article.headline}] if article.headline else [],
        "descriptions": [{"role": role, "value": text} for text, role in notes if text],
        "bodies": list(_bodies(article)),
        "infoSources": [source] if source else [],
    }


def _bodies(article: ArticleTagged) -> Iterator[dict[str, Any]]:
    forms = {
        "text/plain": article.article_body,
        "text/markdown": article.article_body_markdown,
        "text/html": article.article_body_html,
    }
    for content_type, text in forms.items():
        if text:
            is_plain = content_type == "text/plain"
            counts = {"charCount": len(text)} if is_plain else {}
            if is_plain and article.article_body_extent is None:
                counts["wordCount"] = article.word_count
            yield {"role": "main", "contentType": content_type, **counts, "value": text}


def _things(article: ArticleTagged) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {group: [] for group in GROUPS.values()}
    for entity in unplaced(article.entities, article.places):
        groups[GROUPS[entity.type]].append(_entity(entity))
    groups["places"] += map(_place, article.places or ())
    return groups


def _entity(entity: Entity) -> dict[str, Any]:
    return _present({"name": entity.name, "rel": "mentions", "uri": wikidata(entity)})


def _place(place: Place) -> dict[str, Any]:
    point = None
    if place.latitude is not None and place.longitude is not None:
        point = {"type": "Point", "coordinates": [place.longitude, place.latitude]}
    return _present({"name": place.name, "rel": "mentions", "uri": geonames(place), "geoJSON": point})


def _subject(subject: Subject) -> dict[str, Any]:
    return {"name": subject.name, "rel": "about", "uri": media_topic(subject), **_said(subject)}


def _keyword(keyword: Keyword) -> dict[str, Any]:
    return {"name": keyword.text, "rel": "keyword", **_said(keyword)}


def _said(value: Subject | Keyword) -> dict[str, Any]:
    return {"creator": value.source, "confidence": round(value.score * 100)}


def _pictures(article: ArticleTagged) -> Iterator[dict[str, Any]]:
    for number, image in enumerate(article.image, start=1):
        yield _picture(number, image)


def _picture(number: int, image: Image) -> dict[str, Any]:
    return _present(
        {
            "name": f"picture-{number}",
            "uri": uri(image.url),
            "type": "picture",
            "copyrightNotice": image.credit,
            "descriptions": [{"role": "caption", "value": image.caption}] if image.caption else [],
            "renditions": [{"name": "original", "href": uri(image.url)}],
        }
    )


def _updates(article: ArticleTagged) -> Iterator[dict[str, Any]]:
    for number, entry in enumerate(article.live_blog_update or (), start=1):
        yield _update(f"update-{number}", entry, article)


def _update(name: str, entry: LiveEntry, article: ArticleTagged) -> dict[str, Any]:
    text = article.article_body[entry.start : entry.end]
    return _present(
        {
            "name": name,
            "uri": f"{article_uri(article.article_id)}#{name}",
            "type": "component",
            "contentCreated": moment(entry.date_published),
            "headlines": [{"role": "main", "value": entry.headline}] if entry.headline else [],
            "bodies": [{"role": "main", "contentType": "text/plain", "value": text}] if text else [],
        }
    )


def _maybe(url: str | None) -> str | None:
    return uri(url) if url else None


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", [])}
