"""
Versions: whether a page is a new version of its article, the same again, or older than what is known.

Pure: the entry that is known and the page at hand give a verdict and the next entry. Pages of an article are ordered by
(`revised_at`, cleaner's generation, page id); the last only makes the order total. The rules, the first that fits:

    no entry                                               -> published, version 1; a withdrawal of it: unknown
    the published page again, same or later generation     -> published again, stored version; only while it is the
                                                              newest known page, or if it still reads as published
    before the newest known page in the order              -> superseded
    the newest known page again, which changed nothing     -> unchanged
    every field that matters is equal                      -> unchanged, the entry moves on to this page
    withdrawn, or back again                               -> published, next version
    another generation, less than 0.1 of the body new      -> published again, stored version (a re-issue); not if the
                                                              entry is thin: what was is not known well enough
    else                                                   -> published, next version

The published page is published again even after later pages that changed nothing: else a replay would publish no
version of such an article at all. What it carries stands on the topic already, so no key goes backwards.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from schemas.events import ArticleCleaned
from schemas.ids import sha256_hex
from schemas.parts import PubStatus
from schemas.state import LedgerEntry
from services.tagger.sketch import new_share, sketch, words

REISSUE_BELOW = 0.1
"""Share of new text under which a difference between two generations is the cleaner's doing, not the publisher's."""


@dataclass(frozen=True)
class PageFacts:
    """
    What the ledger has to know of one page: its place in the order, and digests of what it says.

    Attributes:
        digests: 16 hexadecimal digits a field that matters, by its name on the wire.
        word_count: Of the body.
        shingles: Bottom-k sketch of the body.
    """

    article_id: UUID
    url: str
    page_id: UUID
    revised_at: datetime
    generation: int
    digests: Mapping[str, str]
    word_count: int
    shingles: tuple[int, ...]
    pub_status: PubStatus = "usable"


@dataclass(frozen=True)
class Verdict:
    """
    What is to happen with a page, and the article's next entry (None: as it was).
    """

    kind: Literal["publish", "superseded", "unchanged", "unknown"]
    entry: LedgerEntry | None = None


def field_digests(article: ArticleCleaned) -> dict[str, str]:
    """
    Digests of the fields that make a version: what a reader reads as the article. Of one that is withdrawn: none.

    Dates are left out, as publishers re-stamp pages without touching them, and so are images, keywords and the rest of
    the page's furniture. White space and Unicode form do not count.
    """
    if article.pub_status == "withdrawn":
        return {}
    texts = {
        "headline": article.headline,
        "description": article.description or "",
        "articleBody": article.article_body,
        "author": "\n".join(author.name for author in article.author),
    }
    return {name: _digest(text) for name, text in texts.items()}


def _digest(text: str) -> str:
    return sha256_hex(" ".join(unicodedata.normalize("NFC", text).split()).encode("utf-8", "surrogatepass"))[:16]


def page_facts(article: ArticleCleaned, generation: int) -> PageFacts:
    """
    Collect what the ledger has to know of a page.
    """
    body = words(article.article_body)
    return PageFacts(
        article_id=article.article_id,
        url=article.url,
        page_id=article.page_id,
        revised_at=article.timeline.fetched_at,
        generation=generation,
        digests=field_digests(article),
        word_count=len(body),
        shingles=sketch(body),
        pub_status=article.pub_status or "usable",
    )


def judge(known: LedgerEntry | None, page: PageFacts) -> Verdict:
    """
    Apply the rules of this module's head.
    """
    if known is None:
        return Verdict("unknown") if page.pub_status == "withdrawn" else Verdict("publish", _first(page))
    if _is_published_page(known, page):
        return Verdict("publish", _published_again(known, page))
    if _order(page) <= _order(known):
        return Verdict("unchanged" if _order(page) == _order(known) else "superseded")
    return _judge_newer(known, page)


def _judge_newer(known: LedgerEntry, page: PageFacts) -> Verdict:
    if dict(page.digests) == known.field_digests:
        moved = {"page_id": page.page_id, "revised_at": page.revised_at, "generation": page.generation}
        return Verdict("unchanged", known.model_copy(update={**moved, **_content(page)}))
    ratio = None if known.is_thin else new_share(tuple(known.sketch), page.shingles)
    is_of_cleaner = page.pub_status == known.pub_status and page.generation != known.generation
    if is_of_cleaner and ratio is not None and ratio < REISSUE_BELOW:
        return Verdict("publish", _reissue(known, page))
    return Verdict("publish", _next(known, page, ratio))


def _order(page: PageFacts | LedgerEntry) -> tuple[datetime, int, str]:
    return page.revised_at, page.generation, str(page.page_id)


def _is_published_page(known: LedgerEntry, page: PageFacts) -> bool:
    if page.page_id != known.published_page_id or page.generation < known.generation:
        return False
    return page.page_id == known.page_id or dict(page.digests) == known.field_digests


def _first(page: PageFacts) -> LedgerEntry:
    return LedgerEntry(
        article_id=page.article_id,
        url=page.url,
        version=1,
        page_id=page.page_id,
        revised_at=page.revised_at,
        generation=page.generation,
        published_page_id=page.page_id,
        field_digests=dict(page.digests),
        sketch=list(page.shingles),
        pub_status=page.pub_status,
    )


def _published_again(known: LedgerEntry, page: PageFacts) -> LedgerEntry:
    newest = {"generation": page.generation} if page.page_id == known.page_id else {}
    return known.model_copy(update={**newest, **_content(page)})


def _content(page: PageFacts) -> dict[str, Any]:
    return {"field_digests": dict(page.digests), "sketch": list(page.shingles), "is_thin": False}


def _reissue(known: LedgerEntry, page: PageFacts) -> LedgerEntry:
    kept = {"version": known.version, "changed_fields": known.changed_fields, "change_ratio": known.change_ratio}
    return _first(page).model_copy(update=kept)


def _next(known: LedgerEntry, page: PageFacts, ratio: float | None) -> LedgerEntry:
    changed = [name for name, digest in page.digests.items() if known.field_digests.get(name) != digest]
    if page.pub_status != known.pub_status:
        changed.append("pubStatus")
    news = {"version": known.version + 1, "changed_fields": changed, "change_ratio": ratio}
    # What is gone cannot say any more which URL is its own.
    kept = {"url": known.url} if page.pub_status == "withdrawn" else {}
    return _first(page).model_copy(update=news | kept)
