"""
A tagged article as one row of a table: what the examples, the sinks and `verify-consumer` all keep of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Row:
    """
    One article. Its columns are these fields, in this order.

    Attributes:
        status: usable, corrected or withdrawn (`pubStatus`).
        published: As its publisher stated it (`datePublished`).
    """

    id: str
    version: int
    status: str
    url: str
    headline: str
    published: str | None
    language: str | None
    body: str


COLUMNS = tuple(field.name for field in fields(Row))


def row_of(event: Mapping[str, Any]) -> Row:
    """
    The row of an event, given as JSON.

    Raises:
        KeyError, TypeError, ValueError: It is no event of ours.
    """
    return Row(
        id=str(event["articleId"]),
        version=int(event["version"]),
        status=str(event.get("pubStatus", "usable")),
        url=str(event["url"]),
        headline=str(event["headline"]),
        published=event.get("datePublished"),
        language=event.get("inLanguage"),
        body=str(event["articleBody"]),
    )
