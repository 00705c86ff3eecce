"""
Who wrote it: names out of the many ways in which pages write them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from schemas.parts import Author, Hints, Provenance
from services.cleaner.lines import fold
from services.cleaner.metadata.bylines import find_people
from services.cleaner.metadata.headlines import is_site, site_names
from services.cleaner.metadata.names import is_company, is_label, is_name, is_person, split_names
from services.cleaner.page.linked_data import Node, as_list, text_of
from services.cleaner.page.signals import Signals

SOURCES = ("json-ld", "meta", "microdata", "byline", "text", "feed")
"""In the order of trust. Each is read only if those before it name nobody."""

MAX_AUTHORS = 20


def find_authors(signals: Signals, hints: Hints) -> tuple[list[Author], Provenance | None]:
    """
    Find the authors of an article: the first source that names any but the site itself, which is told only for want of
    them: where JSON-LD does so, or where it bears a person's name.

    Args:
        signals: What the page states.
        hints: What the feed stated.
    """
    statements: dict[str, Iterable[Author]] = {
        "json-ld": _linked(signals),
        "meta": _from_names(_meta_names(signals)),
        "microdata": _from_names(signals.items.get("author", ())),
        "byline": _from_names(signals.bylines),
        "text": _seen(signals),
        "feed": _from_names([hints.author] if hints.author else []),
    }
    own = site_names(signals)
    stated: tuple[list[Author], Provenance | None] = ([], None)
    for source in SOURCES:
        authors = _distinct(statements[source])
        if any(not is_site(author.name, own) for author in authors):
            return authors, Provenance(source=source)
        is_told = source == "json-ld" or any(is_person(author.name) for author in authors)
        if is_told and authors and not stated[0] and not any(is_company(author.name) for author in authors):
            stated = authors, Provenance(source=source)
    return stated


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
        names = [] if text is None else [text] if is_organisation and is_name(text) else split_names(text)
        for name in names:
            yield Author(type=kind, name=name, url=url if isinstance(url, str) and url.startswith("http") else None)


def _meta_names(signals: Signals) -> Iterable[str]:
    for name in ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator"):
        values = [value for value in signals.meta.get(name, ()) if not value.startswith("http")]
        if values:
            return values
    labels, data = signals.meta.get("twitter:label1", ("",)), signals.meta.get("twitter:data1", ())
    return data if "by" in labels[0].lower() else ()


def _seen(signals: Signals) -> Iterator[Author]:
    yield from (Author(name=name) for name in find_people(signals.marks))


def _from_names(texts: Iterable[str]) -> Iterator[Author]:
    for text in texts:
        yield from (Author(name=name) for name in split_names(text) if not (is_company(name) or is_label(name)))


def _distinct(authors: Iterable[Author]) -> list[Author]:
    kept: dict[str, Author] = {}
    for author in authors:
        kept.setdefault(fold(author.name), author)
    return list(kept.values())[:MAX_AUTHORS]
