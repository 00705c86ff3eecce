"""
The headline: the article's own, without the name of the site or section that pages append for search engines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from urllib.parse import unquote, urlsplit

from schemas.parts import Hints, Provenance
from services.cleaner.lines import fold, tidy
from services.cleaner.metadata.titles import MAX_TITLE_CHARS, Title
from services.cleaner.page.linked_data import as_list, text_of
from services.cleaner.page.signals import Signals

SOURCES = ("h1", "meta", "json-ld", "microdata", "title", "feed")
"""In the order of trust: the heading that readers read, then what is stated for machines, the more careful first."""

MAX_CHARS = 400
"""A longer one is a paragraph in the wrong place."""

MIN_LIKENESS = 0.3
"""An `h1` that shares less with every other statement (word F1, 0 to 1) is the site's name or another article's."""

SURE_LIKENESS = 0.9
"""A heading of a lower level is the headline only where a statement holds all of it, or nearly so."""

MIN_OWN_CHARS = 12
"""Letters that a headline has at least if an `h1` is cut down to it."""

MIN_KICKER_CHARS = 4
"""Letters; a shorter part of a heading before what is stated elsewhere is an article or a number."""

_SEPARATOR = re.compile(r"\s+[-–—|│·•»«›>~/:]+\s+|\s*[|│]\s*|\s*::\s*")
_SEPARATING = frozenset("-–—|│·•»«›>~/:")
"""Without any of these there is neither a separator nor a loose end."""

_LOOSE_END = re.compile(r"\s+[-–—|│·•»›>~/:]+$")
_TAG = re.compile(r"<[^>]{1,200}>")
_MARKS = re.compile(r"[\W_]+")
_STYLE = re.compile(r"[{}]")


@dataclass(frozen=True)
class Names:
    """
    What a headline may carry at its ends, folded.

    Attributes:
        site: The names by which the site calls itself.
        sections: The sections that the page is in: as stated, and the folders of its URL.
    """

    site: frozenset[str]
    sections: frozenset[str] = frozenset()


def find_headline(signals: Signals, hints: Hints) -> tuple[str, Provenance] | None:
    """
    Find the headline.

    Readers read the `h1`, search engines and networks read titles made for them: the `h1` that is most like one of
    those is the headline. The others tell its punctuation, which markup may have lost, and where a kicker in it ends.
    """
    names = Names(site_names(signals) | _titled_sites(signals), _sections(signals))
    stated = [(source, cut_site(text, names)) for source, text in _statements(signals, hints)]
    stated = [(source, text) for source, text in stated if _is_headline(text, names)]
    heading = _heading(signals, names, stated)
    found = _refined(heading, stated, is_news=_is_news(signals)) if heading else _most_stated(stated)
    return (found[1], Provenance(source=found[0])) if found else None


def _heading(signals: Signals, names: Names, stated: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """
    The heading that heads the article: `(without its kicker, all of it)`.
    """
    usable = [title for title in signals.titles if not (title.is_site or title.is_crumb or _STYLE.search(title.text))]
    found = _headlines((title for title in usable if title.level == 1), names)
    top = [(text, title) for text, title in found if fold(text) not in names.sections] or found
    marked = [text for text, title in top if title.is_marked]
    texts = [text for _, text in stated]
    heading = _most_like([text for text, _ in top], texts, MIN_LIKENESS) or (marked[0] if len(marked) == 1 else None)
    if heading is None:
        found += _headlines((title for title in usable if title.level > 1), names)
        lower = [text for text, title in found if title.level > 1 and len(_squeeze(text)) >= MIN_OWN_CHARS]
        heading = _most_like(lower, texts, SURE_LIKENESS)
    if heading is None and any(title.is_crumb for title in signals.titles):
        # The `h1` is the end of the trail, and other titles are made like it: JSON-LD has the headline.
        heading = dict(reversed(stated)).get("json-ld")
    full = next((title.text for text, title in found if text == heading), heading)
    return (heading, full) if heading and full else None


def _headlines(titles: Iterable[Title], names: Names) -> list[tuple[str, Title]]:
    cut = [(cut_site(title.own, names), title) for title in titles]
    return [(text, title) for text, title in cut if _is_headline(text, names)]


def site_names(signals: Signals) -> frozenset[str]:
    """
    The folded names by which a site calls itself.
    """
    publisher = next((text_of(node.get("name")) for node in signals.linked.all("publisher")), None)
    keys = ("og:site_name", "application-name", "apple-mobile-web-app-title", "publisher", "twitter:site")
    named = [publisher, *(signals.meta_first(name) for name in keys)]
    host = re.sub(r"^https?://(?:www\.)?|[:/].*$", "", signals.url)
    labels = [
        host,
        host.rpartition(".")[0],
        host.split(".")[0],
        ".".join(host.split(".")[-2:]),
        *host.split(".")[-2:-1],
    ]
    return frozenset(name for name in (fold(text) for text in (*named, *labels) if text) if len(name) > 1)


def _titled_sites(signals: Signals) -> frozenset[str]:
    """
    On some sites the `h1` is the site's name: it ends the title of every page, after a longer part that does not.
    """
    parts = _SEPARATOR.split(signals.title or "")
    last = fold(parts[-1])
    is_short = len(parts) > 1 and len(parts[-1]) < len(parts[0])
    homes = (fold(title.text) for title in signals.titles if title.is_site)
    return frozenset((*(name for name in map(fold, signals.headings) if is_short and name == last), *homes))


def cut_site(text: str, names: Names | frozenset[str]) -> str:
    """
    Cut a site's name, a section's before it, and what stands between them and the headline, off the ends of a title.
    """
    names = names if isinstance(names, Names) else Names(names)
    text = tidy(_TAG.sub(" ", unescape(text) if "&" in text else text))
    if _SEPARATING.isdisjoint(text):
        return text
    text = _LOOSE_END.sub("", text)
    for _ in range(3):
        last = next(reversed(_separators(text)), None)
        if last and last.start() and _is_extra(text[last.end() :], names):
            text = text[: last.start()].strip()
        else:
            break
    first = next(iter(_separators(text)), None)
    if first and is_site(text[: first.start()], names.site) and len(text[first.end() :].split()) > 1:
        return text[first.end() :].strip()
    return text


def _separators(text: str) -> list[re.Match[str]]:
    return [] if _SEPARATING.isdisjoint(text) else list(_SEPARATOR.finditer(text))


def _is_extra(part: str, names: Names) -> bool:
    return not _squeeze(part) or is_site(part, names.site) or fold(part) in names.sections


def is_site(part: str, names: frozenset[str]) -> bool:
    """
    Is this one of a site's names, or nearly so: with an article, a domain's ending, or as initials?
    """
    squeezed = _squeeze(part)
    initials = "".join(word[0] for word in fold(part).split())
    return len(squeezed) > 1 and any(
        squeezed == name
        or (len(initials) > 2 and initials == name)
        or (len(name) > 3 and (name in squeezed or squeezed in name) and _are_close(name, squeezed))
        for name in map(_squeeze, names)
    )


def _are_close(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= 0.4 * max(len(one), len(other))


@lru_cache(maxsize=512)
def _squeeze(text: str) -> str:
    return _MARKS.sub("", fold(text))


def _sections(signals: Signals) -> frozenset[str]:
    stated = [text_of(value) for value in as_list(signals.linked.first("articleSection"))]
    folders = unquote(urlsplit(signals.url).path).split("/")[:-1]
    named = (*stated, signals.meta_first("article:section"), *(folder.replace("-", " ") for folder in folders))
    return frozenset(fold(text) for text in named if text and len(text.split()) < 4)


def _is_headline(text: str, names: Names) -> bool:
    return 0 < len(text) <= MAX_CHARS and fold(text) not in names.site


def _is_news(signals: Signals) -> bool:
    kinds = [kind for node in signals.linked.nodes for kind in as_list(node.get("@type"))]
    return any(str(kind).endswith("NewsArticle") for kind in kinds)


def _most_like(headings: Sequence[str], stated: Sequence[str], least: float) -> str | None:
    """
    The heading that is most like one of the other statements, of several the longest; the only one, where nothing else
    is stated.
    """
    if not stated:
        return headings[0] if len(headings) == 1 else None
    scored = [
        (max(_likeness(heading, text) for text in stated), len(heading), -index)
        for index, heading in enumerate(headings)
    ]
    likeness, _, index = max(scored, default=(0.0, 0, 0))
    return headings[-index] if likeness >= least else None


def _likeness(one: str, other: str) -> float:
    first, second = _squeeze(one), _squeeze(other)
    if min(len(first), len(second)) >= MIN_OWN_CHARS and (first in second or second in first):
        return 1.0 if first == second else 0.9
    words, others = Counter(_MARKS.split(fold(one))), Counter(_MARKS.split(fold(other)))
    return 2 * (words & others).total() / (words.total() + others.total())


def _refined(heading: tuple[str, str], stated: Sequence[tuple[str, str]], *, is_news: bool) -> tuple[str, str]:
    """
    `(source, headline)`: the heading, or what the other statements make of it.
    """
    own, full = map(_squeeze, heading)
    squeezed = [(source, text, _squeeze(text)) for source, text in stated]
    for source, text, marks in squeezed:
        is_kicked = source == "meta" and own.endswith(marks) and len(own) - len(marks) >= MIN_KICKER_CHARS
        if is_kicked and len(marks) >= MIN_OWN_CHARS:
            return source, text
    if is_news:
        whole = next(((source, text) for source, text, marks in squeezed if own != full == marks), None)
        first = {source: (text, marks) for source, text, marks in reversed(squeezed)}
        agreed = [source for source in ("meta", "title") if "json-ld" in first and _is_same(first, source)]
        if whole or agreed[:1] == ["meta"]:
            return whole or ("meta", first["meta"][0])
        if agreed and all(own != marks for _, _, marks in squeezed):
            return "json-ld", first["json-ld"][0]
    return next(((source, text) for source, text, marks in squeezed if marks == own), ("h1", heading[0]))


def _is_same(first: Mapping[str, tuple[str, str]], source: str) -> bool:
    return source in first and first["json-ld"][1] == first[source][1]


def _most_stated(stated: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """
    `(source, headline)` where no heading tells: what most kinds of statements agree on, of several the first.
    """
    votes = [len({source for source, text in stated if _squeeze(text) == _squeeze(own)}) for _, own in stated]
    return stated[votes.index(max(votes))] if stated else None


def _statements(signals: Signals, hints: Hints) -> Iterator[tuple[str, str]]:
    """
    Statements made for machines, the more careful ones first.
    """
    stated = (
        ("meta", signals.meta_first("og:title")),
        ("json-ld", text_of(signals.linked.first("headline"))),
        ("microdata", next(iter(signals.items.get("headline", ())), None)),
        ("meta", signals.meta_first("twitter:title")),
        ("title", signals.title),
        ("feed", hints.title),
    )
    return ((source, text[:MAX_TITLE_CHARS]) for source, text in stated if text)
