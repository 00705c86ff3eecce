"""
Keywords: the phrases by which a person would look for the article.

Candidates are the names that were found and runs of one to three content words. What counts is how often a phrase
stands, where it first stands, and whether the headline has it; a phrase inside a better one is left out.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from schemas.parts import Entity, Keyword, Place
from services.tagger.categories import fold
from services.tagger.data_files import read_yaml, word_set
from services.tagger.document import Document, Text, Token
from services.tagger.facets import Annotate, Found

NAME = "keywords-rules"
VERSION = "1"
SOURCE = f"{NAME}/{VERSION}"

MAX_WORDS = 3
MIN_CHARS = 3
MAX_TOKENS = 10_000
"""Beyond it a text is no article, and its phrases are not counted."""

CHARS_A_TOKEN = 6
_NOT_NOUN = ("ed", "ly", "ing", "est")
_INNER = frozenset((" ", "-", "\u00a0", "\u2010", "\u2011"))


@dataclass
class Candidate:
    """
    A phrase and where it stands.

    Attributes:
        text: As first written.
        words: Its folded words.
        weight: Mentions, the headline's thrice.
        count: Mentions.
        first: Tokens before it, over all texts.
        is_name: Found as an entity or place.
    """

    text: str
    words: tuple[str, ...]
    weight: float = 0.0
    count: int = 0
    first: int = 0
    is_name: bool = False

    def score(self, length: int) -> float:
        """
        Its worth in an article of `length` tokens; not yet on a scale.
        """
        early = 1.0 + math.exp(-4.0 * self.first / max(length, 1))
        size = 1.0 + 0.45 * (len(self.words) - 1)
        return math.log2(1 + self.weight) * early * size * (1.3 if self.is_name else 1.0)


@dataclass(frozen=True)
class KeywordsFacet:
    """
    The facet of keywords, for the languages with a list of function words.
    """

    max_keywords: int
    name: str = NAME
    version: str = VERSION
    fields: tuple[str, ...] = ("keywords",)
    languages: frozenset[str] | None = field(default=frozenset(("de", "en", "es", "fr", "it", "nl", "pt")))
    is_deterministic: bool = True

    def load(self) -> Annotate:
        """
        Read the lists of function words.
        """
        stopwords = {language: word_set(text) for language, text in read_yaml("stopwords.yaml").items()}

        def annotate(document: Document, found: Found) -> Found:
            assert document.language is not None
            chosen = choose(document, found, stopwords[document.language], self.max_keywords)
            return replace(found, keywords=tuple(chosen))

        return annotate


def choose(document: Document, found: Found, stopwords: frozenset[str], limit: int) -> list[Keyword]:
    """
    The best phrases, best first; scores are against the best.
    """
    length = sum(len(text.tokens) for text in document.texts)
    things: tuple[Entity | Place, ...] = (*(found.entities or ()), *(found.places or ()))
    names = list(_names(things, document))
    taken = {words for name in names for words in (name.words,)}
    phrases = [c for c in _phrases(document, stopwords, things) if c.words not in taken and _counts(c)]
    inside = {word for name in names for word in name.words}
    phrases = [c for c in phrases if len(c.words) > 1 or c.words[0] not in inside]
    ranked = sorted(names + phrases, key=lambda each: (-each.score(length), each.first, each.text))
    kept = _distinct(ranked, limit)
    best = kept[0].score(length) if kept else 1.0
    return [Keyword(text=each.text, score=round(each.score(length) / best, 3), source=SOURCE) for each in kept]


def _counts(candidate: Candidate) -> bool:
    """
    Whether a phrase that is no name may be a keyword: it comes again, and does not look like a verb or adverb.
    """
    if candidate.count < 2:
        return False
    if len(candidate.words) == 1:
        return candidate.weight > 2 and not candidate.text.endswith(_NOT_NOUN) and len(candidate.text) > MIN_CHARS
    return not candidate.text.lower().endswith(("ed", "ly"))


def _names(things: Sequence[Entity | Place], document: Document) -> Iterator[Candidate]:
    for thing in things:
        weight = sum(3.0 if mention.field == "headline" else 1.0 for mention in thing.mentions)
        where = thing.mentions[0]
        before = len(document.texts[0].tokens) if where.field != "headline" else 0
        position = before + where.start // CHARS_A_TOKEN
        words = tuple(fold(word) for word in thing.name.casefold().replace("-", " ").split())
        yield Candidate(thing.name, words, weight, position, is_name=True)


def _phrases(document: Document, stopwords: frozenset[str], things: Sequence[Entity | Place]) -> Iterable[Candidate]:
    found: dict[tuple[str, ...], Candidate] = {}
    covered: dict[str, set[int]] = defaultdict(set)
    for thing in things:
        for mention in thing.mentions:
            covered[mention.field].update(range(mention.start, mention.end))
    position = 0
    for text in document.texts:
        weight = 3.0 if text.field == "headline" else 1.0
        for start, stop in _content(text, stopwords, covered[text.field]):
            _count(found, text, (start, stop), weight, position)
        position += len(text.tokens)
    return found.values()


def _content(text: Text, stopwords: frozenset[str], covered: set[int]) -> Iterator[tuple[int, int]]:
    """
    Runs of content words: no function word, number or punctuation inside, and no name that was found.
    """
    start = 0
    tokens = text.tokens[:MAX_TOKENS]
    for index, token in enumerate(tokens):
        if token.start in covered or not _is_content(token, stopwords):
            if index > start:
                yield start, index
            start = index + 1
        elif index > start and (token.opens or token.gap not in _INNER):
            yield start, index
            start = index
    if len(tokens) > start:
        yield start, len(tokens)


def _is_content(token: Token, stopwords: frozenset[str]) -> bool:
    if token.norm in stopwords or len(token.text) < MIN_CHARS:
        return False
    plain = token.text.lower()
    return plain not in stopwords and not plain[0].isdigit()


def _count(
    found: dict[tuple[str, ...], Candidate], text: Text, run: tuple[int, int], weight: float, before: int
) -> None:
    start, stop = run
    folded = [fold(token.norm) for token in text.tokens[start:stop]]
    for size in range(1, min(MAX_WORDS, stop - start) + 1):
        for at in range(stop - start - size + 1):
            words = tuple(folded[at : at + size])
            candidate = found.get(words)
            if candidate is None:
                first, last = text.tokens[start + at], text.tokens[start + at + size - 1]
                written = _written(text.text[first.start : last.end], first)
                candidate = found[words] = Candidate(written, words, first=before + start + at)
            candidate.weight += weight
            candidate.count += 1


def _written(phrase: str, first: Token) -> str:
    """
    As written, but for the capital that only opens a sentence.
    """
    is_plain = first.opens and not any(letter.isupper() for letter in phrase[1:])
    return phrase[0].lower() + phrase[1:] if is_plain else phrase


def _distinct(ranked: list[Candidate], limit: int) -> list[Candidate]:
    seen: list[set[str]] = []
    kept: list[Candidate] = []
    uses: dict[str, int] = defaultdict(int)
    for candidate in ranked:
        words = set(candidate.words)
        if any(words <= other or other <= words for other in seen) or any(uses[word] > 1 for word in words):
            continue
        kept.append(candidate)
        seen.append(words)
        for word in sorted(words):
            uses[word] += 1
        if len(kept) == limit:
            break
    return kept
