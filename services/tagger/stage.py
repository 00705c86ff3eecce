"""
The tagger's stage: `work` reads the article, `decide` gives it its version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any
from uuid import UUID

from schemas import topics
from schemas.base import Event
from schemas.events import ArticleCleaned, ArticleTagged
from schemas.parts import FacetStatus
from schemas.state import LedgerEntry
from services.runtime.outcome import Change, Drop, Emission, Emit, Outcome
from services.runtime.stage import Assignment, Cause, Tables
from services.runtime.table import Table
from services.tagger.document import document_of
from services.tagger.extent import Extent, keep
from services.tagger.facets import Found, annotate
from services.tagger.forgetting import Calendar, day_of, due_day, remains, seen
from services.tagger.ledger import PageFacts, judge, page_facts
from services.tagger.linking.features import NO_TRAITS, Traits, fingerprint_of, traits_of
from services.tagger.registry import load_facets, load_language
from services.tagger.settings import TaggerSettings

WORDS_PER_MINUTE = 230
"""Silent reading of English non-fiction: M. Brysbaert (2019) has 238; rounded down for names and numbers."""


@dataclass(frozen=True)
class Annotated:
    """
    An article with all that is said of it, but its version: judged whole, and kept as far as events carry it.
    """

    article: ArticleCleaned
    facts: PageFacts
    found: Found
    facets: Mapping[str, FacetStatus]
    extent: Extent | None = None
    traits: Traits = NO_TRAITS


class Ledger:
    """
    The versions of this partition's articles, and when which of them is to be forgotten.
    """

    def __init__(self, table: Table, sketch_days: int) -> None:
        self._table = table
        self._sketch_days = sketch_days
        self._calendar = Calendar()
        self._newest = 0
        table.watch(self._changed)

    def entry(self, article_id: UUID) -> LedgerEntry | None:
        """
        The newest known version of an article.
        """
        value = self._table.get(str(article_id))
        assert value is None or isinstance(value, LedgerEntry)
        return value

    def __len__(self) -> int:
        return len(self._table)

    def forgettable(self, now: datetime, but: UUID) -> tuple[Change, ...]:
        """
        What of a few old entries is to be forgotten now; never of the article that is being decided on.
        """
        today = min(self._newest, day_of(now))
        day, ids = self._calendar.oldest(today)
        done = list(takewhile(lambda each: not self._is_due(each, day), ids))
        self._calendar.strike(day, len(done))
        due = [each for each in ids[len(done) :] if each != but.bytes and self._is_due(each, day)]
        return tuple(self._aged(UUID(bytes=each), today) for each in due)

    def _is_due(self, article_id: bytes, day: int) -> bool:
        entry = self.entry(UUID(bytes=article_id))
        return entry is not None and due_day(entry, self._sketch_days) == day

    def _aged(self, article_id: UUID, today: int) -> Change:
        entry = self.entry(article_id)
        assert entry is not None
        return Change(topics.LEDGER, str(article_id), remains(entry, today))

    def _changed(self, _key: str, value: Event | None) -> None:
        if isinstance(value, LedgerEntry):
            self._newest = max(self._newest, day_of(value.revised_at))
            self._calendar.add(due_day(value, self._sketch_days), value.article_id.bytes)


def open_ledger(assignment: Assignment, tables: Tables, settings: TaggerSettings) -> Ledger:  # noqa: ARG001 - a stage's
    """
    Make the task's state from its restored tables.
    """
    return Ledger(tables[topics.LEDGER.name], settings.sketch_days)


def figures(ledger: Ledger) -> Mapping[str, float]:
    """
    What is to be seen of it in metrics.
    """
    return {"articles": len(ledger)}


def warm(settings: TaggerSettings) -> None:
    """
    Load models and tables, once a worker process.
    """
    load_language(settings)
    load_facets(settings)


def work(article: ArticleCleaned, settings: TaggerSettings) -> Annotated:
    """
    Say what an article is about. Pure: equal articles and settings give equal annotations, on any machine.
    """
    if article.pub_status == "withdrawn":
        return Annotated(article, page_facts(article, article.generation), Found(), {})
    language = load_language(settings).judge(article)
    spoken = article.model_copy(
        update={"in_language": language.code, "provenance": {**article.provenance, **language.provenance}}
    )
    document = document_of(spoken)
    found, statuses = annotate(load_facets(settings), document)
    kept = keep(spoken, found, settings)
    return Annotated(
        article=kept.article,
        facts=page_facts(article, article.generation),
        found=kept.found,
        facets={"language": language.status, **statuses},
        extent=kept.extent,
        traits=traits_of(document, found),
    )


def decide(ledger: Ledger, annotated: Annotated, cause: Cause, now: datetime) -> Outcome:  # noqa: ARG001 - as above
    """
    Give an article its version, by the rules of `ledger`, in which the time of day has no say; forget a few old ones.

    Returns:
        Emit: a version, new or published again.
        Drop: SUPERSEDED by a newer page, UNCHANGED since the published version, or UNKNOWN: withdrawn, and
            nothing of it was ever published. Expected; never retried.
    """
    article_id = annotated.article.article_id
    known = ledger.entry(article_id)
    verdict = judge(known, annotated.facts)
    changes = _changes(known, verdict.entry, now) + ledger.forgettable(now, article_id)
    if verdict.kind == "superseded":
        return Drop("SUPERSEDED", "an older page than the newest known", changes)
    if verdict.kind == "unchanged":
        return Drop("UNCHANGED", "reads as the published version", changes)
    if verdict.kind == "unknown":
        return Drop("UNKNOWN", "withdrawn, and never published", changes)
    assert verdict.entry is not None
    event = tagged(annotated, verdict.entry)
    fingerprint = Emission(topics.ARTICLE_FINGERPRINTS, fingerprint_of(event, annotated.traits))
    return Emit((Emission(topics.ARTICLE_TAGGED, event), fingerprint), changes)


def _changes(known: LedgerEntry | None, entry: LedgerEntry | None, now: datetime) -> tuple[Change, ...]:
    if entry is None or (entry := seen(entry, known, now)) == known:
        return ()
    return (Change(topics.LEDGER, str(entry.article_id), entry),)


def tagged(annotated: Annotated, entry: LedgerEntry) -> ArticleTagged:
    """
    Put an article, its annotations and its version together.
    """
    article: dict[str, Any] = dict(annotated.article)
    del article["generation"], article["pub_status"]
    if entry.pub_status == "withdrawn":
        article["url"] = entry.url
    return ArticleTagged(
        **article,
        version=entry.version,
        pub_status=entry.pub_status,
        revised_at=annotated.facts.revised_at,
        changed_fields=entry.changed_fields,
        change_ratio=entry.change_ratio,
        article_body_extent=annotated.extent,
        word_count=annotated.facts.word_count,
        reading_time_s=-(-annotated.facts.word_count * 60 // WORDS_PER_MINUTE),
        subjects=_listed(annotated.found.subjects),
        entities=_listed(annotated.found.entities),
        places=_listed(annotated.found.places),
        keywords=_listed(annotated.found.keywords),
        facets=dict(annotated.facets),
    )


def _listed(values: tuple[Any, ...] | None) -> list[Any] | None:
    return None if values is None else list(values)
