"""
How well a page could be read, and what is kept of a site's last pages: a few bytes each.

    page, outcome --> measure --> Seen --> Pages
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from schemas.events import ArticleCleaned, PageFetched
from schemas.ids import article_id
from services.cleaner.body.extract import MIN_SURETY
from services.runtime.outcome import Drop, Emit, Outcome

RECENT, LONG, BASELINE = 20, 60, 200
"""Pages of a site: the last ones, by a short and a long measure, and those before that they are held against."""

KEPT = LONG + BASELINE

NO_BODY, SHORT = "no-body", "short-text"
COUNTED = (NO_BODY, "no-date", "no-author", "weak-headline", "unsure", "repeats")
MEASURES = (NO_BODY, SHORT, *COUNTED[1:])
"""All but the first are of pages with a body; the text is short that has less than half of what is usual there."""

STRONG_HEADLINES = frozenset({"h1", "meta", "json-ld", "microdata", "twitter"})
WEAK_DATES = frozenset({"url", "text"})

MIN_REPEATED_CHARS = 60
"""A paragraph as long as this stands in a text once."""

UNREAD = frozenset({"NOT_SUCCESSFUL"})
"""Drops that say nothing about how a site's pages are read."""

MAX_CHARS = 2**31
_BITS = {name: 1 << number for number, name in enumerate(COUNTED)}
_ONES = b"\1" * 256
_TURNED = bytes([1, 0, *[0] * 254])
_IS_MARKED = {name: bytes(int(marks & bit > 0) for marks in range(256)) for name, bit in _BITS.items()}


@dataclass(frozen=True, slots=True)
class Seen:
    """
    What is to be counted of a page.

    Attributes:
        source: What listed it; empty where nothing did.
        key: Names the article: the same is counted once.
        faults: Bits, as in `COUNTED`.
        chars: Of its text; 0 where there is none.
    """

    site: str
    url: str
    source: str
    fetched_at: datetime
    key: int
    faults: int
    chars: int


def measure(page: PageFetched, outcome: Outcome) -> Seen | None:
    """
    Measure a page by what became of it. None: it says nothing about how the site's pages are read.
    """
    meta = page.meta
    if meta.pub_status is not None:
        return None
    if not isinstance(outcome, Emit):
        is_read = not isinstance(outcome, Drop) or outcome.reason not in UNREAD
        # Not the page's own id: a wall that all pages lead to, or name as their own address, is one page.
        key = article_id(meta.request_url)
        found = (_bits([NO_BODY]), 0) if is_read else None
    else:
        article = outcome.events[0].event
        assert isinstance(article, ArticleCleaned)
        key, found = article.article_id, (_bits(_faults(article)), min(len(article.article_body), MAX_CHARS))
    short = int.from_bytes(key.bytes[:8], "big")
    return found and Seen(meta.site, meta.url, meta.source_url or "", meta.fetched_at, short, *found)


def _bits(names: Sequence[str]) -> int:
    return sum(_BITS[name] for name in names)


def _faults(article: ArticleCleaned) -> list[str]:
    sources = {name: provenance.source for name, provenance in article.provenance.items()}
    body = article.provenance.get("articleBody")
    is_doubtful = body is not None and body.score is not None and body.score * 1000 < MIN_SURETY
    found = {
        "no-date": article.date_published is None or sources.get("datePublished") in WEAK_DATES,
        "no-author": not article.author,
        "weak-headline": sources.get("headline") not in STRONG_HEADLINES,
        "unsure": is_doubtful or (body is not None and body.source == "trafilatura"),
        "repeats": _has_repeats(article.article_body),
    }
    return [name for name, is_found in found.items() if is_found]


def _has_repeats(body: str) -> bool:
    paragraphs = [text for text in body.split("\n\n") if len(text) >= MIN_REPEATED_CHARS]
    return len(set(paragraphs)) < len(paragraphs)


@dataclass(slots=True)
class Pages:
    """
    Pages of a site in the order in which they came: of each a byte of faults, a byte for its source, and the length of
    its text.
    """

    faults: bytearray = field(default_factory=bytearray)
    sources: bytearray = field(default_factory=bytearray)
    chars: array[int] = field(default_factory=lambda: array("I"))

    def __len__(self) -> int:
        return len(self.faults)

    def add(self, seen: Seen, source: int) -> None:
        """
        Take one in; the oldest goes, where there are enough.
        """
        self.faults.append(seen.faults)
        self.sources.append(source)
        self.chars.append(seen.chars)
        del self.faults[:-KEPT], self.sources[:-KEPT], self.chars[:-KEPT]

    def before(self, size: int) -> Pages:
        """
        The baseline: those before the last ones.
        """
        start = max(0, len(self) - size - BASELINE)
        return Pages(self.faults[start:-size], self.sources[start:-size], self.chars[start:-size])

    def last(self, size: int) -> Pages:
        """
        The last ones.
        """
        return Pages(self.faults[-size:], self.sources[-size:], self.chars[-size:])

    def then(self, other: Pages) -> Pages:
        """
        These, and others after them.
        """
        return Pages(self.faults + other.faults, self.sources + other.sources, self.chars + other.chars)

    def half_usual(self) -> int:
        """
        Half the median length of their texts.
        """
        found = sorted(chars for chars in self.chars if chars)
        return found[len(found) // 2] // 2 if found else 0

    def faulty(self, name: str, below_chars: int = 0) -> bytes:
        """
        1 for each page that is faulty by a measure, 0 for each other.
        """
        if name == SHORT:
            return bytes(0 < chars < below_chars for chars in self.chars)
        return bytes(self.faults.translate(_IS_MARKED[name]))

    def counted(self, name: str) -> bytes:
        """
        1 for each page that a measure is of: those with a text, and for `no-body` all.
        """
        return bytes(len(self)).translate(_ONES) if name == NO_BODY else self.faulty(NO_BODY).translate(_TURNED)
