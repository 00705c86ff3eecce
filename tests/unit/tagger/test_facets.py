from __future__ import annotations

from dataclasses import dataclass, replace

from schemas.parts import Keyword
from services.tagger.document import Document, document_of
from services.tagger.facets import Annotate, FacetFailedError, Found, annotate, load
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
    is_deterministic: bool = True

    def load(self) -> Annotate:
        def speak(document: Document, found: Found) -> Found:
            heard = "".join(keyword.text.upper() for keyword in found.keywords or ())
            return replace(found, keywords=(Keyword(text=heard + self.word, score=1.0, source="test"),))

        return speak


def test_a_facet_hears_those_before_it() -> None:
    """
    Facets speak in turn, and the last word on a field counts.
    """
    found, statuses = annotate([load(Shouting("a")), load(Shouting("b"))], document_of(make_article("Text.")))

    assert found.keywords is not None
    assert [keyword.text for keyword in found.keywords] == ["Ab"]
    assert (statuses["keywords"].status, statuses["keywords"].version) == ("ok", "3")


def test_a_facet_is_silent_on_a_language_it_does_not_cover() -> None:
    """
    Its field is absent, not empty.
    """
    facets = [load(Shouting("a", frozenset(("de",))))]
    found, statuses = annotate(facets, document_of(make_article("Text.")))

    assert found.keywords is None
    assert statuses["keywords"].status == "unsupported-language"


def test_an_unknown_language_is_covered_by_facets_for_all_only() -> None:
    """
    Nothing is guessed about a text whose language nobody knows.
    """
    facets = [load(Shouting("a", frozenset(("en",))))]
    _, statuses = annotate(facets, document_of(make_article("Text.", in_language=None)))

    assert statuses["keywords"].status == "unsupported-language"


class Failing(Shouting):
    """
    Cannot speak.
    """

    def load(self) -> Annotate:
        def speak(document: Document, found: Found) -> Found:
            raise FacetFailedError("no")

        return speak


def test_what_was_said_stands_where_a_later_facet_fails() -> None:
    """
    The field keeps its value and its status; the failure is told under the facet's own name.
    """
    facets = [load(Shouting("a")), load(Failing("b", name="later"))]
    found, statuses = annotate(facets, document_of(make_article("Text.")))

    assert found.keywords is not None
    assert [keyword.text for keyword in found.keywords] == ["a"]
    assert (statuses["keywords"].status, statuses["keywords"].model) == ("ok", "shouting")
    assert statuses["later"].status == "failed"


def test_a_field_of_a_failed_facet_alone_is_absent() -> None:
    """
    Nobody spoke for it, and its status says that somebody should have.
    """
    found, statuses = annotate([load(Failing("b"))], document_of(make_article("Text.")))

    assert found.keywords is None
    assert statuses["keywords"].status == "failed"


def test_a_later_facet_that_does_not_cover_the_language_takes_nothing_back() -> None:
    """
    The status is that of the facet whose word stands.
    """
    facets = [load(Shouting("a")), load(Shouting("b", frozenset(("de",)), name="german"))]
    _, statuses = annotate(facets, document_of(make_article("Text.")))

    assert (statuses["keywords"].status, statuses["keywords"].model) == ("ok", "shouting")
