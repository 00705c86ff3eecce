"""
Facets: what can be said of an article, each a plug-in that knows which languages it covers.

A facet speaks for one or more fields of `ArticleTagged`. Where it does not cover the language, its fields stay absent
and their status says so: an absent list is never taken for an empty one. A facet sees what those before it found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

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


class Facet(Protocol):
    """
    A plug-in: rules, a table or a model behind one interface.

    Attributes:
        name: What it is, e.g. `names-rules`; the `model` of its status.
        version: Raised with each change of what it says.
        fields: The fields of `Found` that it speaks for.
        languages: Those it covers, as primary subtags; None for all.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def fields(self) -> tuple[str, ...]: ...

    @property
    def languages(self) -> frozenset[str] | None: ...

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
        spoke = "ok" if self.covers(language) else "unsupported-language"
        return FacetStatus(status=spoke, model=self.facet.name, version=self.facet.version)


def load(facets: Iterable[Facet]) -> tuple[LoadedFacet, ...]:
    """
    Load facets, in the order in which they are to speak.
    """
    return tuple(LoadedFacet(facet, facet.load()) for facet in facets)


def annotate(facets: Iterable[LoadedFacet], document: Document) -> tuple[Found, dict[str, FacetStatus]]:
    """
    Let each facet speak in turn; return what they found, and each field's status.
    """
    found = Found()
    statuses: dict[str, FacetStatus] = {}
    for loaded in facets:
        statuses |= dict.fromkeys(loaded.facet.fields, loaded.status(document.language))
        if loaded.covers(document.language):
            said = loaded.annotate(document, found)
            found = replace(found, **{field: getattr(said, field) for field in loaded.facet.fields})
    return found, statuses
