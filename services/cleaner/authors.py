"""
Who wrote it: names out of the many ways in which pages write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from schemas.parts import Author, Hints, Provenance
from services.cleaner.lines import fold, tidy
from services.cleaner.linked_data import Node, as_list, text_of
from services.cleaner.signals import Signals

MAX_AUTHORS = 20
MAX_NAME_CHARS = 80

_LEAD = re.compile(
    r"^\W*(?:(?:written|posted|published|reported|words|story|text|article|report)\s+by|by|von|par|por|di"
    r"|af|av|door|przez|autor(?:in)?|author|автор|текст|reporter)\s*:?\s+(?=\S)",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:;|\||•|·|\n|\s/\s|\s&\s|\s(?:and|und|et|og|och|en|и)\s)\s*", re.IGNORECASE)
_NOT_A_NAME = re.compile(r"https?://|www\.|@|\d{3}|^\W*$|^[a-z]{2,4}$|\.(?:com|org|net|de|fr)$", re.IGNORECASE)
_NOBODY = frozenset(
    {"admin", "administrator", "editor", "editors", "author", "staff", "guest", "user", "root", "webmaster", "unknown",
     "anonymous", "none", "null", "undefined", "n a", "redaktion", "redaction", "redaccion", "redazione", "redactie",
     "редакция", "redakcja", "website", "news desk", "newsdesk", "web desk", "contributor"}
)  # fmt: skip


def find_authors(signals: Signals, hints: Hints) -> tuple[list[Author], Provenance | None]:
    """
    Find the authors of an article: the first source that names any.
    """
    sources: tuple[tuple[str, Iterable[Author]], ...] = (
        ("json-ld", _linked(signals)),
        ("meta", _from_names(_meta_names(signals))),
        ("microdata", _from_names(signals.items.get("author", ()))),
        ("byline", _from_names(signals.bylines)),
        ("feed", _from_names([hints.author] if hints.author else [])),
    )
    for source, found in sources:
        authors = _distinct(found)
        if authors:
            return authors, Provenance(source=source)
    return [], None


def split_names(text: str) -> list[str]:
    """
    Split a byline into names: "By Ann Lee and Bo Ek" has two, "Ann Lee, Paris" is left as it is read: a name first.
    """
    names: list[str] = []
    for chunk in _SPLIT.split(_LEAD.sub("", tidy(re.sub(r"<[^>]{1,200}>", " ", text)))):
        parts = [part.strip() for part in chunk.split(",")]
        # "Lee, Ann" is one name; "Ann Lee, Bo Ek" are two.
        is_inverted = len(parts) == 2 and all(len(part.split()) == 1 for part in parts)
        names += [" ".join(reversed(parts))] if is_inverted else parts
    return [name for name in (_LEAD.sub("", name).strip(" .:-–—\"'") for name in names) if _is_name(name)]


def _is_name(name: str) -> bool:
    return 1 < len(name) <= MAX_NAME_CHARS and not _NOT_A_NAME.search(name) and fold(name) not in _NOBODY


def _linked(signals: Signals) -> Iterator[Author]:
    for name in ("author", "creator"):
        for node in signals.linked.all(name):
            yield from _linked_author(node)


def _linked_author(node: Node) -> Iterator[Author]:
    is_organisation = any("Organi" in str(kind) for kind in as_list(node.get("@type")))
    kind: Literal["Person", "Organization"] = "Organization" if is_organisation else "Person"
    url = node.get("url")
    for value in as_list(node.get("name")):
        text = text_of(value)
        names = [] if text is None else [text] if is_organisation and _is_name(text) else split_names(text)
        for name in names:
            yield Author(type=kind, name=name, url=url if isinstance(url, str) and url.startswith("http") else None)


def _meta_names(signals: Signals) -> Iterable[str]:
    for name in ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator"):
        values = [value for value in signals.meta.get(name, ()) if not value.startswith("http")]
        if values:
            return values
    labels, data = signals.meta.get("twitter:label1", ("",)), signals.meta.get("twitter:data1", ())
    return data if "by" in labels[0].lower() else ()


def _from_names(texts: Iterable[str]) -> Iterator[Author]:
    for text in texts:
        yield from (Author(name=name) for name in split_names(text))


def _distinct(authors: Iterable[Author]) -> list[Author]:
    kept: dict[str, Author] = {}
    for author in authors:
        kept.setdefault(fold(author.name), author)
    return list(kept.values())[:MAX_AUTHORS]
