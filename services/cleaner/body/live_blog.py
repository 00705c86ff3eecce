"""
Live blogs: the updates of which a running report is made, each with its own time, and where they stand in the body.

A page states them for machines (schema.org `liveBlogUpdate`), or shows them: elements of one kind side by side, each
with a `time` in it. What is only shown is believed where the updates are most of the body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lxml.html import HtmlElement

from schemas.parts import LiveEntry
from services.cleaner.body.extract import fragment_text
from services.cleaner.lines import tidy
from services.cleaner.page.linked_data import LinkedData, Node, lines_of, text_of
from services.cleaner.page.signals import Signals

MIN_ENTRIES = 3
"""Fewer elements with a time each are no live blog."""

MAX_ENTRIES = 300
MAX_LEVELS = 6
"""A time stands no deeper than this in its update."""

MAX_ROWS = 4
MIN_ENTRY_CHARS = 40
MIN_ANCHOR_CHARS = 20
"""A passage with fewer characters, white space not counted, may be of any update."""

MIN_SHARE = 0.5
"""Of the body; shown updates that are less of it stand beside the article."""

MAX_HEADLINE_CHARS = 300

_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_OUTSIDE = frozenset(("aside", "nav", "footer", "html", "body"))
_SILENT = frozenset(("script", "style", "noscript", "template", "time", "button"))


@dataclass(frozen=True, slots=True)
class Update:
    """
    One update, as the page gives it.

    Attributes:
        headline: Its own, where it has one.
        published: When, as stated.
        text: Its paragraphs, a line each, headline first.
    """

    headline: str | None
    published: str | None
    text: str


@dataclass(frozen=True, slots=True)
class LiveBlog:
    """
    The updates of a page in its order, none on most pages; are they stated for machines, or only shown?
    """

    updates: tuple[Update, ...] = ()
    is_stated: bool = False


NO_UPDATES = LiveBlog()


def read_live_blog(signals: Signals) -> LiveBlog:
    """
    The updates of a page.

    Args:
        signals: What the page states, read off a tree of which nothing else has been taken out.
    """
    stated = tuple(_stated(signals.linked))
    if stated:
        return LiveBlog(stated, is_stated=True)
    shown = tuple(update for time, node in _side_by_side(signals.marks.times) if (update := _shown(time, node)))
    return LiveBlog(shown) if len(shown) >= MIN_ENTRIES and _is_in_order(shown) else NO_UPDATES


def place_updates(blog: LiveBlog, body: str) -> list[LiveEntry]:
    """
    Where the updates stand in a body, in its order; those that are not in it are left out.

    Args:
        blog: The page's updates.
        body: Its clean text, passages apart by one empty line.
    """
    if not blog.updates:
        return []
    spans = list(_passage_spans(body))
    owners = _owners([_squeezed(update.text) for update in blog.updates], [body[start:end] for start, end in spans])
    runs: dict[int, tuple[int, int]] = {}
    last: int | None = None
    for (start, end), owner in zip(spans, owners, strict=True):
        if owner is None or (owner in runs and owner != last):
            continue
        runs[owner] = (runs[owner][0] if owner in runs else start, end)
        last = owner
    covered = sum(end - start for start, end in runs.values())
    if not blog.is_stated and (len(runs) < MIN_ENTRIES or covered < MIN_SHARE * len(body)):
        return []
    return [_entry(blog.updates[owner], *span) for owner, span in sorted(runs.items(), key=lambda item: item[1])]


def _entry(update: Update, start: int, end: int) -> LiveEntry:
    return LiveEntry(headline=update.headline, date_published=update.published, start=start, end=end)


def _stated(linked: LinkedData) -> Iterator[Update]:
    for node in linked.all("liveBlogUpdate")[:MAX_ENTRIES]:
        headline = _headline(text_of(node.get("headline")))
        text = "\n".join(part for part in (headline, _text_of_node(node)) if part)
        if text:
            yield Update(headline, text_of(node.get("datePublished") or node.get("dateModified")), text)


def _text_of_node(node: Node) -> str:
    return "\n".join(fragment_text(lines_of(node.get("articleBody")) or ""))


def _side_by_side(times: Sequence[HtmlElement]) -> list[tuple[HtmlElement, HtmlElement]]:
    """
    Times, and the elements of one kind, children of one element, that hold them: the row with the most text.
    """
    if len(times) < MIN_ENTRIES:
        return []
    rows: dict[tuple[HtmlElement, str], dict[HtmlElement, HtmlElement]] = {}
    for time in times[:MAX_ENTRIES]:
        for node in _holders(time):
            rows.setdefault((node.getparent(), node.tag), {}).setdefault(node, time)
    long = sorted((row for row in rows.values() if len(row) >= MIN_ENTRIES), key=len, reverse=True)
    best = max(long[:MAX_ROWS], key=lambda row: sum(map(_chars, row)), default={})
    return [(time, node) for node, time in best.items()]


def _is_in_order(updates: Sequence[Update]) -> bool:
    """
    Are they in the order of time, either way, but for some that are pinned? Answers in a forum are in none.
    """
    times = [update.published for update in updates if update.published and _ISO.match(update.published)]
    pairs = list(pairwise(times))
    later = sum(one < other for one, other in pairs)
    earlier = sum(one > other for one, other in pairs)
    return min(later, earlier) <= max(1, len(pairs) // 10)


def _holders(time: HtmlElement) -> Iterator[HtmlElement]:
    node = time.getparent()
    for _ in range(MAX_LEVELS):
        if node is None or node.tag in _OUTSIDE:
            return
        yield node
        node = node.getparent()


def _chars(node: HtmlElement) -> int:
    return sum(len(text) for text in node.itertext("p", "div", "li", "span") if not text.isspace())


def _shown(time: HtmlElement, node: HtmlElement) -> Update | None:
    pieces: list[str] = []
    _collect(node, pieces, depth=0)
    text = "\n".join(line for line in map(tidy, "".join(pieces).split("\0")) if line)
    if len(text) < MIN_ENTRY_CHARS:
        return None
    heading = next(node.iter("h2", "h3", "h4", "h5"), None)
    headline = _headline("".join(heading.itertext())) if heading is not None else None
    return Update(headline, tidy(time.get("datetime") or "".join(time.itertext())) or None, text)


def _collect(node: HtmlElement, pieces: list[str], depth: int) -> None:
    pieces.append(node.text or "")
    for child in node:
        if isinstance(child.tag, str) and child.tag not in _SILENT and depth < 100:
            edge = "\0" if child.tag in {"p", "div", "li", "h2", "h3", "h4", "h5", "blockquote", "br"} else ""
            pieces.append(edge)
            _collect(child, pieces, depth + 1)
            pieces.append(edge)
        pieces.append(child.tail or "")


def _headline(text: str | None) -> str | None:
    return tidy(text or "")[:MAX_HEADLINE_CHARS] or None


def _passage_spans(body: str) -> Iterator[tuple[int, int]]:
    start = 0
    for text in body.split("\n\n"):
        if text:
            yield start, start + len(text)
        start += len(text) + 2


def _owners(updates: Sequence[str], found: Sequence[str]) -> list[int | None]:
    """
    For each passage the number of the update that it is of, or None. Updates mostly come in the order of the body.
    """
    owners: list[int | None] = []
    here = 0
    for text in map(_squeezed, found):
        if len(text) < MIN_ANCHOR_CHARS:
            near = (here, here + 1) if owners else (here,)
            owner = next((at for at in near if at < len(updates) and updates[at].startswith(text)), None)
        else:
            order = (*range(here, len(updates)), *range(here))
            owner = next((at for at in order if text in updates[at]), None)
        owners.append(owner)
        here = here if owner is None else owner
    return owners


def _squeezed(text: str) -> str:
    return "".join(text.split())
