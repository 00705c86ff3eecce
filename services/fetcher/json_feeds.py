"""
Reading JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from schemas.parts import Hints
from services.fetcher.listings import MAX_ENTRIES, Entry, Listing, NotAListError, cut


def read_json_feed(body: bytes, url: str) -> Listing:
    """
    Read a JSON Feed.

    Raises:
        NotAListError: It is none.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAListError(f"not JSON: {error}"[:200]) from None
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise NotAListError("JSON without a list of items")
    if not isinstance(document.get("version"), str) or not isinstance(document.get("title", ""), str):
        raise NotAListError("JSON that is no JSON Feed")
    items = [item for item in document["items"] if isinstance(item, dict)]
    entries = tuple(_entry(item, document, url) for item in items[:MAX_ENTRIES])
    return Listing(entries, is_cut=len(items) > MAX_ENTRIES)


def _entry(item: Mapping[str, Any], feed: Mapping[str, Any], base: str) -> Entry:
    published, modified = _text(item, "date_published"), _text(item, "date_modified")
    hints = Hints(
        title=_text(item, "title"),
        summary=_text(item, "summary"),
        content=_text(item, "content_html") or _text(item, "content_text"),
        author=_author(item) or _author(feed),
        published=published or modified,
        modified=modified if modified != published else None,
        language=_text(item, "language") or _text(feed, "language"),
        guid=_guid(item.get("id")),
    )
    links = ((_text(item, "url"), base), (_text(item, "external_url"), base), (hints.guid, None))
    return Entry(links, hints)


def _author(of: Mapping[str, Any]) -> str | None:
    """
    Version 1.1 has `authors`, version 1 had one `author`.
    """
    stated = of.get("authors")
    authors = stated if isinstance(stated, list) else [of.get("author")]
    names = [_text(author, "name") for author in authors if isinstance(author, dict)]
    return cut(", ".join(name for name in names if name))


def _guid(stated: Any) -> str | None:
    # An id is a string, but numbers are common and meant as one.
    is_number = isinstance(stated, int | float) and not isinstance(stated, bool)
    return cut(str(stated).strip()) if is_number or isinstance(stated, str) else None


def _text(of: Mapping[str, Any], name: str) -> str | None:
    value = of.get(name)
    return cut(value.strip()) if isinstance(value, str) else None
