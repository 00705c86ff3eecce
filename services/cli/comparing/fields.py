"""
What of two articles is compared, as the contract names it. Pure.

Left out is what says how a value was come by: provenance, scores, spans, removed lines; what is copied from the page:
ids, labels, times of fetching; and what the ledger decides: version, changed fields, status.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

Document = Mapping[str, Any]
"""An article as JSON has it."""

Value = tuple[str, ...]
"""What a field says, as a person would read it: the paragraphs of a text, the entries of a list. Empty: nothing."""


class Kind(Enum):
    """
    How a difference is told: by length, as it is, or by entries.
    """

    TEXT = "text"
    VALUE = "value"
    LIST = "list"


@dataclass(frozen=True)
class Field:
    """
    A field by its name on the wire.

    Attributes:
        is_tag: The tagger makes it.
    """

    name: str
    kind: Kind
    read: Callable[[Document], Value]
    is_tag: bool = False


def _text(name: str) -> Field:
    return Field(name, Kind.TEXT, lambda article: tuple(filter(None, (article.get(name) or "").split("\n\n"))))


def _value(name: str, *, is_tag: bool = False) -> Field:
    return Field(name, Kind.VALUE, lambda article: _told(article.get(name)), is_tag)


def _told(value: object) -> Value:
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    return (str(value),) if value else ()


def _list(name: str, entry: Callable[[Any], str], *, is_tag: bool = False) -> Field:
    return Field(name, Kind.LIST, lambda article: tuple(map(entry, article.get(name) or ())), is_tag)


FIELDS: tuple[Field, ...] = (
    _text("headline"),
    _text("description"),
    _text("articleBody"),
    _text("articleBodyMarkdown"),
    _text("articleBodyHtml"),
    _list("author", lambda author: author["name"]),
    Field("publisher", Kind.VALUE, lambda article: _told((article.get("publisher") or {}).get("name"))),
    _value("datePublished"),
    _value("dateModified"),
    _value("url"),
    _value("additionalType"),
    _value("articleSection"),
    _value("isAccessibleForFree"),
    Field("truncation", Kind.LIST, lambda article: tuple((article.get("truncation") or {}).get("evidence", ()))),
    _list("correction", str),
    _list("publisherKeywords", str),
    _list("image", lambda image: image["url"]),
    _list("liveBlogUpdate", lambda update: update.get("headline") or update.get("datePublished") or "untitled"),
    _value("pubStatus"),
    _value("inLanguage", is_tag=True),
    _list("subjects", lambda subject: f"{subject['name']} ({subject['id']})", is_tag=True),
    _list("entities", lambda entity: f"{entity['name']} ({entity['type']})", is_tag=True),
    _list("places", lambda place: place["name"] + _number(place), is_tag=True),
    _list("keywords", lambda keyword: keyword["text"], is_tag=True),
    Field("facets", Kind.LIST, lambda article: _facets(article.get("facets") or {}), is_tag=True),
)

BY_NAME: Mapping[str, Field] = {field.name: field for field in FIELDS}


def _number(place: Document) -> str:
    return f" ({place['geonamesId']})" if "geonamesId" in place else ""


def _facets(facets: Mapping[str, Document]) -> Value:
    """
    Which facets spoke, without the models' versions.
    """
    return tuple(f"{name}: {facet['status']}" for name, facet in sorted(facets.items()))


def pairs(before: Document | None, after: Document | None, *, tags: bool) -> dict[str, tuple[Value, Value]]:
    """
    The tags, or the other fields, of two articles, by name; none where one of the two is missing.
    """
    if before is None or after is None:
        return {}
    return {field.name: (field.read(before), field.read(after)) for field in FIELDS if field.is_tag == tags}
