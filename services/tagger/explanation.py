"""
Why an article has its tags: for each annotation the table, the rule or the words that speak for it.

Nothing of it is published. Our own facets are read once more; of others the source is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from schemas.events import ArticleTagged
from schemas.parts import Entity, Mention, Place
from services.tagger import categories, entities, keywords
from services.tagger.categories import fold, load_tables, spoken
from services.tagger.document import Document, document_of
from services.tagger.entities import load_namer
from services.tagger.naming import Piece
from services.tagger.settings import TaggerSettings

MAX_WORDS = 8
MAX_FORMS = 4
JOINED = "another form of the name"


class Reason(NamedTuple):
    """
    Why something is said.
    """

    field: str
    name: str
    score: float
    why: str


Where = tuple[str, int]
"""A field, and a character in it."""


def reasons(article: ArticleTagged, settings: TaggerSettings) -> list[Reason]:
    """
    A reason for each annotation, in the event's order.
    """
    document = document_of(article)
    return [
        *_subjects(article, document, settings),
        *_named("entities", article.entities or [], document, settings),
        *_named("places", article.places or [], document, settings),
        *_keywords(article, document),
    ]


def _subjects(article: ArticleTagged, document: Document, settings: TaggerSettings) -> Iterator[Reason]:
    topics, terms = load_tables(settings.vocabulary_file)
    own = terms.get(document.language or "")
    counts = spoken(document, own) if own else {}
    for subject in article.subjects or []:
        below = {subject.id}
        while more := {each.id for each in topics.values() if each.parent in below} - below:
            below |= more
        words = [word for word in counts if own and any(topic in below for topic, _ in own.weights[word])]
        ranked = sorted(words, key=lambda word: (-counts[word], word))[:MAX_WORDS]
        is_ours = subject.source == categories.SOURCE
        why = "words: " + ", ".join(f"{word.strip('_').replace('_', ' ')} {counts[word]:g}" for word in ranked)
        said = why if ranked else "the publisher's own section or keywords"
        yield Reason("subjects", subject.name, subject.score, said if is_ours else subject.source)


def _named(
    field: str, things: list[Entity] | list[Place], document: Document, settings: TaggerSettings
) -> Iterator[Reason]:
    pieces = load_namer(settings.min_city_population, settings.aliases_file).pieces(document)
    by_place = {_where(piece, document): piece for piece in pieces}
    for thing in things:
        is_ours = thing.source.endswith(entities.SOURCE)
        why = "; ".join(_forms(thing.mentions, by_place)) if is_ours else thing.source
        yield Reason(field, thing.name, thing.score, why)


def _where(piece: Piece, document: Document) -> Where:
    text = document.texts[piece.text]
    return text.field, text.tokens[piece.start].start


def _forms(mentions: list[Mention], pieces: dict[Where, Piece]) -> Iterator[str]:
    """
    Each way of writing with its reason, the first few.
    """
    told: dict[str, str] = {}
    for mention in mentions:
        why = _why(pieces.get((mention.field, mention.start)))
        if told.get(mention.text, JOINED) == JOINED:
            told[mention.text] = why
    yield from (f"{form}: {why}" for form, why in list(told.items())[:MAX_FORMS])


def _why(piece: Piece | None) -> str:
    if piece is None:
        return "as elsewhere in the article"
    if piece.known is not None:
        return "table of known names"
    if piece.place is not None:
        site = piece.place.site
        return f"gazetteer, {site.kind}{f' {site.geonames_id}' if site.geonames_id else ''}"
    return piece.reading.why if piece.reading is not None else JOINED


def _keywords(article: ArticleTagged, document: Document) -> Iterator[Reason]:
    names = {thing.name for thing in (*(article.entities or ()), *(article.places or ()))}
    folded = [" ".join(("", *(fold(token.norm) for token in text.tokens), "")) for text in document.texts]
    for keyword in article.keywords or []:
        phrase = " ".join(("", *(fold(word) for word in keyword.text.casefold().replace("-", " ").split()), ""))
        count = sum(text.count(phrase) for text in folded)
        why = (
            "a name" if keyword.text in names else f"stands {count} times" + ", in the headline" * (phrase in folded[0])
        )
        is_ours = keyword.source == keywords.SOURCE
        yield Reason("keywords", keyword.text, keyword.score, why if is_ours else keyword.source)
