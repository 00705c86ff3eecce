"""
JSON-LD: what a page states about itself for machines, in schema.org's words.

Publishers' JSON is read as leniently as search engines do: comments, CDATA marks, raw line breaks and trailing commas.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

MAX_NODES = 5000
"""Objects that are looked at on one page; a real page has some dozens."""

Node = Mapping[str, Any]

_ARTICLE = re.compile(r"(Article|Posting|Report|Review|Recipe|HowTo|Obituary)$")
_REVIEW = re.compile(r"Review$")
_PAGE = re.compile(r"(WebPage|ItemPage|VideoObject|Webpage)$")
_NOISE = re.compile(r"<!\[CDATA\[|\]\]>|<!--|-->|//[^\S\n]*$", re.MULTILINE)
_TRAILING_COMMA = re.compile(r",\s*([}\]])")


@dataclass(frozen=True)
class LinkedData:
    """
    The objects of a page, the best description of its article first.
    """

    nodes: tuple[Node, ...] = ()
    by_id: Mapping[str, Node] | None = None

    def first(self, name: str) -> Any:
        """
        The first value of a property that says something, or None.
        """
        return next((node[name] for node in self.nodes if node.get(name) not in (None, "", [], {})), None)

    def all(self, name: str) -> list[Node]:
        """
        The values of a property that are objects or names, with references resolved, as objects.
        """
        return [self.resolve(value) for value in as_list(self.first(name))]

    def resolve(self, value: Any) -> Node:
        """
        Turn a name, an object or a reference to one into an object.
        """
        if not isinstance(value, Mapping):
            return {"name": value}
        known = (self.by_id or {}).get(str(value.get("@id")))
        return {**known, **value} if known else value


def as_list(value: Any) -> list[Any]:
    """
    A value as a list: schema.org allows one or many everywhere.
    """
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def text_of(value: Any) -> str | None:
    """
    The text of a property on one line: a string, the `@value` or `name` of an object, or the first of a list.
    """
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, Mapping):
        value = value.get("@value") or value.get("name")
    return " ".join(unescape(value).split()) or None if isinstance(value, str) else None


def lines_of(value: Any) -> str | None:
    """
    The text of a property with its lines kept; of a list, one after the other.
    """
    texts = [text for text in as_list(value) if isinstance(text, str)]
    return "\n".join(texts) or None


def read_linked_data(scripts: Sequence[str], urls: Sequence[str]) -> LinkedData:
    """
    Read the scripts of a page.

    Args:
        scripts: Texts of the `application/ld+json` scripts, in the order of the page.
        urls: The URLs by which the page knows itself; an article that names one of them comes first.
    """
    nodes = [node for script in scripts for node in _walk(_parse(script))][:MAX_NODES]
    by_id = {str(node["@id"]): node for node in reversed(nodes) if "@id" in node and len(node) > 1}
    kinds = [node for node in nodes if _is(node, _ARTICLE)]
    articles = [node for node in kinds if "headline" in node or "articleBody" in node]
    # A recipe has a name instead of a headline. So has a review, but of what it reviews.
    articles = articles or [node for node in kinds if "datePublished" in node and not _is(node, _REVIEW)]
    own = [node for node in articles if _names(node, urls)]
    pages = [node for node in nodes if _is(node, _PAGE)]
    return LinkedData((*(own or articles)[:1], *pages[:1]), by_id)


def _parse(script: str) -> Any:
    for attempt in _readings(script):
        try:
            return _encodable(json.loads(attempt, strict=False), attempt)
        except (ValueError, RecursionError):
            continue
    return None


def _readings(script: str) -> Iterator[str]:
    """
    A script as it stands, which mostly is JSON, then as what it may have been meant for.
    """
    yield script
    cleaned = _NOISE.sub("", _without_comments(script)).strip().rstrip(";")
    yield from (cleaned, _TRAILING_COMMA.sub(r"\1", cleaned), unescape(cleaned))


def _encodable(value: Any, script: str) -> Any:
    """
    JSON can escape halves of characters, which no encoding can write.
    """
    if "\\u" not in script or "\\ud" not in script.lower():
        return value
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def _without_comments(script: str) -> str:
    before, *rest = script.split("/*")
    return before + "".join(part.partition("*/")[2] for part in rest)


def _walk(value: Any) -> Iterator[Node]:
    """
    All objects, outer before inner, in the order of the document.
    """
    level, seen = [value], 0
    while level and seen < MAX_NODES:
        below: list[Any] = []
        for item in level:
            if isinstance(item, Mapping):
                seen += 1
                yield item
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
        level = below


def _is(node: Node, kinds: re.Pattern[str]) -> bool:
    return any(isinstance(kind, str) and kinds.search(kind) for kind in as_list(node.get("@type")))


def _names(node: Node, urls: Sequence[str]) -> bool:
    main = node.get("mainEntityOfPage")
    named = (node.get("url"), node.get("@id"), main.get("@id") if isinstance(main, Mapping) else main)
    return any(isinstance(name, str) and _bare(name) in {_bare(url) for url in urls} for name in named)


def _bare(url: str) -> str:
    return url.partition("://")[2].partition("#")[0].partition("?")[0].rstrip("/")
