"""
Facets: what can be said of an article, each a plug-in that knows which languages it covers.

A facet speaks for one or more fields of `ArticleTagged`. Where it does not cover the language, its fields stay absent
and their status says so: an absent list is never taken for an empty one. A facet sees what those before it found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from schemas.parts import Entity, FacetStatus, Keyword, Place, Subject
from services.tagger.document import Document


@dataclass(frozen=True)
class Found:
    """
    What the facets found; None where none of them spoke.
    """

    subjects: tuple[Subject, ...] | None = None
    entities: tuple[Entity, ...] | None = None
    places: tuple[Place, ...] | None = None
    keywords: tuple[Keyword, ...] | None = None


Annotate = Callable[[Document, Found], Found]
"""`(document, found so far) -> found`; pure. It returns what was found so far with its own fields replaced."""


class FacetFailedError(Exception):
    """
    A facet cannot speak on this article, and what was found before it stands. Any other exception fails the record.
    """


class Facet(Protocol):
    """
    A plug-in: rules, a table or a model behind one interface.

    Attributes:
        name: What it is, e.g. `names-rules`; the `model` of its status.
        version: Raised with each change of what it says.
        fields: The fields of `Found` that it speaks for.
        languages: Those it covers, as primary subtags; None for all.
        is_deterministic: Equal articles always give equal annotations. Where not, a replay may say something else.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def fields(self) -> tuple[str, ...]: ...

    @property
    def languages(self) -> frozenset[str] | None: ...

    @property
    def is_deterministic(self) -> bool: ...

    def load(self) -> Annotate:
        """
        Read models and tables; return the function that annotates.
        """
        ...


@dataclass(frozen=True)
class LoadedFacet:
    """
    A facet with its tables in memory.
    """

    facet: Facet
    annotate: Annotate

    def covers(self, language: str | None) -> bool:
        """
        Whether it can speak on an article in this language; an unknown language is covered only by facets for all.
        """
        return self.facet.languages is None or language in self.facet.languages

    def status(self, language: str | None) -> FacetStatus:
        """
        What is published about its speaking or its silence.
        """
        return self._status("ok" if self.covers(language) else "unsupported-language")

    def failed(self) -> FacetStatus:
        """
        What is published where it could not speak.
        """
        return self._status("failed")

    def _status(self, status: Literal["ok", "unsupported-language", "failed"]) -> FacetStatus:
        return FacetStatus(status=status, model=self.facet.name, version=self.facet.version)


def load(facet: Facet) -> LoadedFacet:
    """
    Load a facet.
    """
    return LoadedFacet(facet, facet.load())


def annotate(facets: Iterable[LoadedFacet], document: Document) -> tuple[Found, dict[str, FacetStatus]]:
    """
    Let each facet speak in turn; return what they found, and each field's status.

    A field has the status of the last facet that spoke for it, else of the last that did not; one that failed is told
    under its own name too, so that it is seen where an earlier one stands in for it.
    """
    found = Found()
    statuses: dict[str, FacetStatus] = {}
    for loaded in facets:
        status = loaded.status(document.language)
        if loaded.covers(document.language):
            try:
                said = loaded.annotate(document, found)
            except FacetFailedError:
                status = statuses[loaded.facet.name] = loaded.failed()
            else:
                found = replace(found, **{field: getattr(said, field) for field in loaded.facet.fields})
        spoken = {field for field, before in statuses.items() if before.status == "ok"}
        statuses |= {field: status for field in loaded.facet.fields if status.status == "ok" or field not in spoken}
    return found, statuses
