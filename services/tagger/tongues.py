"""
The languages beside English: beginnings of words by Media Topic, countries and great cities by their names there.

Tables only, so what is said is little and sure: no name is read that is not in a table, and a subject needs two
different words. GeoNames ids come from the gazetteer, by country code or by the city's name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any

from services.tagger.data_files import read_yaml
from services.tagger.document import Document, Text, normalise, read
from services.tagger.gazetteer import Gazetteer, Site

LANGUAGES = ("ar", "de", "es", "fr", "it", "ru")

UNCASED = frozenset(("ar",))
"""Languages without capitals: names stand as the tables have them, whatever their hamzas."""

SHORT_STEM = 5
MAX_SHORT_ENDING = 3
"""A beginning shorter than `SHORT_STEM` letters stands for words that go on for this many letters at most."""

MIN_STEM = 3

_CASES = (("ия", ("ия", "ии", "ию", "ией")), ("а", ("а", "ы", "е", "у", "ой", "и")), ("я", ("я", "и", "ю", "ей", "е")),
          ("й", ("й", "я", "ю", "ем", "е")), ("ь", ("ь", "я", "ю", "ем", "е", "и", "ью")))  # fmt: skip
_CONSONANT_CASES = ("", "а", "у", "ом", "е")
_VOWELS = "аеёиоуыэюя"

_AND, _ONTO = ("و", "ف"), ("ب", "ك", "ل")
"""Arabic: and, so; in, as, for. All are written onto the word behind them, the first two also before the others."""

_THE, _FOR, _FOR_THE = "ال", "ل", "لل"
_BEFORE_THE = ("", "و", "ف", "ب", "ك", "وب", "وك", "فب")
_WHOLE_LETTERS = 3
"""An Arabic word is no shorter."""

Words = tuple[str, ...]
Variants = Callable[[str], Words]
"""What one written word may be, without what is written onto it."""


@cache
def tongue(language: str) -> Mapping[str, Any]:
    """
    The table of a language.
    """
    table: Mapping[str, Any] = read_yaml(f"lang_{language}.yaml")
    return table


@dataclass(frozen=True)
class Stem:
    """
    The beginnings of one word or of several in a row; those in `exact` are whole words.
    """

    term: str
    parts: tuple[str, ...]
    exact: tuple[bool, ...]

    def stands(self, words: Sequence[Words]) -> bool:
        """
        Whether some words, each with its variants, begin so.
        """
        if len(words) < len(self.parts):
            return False
        return all(map(_begins, words, self.parts, self.exact))


def _begins(word: Words, part: str, exact: bool) -> bool:
    return any(variant == part or (not exact and _goes_on(variant, part)) for variant in word)


def _goes_on(word: str, part: str) -> bool:
    return word.startswith(part) and (len(part) >= SHORT_STEM or len(word) - len(part) <= MAX_SHORT_ENDING)


def as_written(norm: str) -> Words:
    """
    A word of a language that writes nothing onto it.
    """
    return (norm,)


@lru_cache(maxsize=16384)
def bare_arabic(norm: str) -> Words:
    """
    What a normalised Arabic word may be without the article and the small words that are written onto it; itself first.
    """
    inner = norm[1:] if len(norm) > _WHOLE_LETTERS and norm[0] in _AND else norm
    stripped = [inner, inner[1:] if inner[0] in _ONTO else inner]
    found = [norm, *(each.removeprefix(_THE) for each in stripped), inner.removeprefix(_FOR_THE), *stripped]
    return tuple(dict.fromkeys(word for word in found if len(word) >= _WHOLE_LETTERS)) or (norm,)


VARIANTS: Mapping[str, Variants] = {"ar": bare_arabic}


class Stems:
    """
    The beginnings of a language's words.
    """

    def __init__(self, stems: Iterable[Stem], variants: Variants = as_written) -> None:
        self._variants = variants
        self._by_first: dict[str, list[Stem]] = defaultdict(list)
        for stem in stems:
            self._by_first[stem.parts[0]].append(stem)

    def terms_in(self, text: Text) -> Iterator[str]:
        """
        The terms that stand in a text, the longest at each place.
        """
        words = tuple(self._variants(token.norm) for token in text.tokens)
        for position in range(len(words)):
            stem = self._at(words[position : position + 4])
            if stem is not None:
                yield stem.term

    def _at(self, words: Sequence[Words]) -> Stem | None:
        for norm in words[0]:
            for size in range(len(norm), min(MIN_STEM, len(norm)) - 1, -1):
                standing = [stem for stem in self._by_first.get(norm[:size], ()) if stem.stands(words)]
                if standing:
                    return max(standing, key=lambda stem: (len(stem.parts), stem.term))
        return None


def stem_of(term: str) -> Stem:
    """
    Read a term as the tables write it: `_` between words, and at the end of a whole one.
    """
    parts = term.strip("_").split("_")
    exact = [False] * len(parts)
    exact[-1] = term.endswith("_")
    return Stem(term, tuple(normalise(part) for part in parts), tuple(exact))


@dataclass(frozen=True)
class LocalSpan:
    """
    A place's name at tokens `start` to `stop` of a text.
    """

    text: int
    start: int
    stop: int
    site: Site


Forms = Mapping[str, tuple[tuple[tuple[str, ...], Site], ...]]


class LocalNames:
    """
    Countries and great cities by their names in each language.
    """

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._forms = {language: _forms(language, gazetteer) for language in LANGUAGES}

    def find(self, document: Document) -> Iterator[LocalSpan]:
        """
        The names that stand in a document, as written in the table or in its cases.
        """
        forms = self._forms.get(document.language or "", {})
        is_uncased = document.language in UNCASED
        spelt = attrgetter("norm" if is_uncased else "text")
        for number, text in enumerate(document.texts):
            for position, token in enumerate(text.tokens):
                for words, site in forms.get(spelt(token), ()) if is_uncased or token.is_capital else ():
                    stop = position + len(words)
                    if tuple(spelt(each) for each in text.tokens[position:stop]) == words:
                        yield LocalSpan(number, position, stop, site)
                        break


def _forms(language: str, gazetteer: Gazetteer) -> Forms:
    found: dict[str, list[tuple[tuple[str, ...], Site]]] = defaultdict(list)
    for site, name in _named(language, gazetteer):
        for words in written(language, spelling(name, language)):
            found[words[0]].append((words, site))
    return {word: tuple(sorted(forms, key=lambda form: -len(form[0]))) for word, forms in found.items()}


def spelling(name: str, language: str | None) -> Words:
    """
    The words of a name as they are compared: as written, without hamzas where there are no capitals.
    """
    tokens = read("headline", name, language).tokens
    return tuple(token.norm if language in UNCASED else token.text for token in tokens)


def _named(language: str, gazetteer: Gazetteer) -> Iterator[tuple[Site, str]]:
    table = tongue(language)
    for code, names in table["countries"].items():
        yield from ((gazetteer.countries[code], name) for name in names)
    for code, cities in table["cities"].items():
        for known, name in cities.items():
            yield gazetteer.city(known, code), name


def written(language: str, words: Words) -> Iterator[Words]:
    """
    A name as running text may have it: in its cases, or with small words written onto it.
    """
    yield words
    if language == "ar":
        yield from ((first, *words[1:]) for first in _joined(words[0]))
    if language == "de" and len(words) == 1 and words[0][-1] not in "sxzß":
        yield (words[0] + "s",)
    if language == "ru" and len(words) == 1 and not words[0].isupper():
        yield from ((form,) for form in _cases(words[0]) if form != words[0])


def _joined(word: str) -> Iterator[str]:
    yield from (before + word for before in _BEFORE_THE[1:])
    with_for = _FOR_THE + word.removeprefix(_THE) if word.startswith(_THE) else _FOR + word
    yield from (before + with_for for before in ("", "و", "ف"))


def _cases(name: str) -> Iterator[str]:
    for ending, cases in _CASES:
        if name.endswith(ending):
            yield from (name.removesuffix(ending) + case for case in cases)
            return
    if name[-1] not in _VOWELS:
        yield from (name + case for case in _CONSONANT_CASES)
