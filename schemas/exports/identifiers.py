"""
How things are named for the rest of the world: URIs of articles, Media Topics, places and entities.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import quote

from schemas.parts import Entity, Place, Subject

MEDIA_TOPICS = "http://cv.iptc.org/newscodes/mediatopic/"
"""IPTC's controlled vocabulary; `medtop:20000154` is `.../mediatopic/20000154`."""

_MEDIA_TOPIC_PREFIX = "medtop:"

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")

_KEPT = "!#$%&'()*+,/:;=?@~"
"""What RFC 3986 lets stand as it is in the paths and queries of hosts with a name."""

_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def article_uri(article_id: object) -> str:
    """
    The name of an article, the same in all its versions: a URN of its UUID (RFC 9562).
    """
    return f"urn:uuid:{article_id}"


def uri(url: str) -> str:
    """
    A URL as RFC 3986 has it: what a page writes with spaces or letters beyond ASCII is percent-encoded.
    """
    return quote(_LONE_PERCENT.sub("%25", url), safe=_KEPT)


def media_topic(subject: Subject) -> str:
    """
    The URI of a Media Topic.
    """
    return MEDIA_TOPICS + subject.id.removeprefix(_MEDIA_TOPIC_PREFIX)


def wikidata(thing: Entity | Subject) -> str | None:
    """
    The URI of a Wikidata item, where one is known.
    """
    return f"http://www.wikidata.org/entity/{thing.wikidata}" if thing.wikidata else None


def geonames(place: Place) -> str | None:
    """
    The URI of a GeoNames feature, where one is known.
    """
    return None if place.geonames_id is None else f"https://sws.geonames.org/{place.geonames_id}/"


def moment(stated: str | None) -> str | None:
    """
    A date with a time, seconds and a zone, or nothing: what alone may stand as a date-time of RFC 3339.
    """
    if stated is None or not _DATE_TIME.fullmatch(stated):
        return None
    try:
        datetime.fromisoformat(stated)
    except ValueError:
        return None
    return stated


def unplaced(entities: list[Entity] | None, places: list[Place] | None) -> list[Entity]:
    """
    Entities, but those that are told as places already.
    """
    told = {place.name for place in places or ()}
    return [entity for entity in entities or () if entity.type != "place" or entity.name not in told]
