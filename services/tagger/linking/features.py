"""
What a version of an article is about, as a few weighted words: what the search for its story goes by.

    place:170794, place:sy:badia desert     by GeoNames id, or by country and name
    person:ada quill, entity:Q42            by name, or by Wikidata id
    name:quill, number:3200                 a word with a capital letter, within a sentence; a number, but for years
    word:en:collap                          of headline, keywords and lead, cut to six letters, so that forms meet

Places and names mean the same in every language, words do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import takewhile

from schemas.events import Article, ArticleTagged
from schemas.parts import Entity, Place
from schemas.stories import MAX_FEATURES, ArticleFingerprint
from services.tagger.data_files import read_yaml, word_set
from services.tagger.document import Document
from services.tagger.facets import Found
from services.tagger.linking.sketches import encoded, sketch
from services.tagger.sketch import words

STEM_CHARS = 6
MIN_CHARS = 3

HEADLINE_WEIGHT, KEYWORD_WEIGHT, LEAD_WEIGHT = 0.7, 0.5, 0.3
LEAD_CHARS = 400
"""News says first what it is about."""

MIN_NAME_CHARS, NAME_CHARS = 4, 60
NAME_WEIGHT, NUMBER_WEIGHT = 0.5, 0.4

_DAYS = word_set(
    "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag "
    "sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo "
    "lunedì martedì mercoledì giovedì venerdì sabato domenica понедельник вторник среда четверг пятница суббота "
    "воскресенье"
)
_NUMBER = re.compile(r"\d(?:[\d.,'’ \u00a0\u202f]*\d)?")
_MARKS = re.compile(r"\D")
_YEAR = re.compile(r"(?:19|20)\d\d")


LEAST_WEIGHT = 0.4
"""Of a name that is mentioned at all; what it is beyond is its share of the article's attention."""


@dataclass(frozen=True)
class Traits:
    """
    What a fingerprint says of a text: its sketch, as text, and its features.
    """

    sketch: str = ""
    features: dict[str, int] = field(default_factory=dict)


NO_TRAITS = Traits()
"""Of an article without a text."""


def traits_of(document: Document, found: Found) -> Traits:
    """
    Find the traits of an article that was annotated.
    """
    weights: dict[str, float] = {}
    for key, weight in (*_things(found), *_marks(document), *_words(document, found)):
        weights[key] = max(weights.get(key, 0.0), weight)
    weightiest = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))[:MAX_FEATURES]
    return Traits(encoded(sketch(words(document.body.text))), {key: round(100 * weight) for key, weight in weightiest})


def _things(found: Found) -> Iterable[tuple[str, float]]:
    mentions = sum(len(place.mentions) for place in found.places or ()) or 1
    for place in found.places or ():
        yield _place(place), min(1.0, LEAST_WEIGHT + len(place.mentions) / mentions)
    for entity in found.entities or ():
        if entity.type != "place":
            yield _entity(entity), min(1.0, LEAST_WEIGHT + entity.salience)


def _place(place: Place) -> str:
    if place.geonames_id is not None:
        return f"place:{place.geonames_id}"
    return f"place:{(place.country_code or '').lower()}:{_folded(place.name)}"


def _entity(entity: Entity) -> str:
    return f"entity:{entity.wikidata}" if entity.wikidata else f"{entity.type}:{_folded(entity.name)}"


def _folded(name: str) -> str:
    return " ".join(words(name))[:NAME_CHARS]


def _names(document: Document) -> list[str]:
    """
    Words of the lead that have a capital letter where none has to be.
    """
    lead = takewhile(lambda token: token.start < LEAD_CHARS, document.body.tokens)
    names = [token.norm for token in lead if token.is_capital and not token.opens]
    return [name for name in names if len(name) >= MIN_NAME_CHARS and name not in _DAYS]


def _marks(document: Document) -> Iterable[tuple[str, float]]:
    """
    Names, and numbers, however their thousands are marked.
    """
    yield from ((f"name:{name}", NAME_WEIGHT) for name in _names(document))
    for number in _NUMBER.findall(f"{document.texts[0].text} {document.body.text[:LEAD_CHARS]}"):
        digits = _MARKS.sub("", number)
        if len(digits) > 1 and not _YEAR.fullmatch(number):
            yield f"number:{digits}", NUMBER_WEIGHT


def _words(document: Document, found: Found) -> Iterable[tuple[str, float]]:
    """
    Those of names are left out: names have features of their own.
    """
    language = document.language or "und"
    found_names = [*(place.name for place in found.places or ()), *(entity.name for entity in found.entities or ())]
    named = {stem for name in (*found_names, *_names(document)) for stem in _stems(name, language)}
    stems = dict.fromkeys(_stems(document.body.text[:LEAD_CHARS], language), LEAD_WEIGHT)
    for keyword in found.keywords or ():
        for stem in _stems(keyword.text, language):
            stems[stem] = max(stems.get(stem, 0.0), KEYWORD_WEIGHT * keyword.score)
    stems |= dict.fromkeys(_stems(document.texts[0].text, language), HEADLINE_WEIGHT)
    return ((f"word:{language}:{stem}", weight) for stem, weight in stems.items() if stem not in named)


def _stems(text: str, language: str) -> Iterable[str]:
    stopwords = _stopwords().get(language, frozenset())
    for word in words(text):
        if len(word) >= MIN_CHARS and word not in stopwords and not word[0].isdigit() and word not in _DAYS:
            yield word[:STEM_CHARS]


@lru_cache(maxsize=1)
def _stopwords() -> dict[str, frozenset[str]]:
    return {language: word_set(text) for language, text in read_yaml("stopwords.yaml").items()}


def fingerprint_of(tagged: ArticleTagged, traits: Traits) -> ArticleFingerprint:
    """
    What the linker has to know of a version; of one that is withdrawn, that it is.
    """
    return ArticleFingerprint(
        article_id=tagged.article_id,
        page_id=tagged.page_id,
        url=tagged.url,
        site=tagged.site,
        in_language=tagged.in_language,
        version=tagged.version,
        pub_status=tagged.pub_status,
        revised_at=tagged.revised_at,
        published_at=Article.milestones(tagged).get("published"),
        word_count=tagged.word_count,
        sketch=traits.sketch,
        features=traits.features,
    )
