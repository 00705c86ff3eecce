"""
The tagger's facets behind the contracts of a tagging scorer: each function runs exactly what the service runs.

    lid    list of texts -> list of ISO 639-1 codes
    ner    list of texts -> list of [(start, end, label)], label PER, ORG, LOC or MISC
    topic  list of texts -> list of ranked top-level IPTC names
    geo    list of (text, [(start, end, phrase)]) -> list of [(lat, lon) or None]
    dedup  (id, text) in the order of a stream -> list of the ids of the first with each text
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from schemas.parts import TextField
from services.tagger.atlas import load_gazetteer
from services.tagger.categories import Terms, load_terms, load_topics, rank
from services.tagger.document import Document, Text, read
from services.tagger.facets import Found, annotate
from services.tagger.lexicon import load_lexicon
from services.tagger.linking.same_text import Texts
from services.tagger.linking.settings import LinkerSettings
from services.tagger.linking.sketches import Sketch, sketch
from services.tagger.places import PlaceResolver
from services.tagger.registry import load_facets, load_language
from services.tagger.settings import TaggerSettings
from services.tagger.sketch import words
from services.tagger.vocabulary import Topic

Span = tuple[int, int, str]

SETTINGS = TaggerSettings()
LINKER_SETTINGS = LinkerSettings()
LABELS = {"person": "PER", "organisation": "ORG", "event": "MISC", "product": "MISC", "place": "LOC"}


def _document(text: str, language: str = "en") -> Document:
    body: TextField = "articleBody"
    headline: TextField = "headline"
    return Document(language, (Text(headline, "", (), is_cased=False), read(body, text)))


def _found(text: str) -> Found:
    return annotate(load_facets(SETTINGS), _document(text))[0]


def lid(texts: list[str]) -> list[str]:
    """
    The language of each text.
    """
    detector = load_language(SETTINGS)
    return [detector.detect(text)[0] for text in texts]


def ner(texts: list[str]) -> list[list[Span]]:
    """
    The names in each text.
    """
    return [sorted(_spans(_found(text))) for text in texts]


def _spans(found: Found) -> Iterable[Span]:
    for entity in found.entities or ():
        yield from ((m.start, m.end, LABELS[entity.type]) for m in entity.mentions)
    for place in found.places or ():
        yield from ((m.start, m.end, "LOC") for m in place.mentions)


def topic(texts: list[str]) -> list[list[str]]:
    """
    The top-level subjects of each text, best first; the whole ranking, without the threshold of the service.
    """
    topics, terms = _topic_tables()
    ranked = [rank(_document(text), topics, terms) for text in texts]
    return [[s.name for s in subjects if topics[s.id].parent is None] or ["none"] for subjects in ranked]


def dedup(items: Iterable[tuple[str, str]]) -> list[str]:
    """
    For each text the id of the first that has it, as the linker finds it.
    """
    known: list[Sketch] = []
    ids: list[str] = []
    firsts, found = Texts(known.__getitem__), []
    for number, (name, text) in enumerate(items):
        sample = sketch(words(text))
        known.append(sample)
        ids.append(name)
        match = firsts.find(sample, LINKER_SETTINGS.min_text_share)
        found.append(ids[match.article] if match else name)
        if match is None:
            firsts.add(sample, number)
    return found


def geo(items: list[tuple[str, list[tuple[int, int, str]]]]) -> list[list[tuple[float, float] | None]]:
    """
    Where each given name of each text is.
    """
    resolver = _resolver()
    return [_located(resolver, text, spans) for text, spans in items]


def _located(resolver: PlaceResolver, text: str, spans: list[tuple[int, int, str]]) -> list[tuple[float, float] | None]:
    document = _document(text)
    starts = {token.start: index for index, token in enumerate(document.body.tokens)}
    named = [(starts[start], _stop(document.body, starts[start], end)) for start, end, _ in spans if start in starts]
    evidence = resolver.evidence(document, named)
    points: list[tuple[float, float] | None] = []
    for start, end, phrase in spans:
        first = starts.get(start)
        stop = None if first is None else _stop(document.body, first, end)
        qualifier = None if stop is None else resolver.qualifier(document.body, stop)
        resolved = resolver.resolve(phrase, evidence, qualifier)
        site = resolved.site if resolved else None
        points.append(None if site is None or site.latitude is None else (site.latitude, site.longitude or 0.0))
    return points


def _stop(text: Text, first: int, end: int) -> int:
    while first < len(text.tokens) and text.tokens[first].start < end:
        first += 1
    return first


@cache
def _topic_tables() -> tuple[Mapping[str, Topic], Terms]:
    topics = load_topics()
    return topics, load_terms(topics)


@cache
def _resolver() -> PlaceResolver:
    return PlaceResolver(load_gazetteer(SETTINGS.min_city_population), load_lexicon())
