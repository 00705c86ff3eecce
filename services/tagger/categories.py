"""
Subjects: IPTC Media Topics by the words that speak for them, with the publisher's own section and keywords as evidence.

A topic's evidence is the weighted, damped count of its words; a child's counts for its parent too. The score of a topic
is what share of the evidence it has and how much there is at all, so that a short or mixed text names nothing.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from schemas.parts import Subject
from services.tagger.data_files import DATA, read_yaml
from services.tagger.document import Document, Text
from services.tagger.document import read as read_text
from services.tagger.facets import Annotate, Found
from services.tagger.tongues import LANGUAGES, VARIANTS, Stems, as_written, stem_of, tongue
from services.tagger.vocabulary import Topic, parse_table

NAME = "categories-rules"
VERSION = "1"
SOURCE = f"{NAME}/{VERSION}"

STRONG, FAIR = 3.0, 1.0
HEADLINE_WEIGHT = 2.0
MIN_LOCAL_TERMS = 2
"""In the languages with short lists one word alone is no subject."""

PUBLISHER_WEIGHT = 6.0
"""What the publisher's own section or keyword adds to the topic that it names."""

ENOUGH = 8.0
"""Evidence at which the amount alone gives half of the score."""


@dataclass(frozen=True)
class Terms:
    """
    The words of all topics: `(topic id, weight)` by folded term, topic ids by their folded names, and the most words of
    a term by its first word. Where there are `stems`, terms are beginnings of words, and a top subject needs
    `min_terms` of them.
    """

    weights: Mapping[str, tuple[tuple[str, float], ...]]
    names: Mapping[str, str]
    reach: Mapping[str, int]
    stems: Stems | None = None
    min_terms: int = 1


@dataclass(frozen=True)
class CategoriesFacet:
    """
    The facet of subjects.
    """

    min_score: float
    max_subjects: int
    vocabulary_file: str = ""
    name: str = NAME
    version: str = VERSION
    fields: tuple[str, ...] = ("subjects",)
    languages: frozenset[str] | None = frozenset(("en", *LANGUAGES))
    is_deterministic: bool = True

    def load(self) -> Annotate:
        """
        Read the tables.
        """
        topics, terms = load_tables(self.vocabulary_file)

        def annotate(document: Document, found: Found) -> Found:
            ranked = rank(document, topics, terms[document.language or "en"])
            kept = [subject for subject in ranked if subject.score >= self.min_score][: self.max_subjects]
            return replace(found, subjects=tuple(kept))

        return annotate


@lru_cache(maxsize=2)
def load_tables(vocabulary_file: str) -> tuple[Mapping[str, Topic], Mapping[str, Terms]]:
    """
    All Media Topics by id, and what speaks for them by language.

    Args:
        vocabulary_file: The path of a table that `news-ingest vocabulary load` has written; empty: ours.
    """
    topics = load_topics(vocabulary_file)
    return topics, {"en": load_terms(topics)} | {code: load_local_terms(topics, code) for code in LANGUAGES}


def spoken(document: Document, terms: Terms) -> dict[str, float]:
    """
    The words that speak for a topic, each with its weighted count; those of headline and description count twice.
    """
    counts: dict[str, float] = defaultdict(float)
    for text in document.texts:
        weight = 1.0 if text.field == "articleBody" else HEADLINE_WEIGHT
        for term in _terms_in(text, terms) if terms.stems is None else terms.stems.terms_in(text):
            counts[term] += weight
    return counts


def load_topics(vocabulary_file: str = "") -> Mapping[str, Topic]:
    """
    The topics of a table, or of ours, by id.
    """
    path = Path(vocabulary_file) if vocabulary_file else DATA / "mediatopics.tsv"
    return parse_table(path.read_text(encoding="utf-8"))


def _ids(topics: Mapping[str, Topic]) -> Mapping[str, str | None]:
    """
    Ids by the names that our word lists have for them; none for what a newer vocabulary has retired.
    """
    return {topic.name: topic.id if topic.id in topics else None for topic in load_topics().values()}


def load_terms(topics: Mapping[str, Topic]) -> Terms:
    """
    Read the word lists.

    Raises:
        KeyError: A list is of a topic that IPTC does not have under that name.
    """
    ids = _ids(topics)
    weights: dict[str, dict[str, float]] = defaultdict(dict)
    for name, words in read_yaml("categories.yaml").items():
        if (topic := ids[name]) is None:
            continue
        for weight, kind in ((FAIR, "fair"), (STRONG, "strong")):
            for word in words.get(kind, ()):
                weights[fold_phrase(word)][topic] = weight
    return Terms(
        {term: tuple(sorted(found.items())) for term, found in weights.items()},
        _names(topics, "en"),
        _reach(weights),
    )


def load_local_terms(topics: Mapping[str, Topic], language: str) -> Terms:
    """
    Read the word beginnings of another language.

    Raises:
        KeyError: As `load_terms`.
    """
    ids = _ids(topics)
    weights: dict[str, dict[str, float]] = defaultdict(dict)
    for name, words in tongue(language)["subjects"].items():
        if (topic := ids[name]) is not None:
            weights |= {word: {**weights[word], topic: STRONG} for word in words.split()}
    return Terms(
        {term: tuple(sorted(found.items())) for term, found in weights.items()},
        _names(topics, language),
        {},
        Stems((stem_of(term) for term in sorted(weights)), VARIANTS.get(language, as_written)),
        MIN_LOCAL_TERMS,
    )


def _names(topics: Mapping[str, Topic], language: str) -> dict[str, str]:
    """
    Ids by the names that publishers write: the English ones, and those in a language where the vocabulary has them.
    """
    english = {fold_phrase(topic.name): topic.id for topic in topics.values()}
    return english | {
        fold_phrase(topic.labels[language]): topic.id for topic in topics.values() if language in topic.labels
    }


def _reach(terms: Iterable[str]) -> dict[str, int]:
    reach: dict[str, int] = {}
    for term in terms:
        words = term.split(" ")
        reach[words[0]] = max(reach.get(words[0], 0), len(words))
    return reach


@lru_cache(maxsize=16384)
def fold(norm: str) -> str:
    """
    Fold the plural of a normalised word.
    """
    if len(norm) > 4 and norm.endswith("ies"):
        return norm[:-3] + "y"
    return norm[:-1] if len(norm) > 3 and norm.endswith("s") and not norm.endswith("ss") else norm


def fold_phrase(phrase: str) -> str:
    """
    Fold each word of a phrase.
    """
    return " ".join(fold(token.norm) for token in read_text("headline", phrase).tokens)


def rank(document: Document, topics: Mapping[str, Topic], terms: Terms) -> list[Subject]:
    """
    All topics with evidence, best first; equal ones by id, the parent before its children.
    """
    evidence = _with_parents(_evidence(document, terms), topics)
    if terms.min_terms > 1:
        evidence = _supported(evidence, document, topics, terms)
    tops = {topic: weight for topic, weight in evidence.items() if topics[topic].parent is None}
    total = sum(sorted(tops.values()))
    subjects = [_subject(topics, topic, evidence, total) for topic in evidence]
    return sorted(subjects, key=lambda subject: (-subject.score, topics[subject.id].parent is not None, subject.id))


def _supported(
    evidence: Mapping[str, float], document: Document, topics: Mapping[str, Topic], terms: Terms
) -> dict[str, float]:
    """
    The evidence below the top subjects that enough different words speak for.
    """
    assert terms.stems is not None
    standing = sorted({term for text in document.texts for term in terms.stems.terms_in(text)})
    counts = Counter(
        top for term in standing for top in sorted({_top(topic, topics) for topic, _ in terms.weights[term]})
    )
    return {topic: weight for topic, weight in evidence.items() if counts[_top(topic, topics)] >= terms.min_terms}


def _top(topic: str, topics: Mapping[str, Topic]) -> str:
    while (above := topics[topic].parent) is not None:
        topic = above
    return topic


def _evidence(document: Document, terms: Terms) -> dict[str, float]:
    counts = spoken(document, terms)
    evidence: dict[str, float] = defaultdict(float)
    for term in sorted(counts):
        for topic, weight in terms.weights[term]:
            evidence[topic] += weight * math.log2(1 + counts[term])
    for label in sorted({fold_phrase(label) for label in _labels(document)}):
        if label in terms.names:
            evidence[terms.names[label]] += PUBLISHER_WEIGHT
        for topic, weight in terms.weights.get(label, ()):
            evidence[topic] += weight * PUBLISHER_WEIGHT / STRONG
    return evidence


def _labels(document: Document) -> Iterable[str]:
    return filter(None, (document.section, *document.publisher_keywords[:10]))


def _terms_in(text: Text, terms: Terms) -> Iterable[str]:
    """
    The terms that stand in a text, the longest at each place.
    """
    folded = [fold(token.norm) for token in text.tokens]
    position = 0
    while position < len(folded):
        size = terms.reach.get(folded[position], 0)
        while size and " ".join(folded[position : position + size]) not in terms.weights:
            size -= 1
        if size:
            yield " ".join(folded[position : position + size])
        position += size or 1


def _with_parents(evidence: Mapping[str, float], topics: Mapping[str, Topic]) -> dict[str, float]:
    summed: dict[str, float] = defaultdict(float)
    for topic in sorted(evidence):
        above: str | None = topic
        while above is not None:
            summed[above] += evidence[topic]
            above = topics[above].parent
    return summed


def _subject(topics: Mapping[str, Topic], topic: str, evidence: Mapping[str, float], total: float) -> Subject:
    weight = evidence[topic]
    share = weight / total
    score = math.sqrt(share) * weight / (weight + ENOUGH)
    known = topics[topic]
    return Subject(id=topic, name=known.name, score=round(min(score, 1.0), 3), source=SOURCE, wikidata=known.wikidata)
