"""
A facet that runs elsewhere, behind HTTP: off unless an operator names it, and not deterministic.

It is sent an article and what the facets before it found; its answer replaces the fields that it may speak for. What it
does not answer in time, or not in this form, stays as it was, and the status says `failed`.

    {"language": "en", "headline": "...", "description": "...", "articleBody": "...", "found": {"entities": [...]}}
    {"version": "2026-03", "entities": [{"type": "person", "name": "...", "salience": 1, "score": 0.9,
                                         "mentions": [{"field": "articleBody", "start": 0, "end": 3, "text": "..."}]}]}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.parts import Entity, Keyword, Mention, Place, Subject
from services.tagger.client import NoAnswerError, post_json
from services.tagger.document import Document
from services.tagger.facets import Annotate, FacetFailedError, Found

NAME = "remote"
MAX_VALUES = 100

GIVE_UP_AFTER = 3
"""Failures in a row after which it is not asked for a while, so that a dead one costs no article its time-out."""

LEFT_ALONE = 100
"""Articles for which it is then not asked."""

Ask = Callable[[str, Mapping[str, Any], float], Any]


class Answer(BaseModel):
    """
    What it says. Fields that it was not given are not read; a source that it states is replaced.
    """

    model_config = ConfigDict(extra="ignore")

    version: str = Field("1", max_length=100)
    subjects: tuple[Subject, ...] | None = Field(None, max_length=MAX_VALUES)
    entities: tuple[Entity, ...] | None = Field(None, max_length=MAX_VALUES)
    places: tuple[Place, ...] | None = Field(None, max_length=MAX_VALUES)
    keywords: tuple[Keyword, ...] | None = Field(None, max_length=MAX_VALUES)


@dataclass(frozen=True)
class RemoteFacet:
    """
    The facet. `languages` are those that it is asked about; None: all.
    """

    url: str
    timeout_s: float
    fields: tuple[str, ...]
    languages: frozenset[str] | None = None
    name: str = NAME
    version: str = "1"
    is_deterministic: bool = False
    ask: Ask = post_json

    def load(self) -> Annotate:
        """
        Nothing to load: it is asked when an article is there.
        """
        return _Asking(self).annotate


@dataclass
class _Asking:
    facet: RemoteFacet
    failures: int = 0
    to_leave: int = 0

    def annotate(self, document: Document, found: Found) -> Found:
        if self.to_leave:
            self.to_leave -= 1
            raise FacetFailedError("it did not answer before")
        try:
            said = self._answer(document, found)
        except FacetFailedError:
            self.failures += 1
            if self.failures >= GIVE_UP_AFTER:
                self.failures, self.to_leave = 0, LEFT_ALONE
            raise
        self.failures = 0
        return said

    def _answer(self, document: Document, found: Found) -> Found:
        try:
            given = self.facet.ask(self.facet.url, question(document, found), self.facet.timeout_s)
            answer = Answer.model_validate(_stamped(given))
        except (NoAnswerError, ValidationError) as error:
            raise FacetFailedError(str(error)) from error
        texts = _texts(document)
        things: tuple[Entity | Place, ...] = (*(answer.entities or ()), *(answer.places or ()))
        for thing in things:
            if not all(_stands(mention, texts) for mention in thing.mentions):
                raise FacetFailedError(f"{thing.name} does not stand where it says")
        return replace(
            found, **{name: value for name in self.facet.fields if (value := getattr(answer, name)) is not None}
        )


def question(document: Document, found: Found) -> dict[str, Any]:
    """
    What is asked: the article's texts, and what was found so far by field.
    """
    so_far = {
        name: _plain(values) for name in Answer.model_fields if (values := getattr(found, name, None)) is not None
    }
    return {"language": document.language, **_texts(document), "found": so_far}


def _texts(document: Document) -> dict[str, str]:
    return {text.field: text.text for text in document.texts}


def _plain(values: tuple[BaseModel, ...]) -> list[Any]:
    return [value.model_dump(mode="json", by_alias=True, exclude_none=True) for value in values]


def _stamped(given: Any) -> Any:
    """
    An answer with our own word for where it came from.
    """
    if not isinstance(given, dict):
        return given
    source = f"{NAME}/{given.get('version', '1')}"
    return {name: _with_sources(value, source) if isinstance(value, list) else value for name, value in given.items()}


def _with_sources(values: list[Any], source: str) -> list[Any]:
    return [{**value, "source": source} if isinstance(value, dict) else value for value in values]


def _stands(mention: Mention, texts: Mapping[str, str]) -> bool:
    return texts.get(mention.field, "")[mention.start : mention.end] == mention.text != ""
