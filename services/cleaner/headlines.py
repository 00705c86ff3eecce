"""
The headline: the article's own, without the name of the site that pages append for search engines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas.parts import Hints, Provenance
from services.cleaner.lines import fold, tidy
from services.cleaner.linked_data import text_of
from services.cleaner.signals import Signals

MAX_CHARS = 400
"""A longer one is a paragraph in the wrong place."""

_SEPARATOR = re.compile(r"\s+[-–—|·•»«>~/:]+\s+|\s*[|»«]\s*|\s*::\s*")
_TAG = re.compile(r"<[^>]{1,200}>")


def find_headline(signals: Signals, hints: Hints) -> tuple[str, Provenance] | None:
    """
    Find the headline.

    Search engines read JSON-LD, readers read the `h1`; where the page's statements differ, the one that two of them
    agree on is taken.
    """
    names = site_names(signals)
    stated = [(source, cut_site(text, names)) for source, text in _statements(signals, hints)]
    stated = [(source, text) for source, text in stated if text and len(text) <= MAX_CHARS and fold(text) not in names]
    if not stated:
        return None
    folds = [fold(text) for _, text in stated]
    best = next((index for index, text in enumerate(folds[:-1]) if text in folds[index + 1 :]), 0)
    return stated[best][1], Provenance(source=stated[best][0])


def site_names(signals: Signals) -> frozenset[str]:
    """
    The folded names by which a site calls itself.
    """
    publisher = next((text_of(node.get("name")) for node in signals.linked.all("publisher")), None)
    named = [publisher, *(signals.meta_first(name) for name in ("og:site_name", "application-name", "publisher"))]
    host = re.sub(r"^https?://(?:www\.)?|[:/].*$", "", signals.url)
    labels = [host, host.rpartition(".")[0], host.split(".")[0]]
    return frozenset(name for name in (fold(text) for text in (*named, *labels) if text) if len(name) > 1)


def cut_site(text: str, names: frozenset[str]) -> str:
    """
    Cut a site's name, and what stands between it and the headline, off either end of a title.
    """
    text = tidy(_TAG.sub(" ", text))
    *_, last = [None, *_SEPARATOR.finditer(text)]
    if last and last.start() and _is_site(text[last.end() :], names):
        return text[: last.start()].strip()
    first = _SEPARATOR.search(text)
    if first and _is_site(text[: first.start()], names) and len(text[first.end() :].split()) > 1:
        return text[first.end() :].strip()
    return text


def _is_site(part: str, names: frozenset[str]) -> bool:
    squeezed = fold(part).replace(" ", "")
    return len(squeezed) > 1 and any(
        squeezed == name or (len(name) > 4 and (name in squeezed or squeezed in name) and _are_close(name, squeezed))
        for name in (name.replace(" ", "") for name in names)
    )


def _are_close(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= 0.5 * max(len(one), len(other))


def _statements(signals: Signals, hints: Hints) -> Iterator[tuple[str, str]]:
    stated = (
        ("json-ld", text_of(signals.linked.first("headline"))),
        ("meta", signals.meta_first("og:title", "twitter:title")),
        ("h1", signals.headings[0] if len(signals.headings) == 1 else None),
        ("microdata", next(iter(signals.items.get("headline", ())), None)),
        ("title", signals.title),
        ("feed", hints.title),
        ("h1", next(iter(signals.headings), None)),
    )
    return ((source, text) for source, text in stated if text)
