"""
A record of tagged articles as somebody wants it: a line for people, the event itself, or the words of a standard.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from schemas.events import ArticleTagged
from schemas.exports import jsonld, ninjs
from services.cli.lines import article_line
from services.cli.options import Format
from services.runtime.record import Record


class Standard(NamedTuple):
    """
    How a standard tells an article, and one that was taken down.
    """

    article: Callable[[ArticleTagged], dict[str, Any]]
    taken_down: Callable[[str], dict[str, Any]]


STANDARDS = {
    Format.NINJS: Standard(ninjs.item, ninjs.taken_down),
    Format.JSONLD: Standard(jsonld.news_article, jsonld.taken_down),
}


def formed(record: Record, form: Format) -> str:
    """
    One record on one line; as JSON it is the value's own bytes. A record without a value: the article was taken down.
    """
    if form in STANDARDS:
        return json.dumps(_told(record, STANDARDS[form]), ensure_ascii=False)
    if record.value is None:
        return _taken_down(record, form)
    if form is Format.JSON:
        return record.value.decode()
    return article_line(ArticleTagged.from_wire(record.value, record.headers), record.timestamp).text()


def _told(record: Record, standard: Standard) -> dict[str, Any]:
    if record.value is None:
        return standard.taken_down(_key(record))
    return standard.article(ArticleTagged.from_wire(record.value, record.headers))


def _taken_down(record: Record, form: Format) -> str:
    if form is Format.JSON:
        return json.dumps({"articleId": _key(record), "pubStatus": "canceled"})
    return f"{record.timestamp.astimezone():%H:%M:%S}  taken down: {_key(record)}"


def _key(record: Record) -> str:
    return (record.key or b"").decode()
