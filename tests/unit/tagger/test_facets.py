from __future__ import annotations

from dataclasses import dataclass, replace

from schemas.parts import Keyword
from services.tagger.document import Document, document_of
from services.tagger.facets import Annotate, Found, annotate, load
from tests.unit.tagger.conftest import make_article


@dataclass(frozen=True)
class Shouting:
    """
    Says one word; the word after it has what was said before in capitals.
    """

    word: str
    languages: frozenset[str] | None = None
    name: str = "shouting"
    version: str = "3"
    fields: tuple[str, ...] = ("keywords",)

    def load(self) -> Annotate:
        def speak(document: Document, found: Found) -> Found:
            heard = "".join(keyword.text.upper() for keyword in found.keywords or ())
            return replace(found, keywords=(Keyword(text=heard + self.word, score=1.0, source="test"),))

        return speak


def test_a_facet_hears_those_before_it() -> None:
    """
    Facets speak in turn, and the last word on a field counts.
    """
    found, statuses = annotate(load([Shouting("a"), Shouting("b")]), document_of(make_article("Text.")))

    assert found.keywords is not None
    assert [keyword.text for keyword in found.keywords] == ["Ab"]
    assert (statuses["keywords"].status, statuses["keywords"].version) == ("ok", "3")


def test_a_facet_is_silent_on_a_language_it_does_not_cover() -> None:
    """
    Its field is absent, not empty.
    """
    facets = load([Shouting("a", frozenset(("de",)))])
    found, statuses = annotate(facets, document_of(make_article("Text.")))

    assert found.keywords is None
    assert statuses["keywords"].status == "unsupported-language"


def test_an_unknown_language_is_covered_by_facets_for_all_only() -> None:
    """
    Nothing is guessed about a text whose language nobody knows.
    """
    facets = load([Shouting("a", frozenset(("en",)))])
    _, statuses = annotate(facets, document_of(make_article("Text.", in_language=None)))

    assert statuses["keywords"].status == "unsupported-language"
