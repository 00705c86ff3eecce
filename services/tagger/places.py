"""
Which place a name means: the candidates of the gazetteer, weighed by what else the article names.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from services.tagger.document import Document, Text, Token
from services.tagger.gazetteer import MAX_NAME_TOKENS, Gazetteer, Kind, Site, key_of
from services.tagger.lexicon import Lexicon

SURE_POPULATION = 300_000
"""A city of this size is meant by its name without further signs."""

_KIND_WEIGHT: dict[Kind, float] = {
    "continent": 1.5, "country": 1.5, "feature": 1.2, "region": 1.1, "state": 1.0, "city": 0.0,
}  # fmt: skip
_WIDE: frozenset[Kind] = frozenset(("continent", "country", "state", "region", "feature"))


@dataclass(frozen=True)
class Evidence:
    """
    Countries and their divisions that an article names, with how often.
    """

    countries: Counter[str]
    divisions: Counter[tuple[str, str]]


@dataclass(frozen=True)
class Resolved:
    """
    A place with how sure it is that it is the one meant.
    """

    site: Site
    score: float


class PlaceResolver:
    """
    Resolves names to places.
    """

    def __init__(self, gazetteer: Gazetteer, lexicon: Lexicon) -> None:
        self._gazetteer = gazetteer
        self._lexicon = lexicon
        self._doubtful = lexicon.given_names | lexicon.not_places

    def evidence(self, document: Document) -> Evidence:
        """
        Collect the countries and divisions that a document names, by name or demonym.
        """
        found = Evidence(Counter(), Counter())
        for text in document.texts:
            for position, token in enumerate(text.tokens):
                if token.is_capital:
                    self._collect(text, position, found)
        return found

    def _collect(self, text: Text, position: int, found: Evidence) -> None:
        demonym = self._gazetteer.demonyms.get(text.tokens[position].norm)
        if demonym is not None and demonym.country:
            found.countries[demonym.country] += 1
        for stop in range(_linked_end(text, position), position, -1):
            site = self._wide(text.tokens[position:stop], is_cased=text.is_cased)
            if site is not None and site.country:
                found.countries[site.country] += 1
                if site.division:
                    found.divisions[site.country, site.division] += 1
                return

    def _wide(self, tokens: tuple[Token, ...], *, is_cased: bool) -> Site | None:
        if len(tokens) == 1 and (site := self.acronym(tokens[0], is_cased=is_cased)):
            return site
        key = "".join(token.norm for token in tokens)
        return next((site for site in self._gazetteer.names.get(key, ()) if site.kind in _WIDE), None)

    def acronym(self, token: Token, *, is_cased: bool) -> Site | None:
        """
        The country of an acronym such as "US"; never of "us", nor in text that is all capitals.
        """
        bare = token.text.replace(".", "")
        if not bare.isupper() or not (is_cased or "." in token.text):
            return None
        return self._gazetteer.acronyms.get(bare)

    def is_demonym(self, token: Token) -> bool:
        """
        Whether a word is a people's, such as "Syrian".
        """
        return token.is_capital and token.norm in self._gazetteer.demonyms

    def resolve(self, phrase: str, evidence: Evidence, qualifier: Site | None = None) -> Resolved | None:
        """
        The likeliest place of a name that is known to be a place.
        """
        acronym = self._gazetteer.acronyms.get(phrase.replace(".", ""))
        if acronym is not None:
            return Resolved(acronym, 0.95)
        key = key_of(phrase)
        candidates = self._gazetteer.candidates(key) or self._gazetteer.candidates(key.removeprefix("the"))
        if not candidates:
            demonym = self._gazetteer.demonyms.get(key)
            return Resolved(demonym, 0.6) if demonym else None
        weighed = [(_weight(site, evidence, qualifier, is_main=is_main), site, is_main) for site, is_main in candidates]
        weight, site, is_main = max(
            weighed, key=lambda each: (each[0], each[1].population, -(each[1].geonames_id or 0))
        )
        return Resolved(site, _confidence(site, weight, evidence, is_main=is_main))

    def read(self, text: Text, start: int, stop: int, evidence: Evidence) -> Resolved | None:
        """
        The place that tokens `start` to `stop` name, if they name one; a city needs size or a sign around it.
        """
        tokens = text.tokens[start:stop]
        if len(tokens) == 1 and (site := self.acronym(tokens[0], is_cased=text.is_cased)):
            return Resolved(site, 0.95)
        if stop - start > MAX_NAME_TOKENS or (len(tokens) == 1 and self.is_demonym(tokens[0])):
            return None
        key = "".join(token.norm for token in tokens)
        if not self._gazetteer.candidates(key):
            return None
        qualifier = self.qualifier(text, stop)
        resolved = self.resolve(" ".join(token.text for token in tokens), evidence, qualifier)
        if resolved is None or not self._is_admitted(resolved.site, text, (start, stop), evidence, qualifier):
            return None
        return resolved

    def qualifier(self, text: Text, stop: int) -> Site | None:
        """
        The wider place after a comma: "Paris, Texas".
        """
        if stop >= len(text.tokens) or text.tokens[stop].gap != ", ":
            return None
        abbreviated = self._gazetteer.abbreviations.get(text.tokens[stop].text.replace(".", ""))
        if abbreviated is not None:
            return abbreviated
        for end in range(min(_linked_end(text, stop), stop + 3), stop, -1):
            site = self._wide(text.tokens[stop:end], is_cased=text.is_cased)
            if site is not None:
                return site
        return None

    def _is_admitted(
        self, site: Site, text: Text, span: tuple[int, int], evidence: Evidence, qualifier: Site | None
    ) -> bool:
        start, stop = span
        first = text.tokens[start]
        if site.kind in _WIDE:
            return True
        if qualifier is not None and qualifier.country == site.country:
            return True
        follows = start > 0 and first.is_linked and text.tokens[start - 1].norm in self._lexicon.spatial
        is_given = stop - start == 1 and first.norm in self._doubtful
        is_near = site.country is not None and evidence.countries[site.country] > 0
        if is_given or len(first.norm) < 4:
            return follows and (is_near or site.population >= SURE_POPULATION)
        if site.population >= SURE_POPULATION:
            return True
        return is_near if follows or stop - start > 1 else is_near and site.population >= 100_000


def _linked_end(text: Text, position: int) -> int:
    """
    Up to where a wide place's name that begins at `position` may reach.
    """
    stop = position + 1
    last = min(len(text.tokens), position + MAX_NAME_TOKENS)
    while stop < last and text.tokens[stop].is_linked and (text.tokens[stop].is_capital or stop + 1 < last):
        stop += 1
    while not text.tokens[stop - 1].is_capital:
        stop -= 1
    return stop


def _weight(site: Site, evidence: Evidence, qualifier: Site | None, *, is_main: bool) -> float:
    weight = _KIND_WEIGHT[site.kind] + math.log10(site.population + 10) / 7 + (0.3 if is_main else 0.0)
    if site.country and site.kind != "country":
        weight += 0.6 if evidence.countries[site.country] else 0.0
        weight += 0.4 if site.division and evidence.divisions[site.country, site.division] else 0.0
    if qualifier is not None and qualifier.country == site.country and site.kind == "city":
        weight += 3.0 if qualifier.division in {None, site.division} else 1.0
    return weight


def _confidence(site: Site, weight: float, evidence: Evidence, *, is_main: bool) -> float:
    if site.kind in _WIDE:
        return 0.95
    score = 0.55 + (0.15 if is_main else 0.0) + min(0.15, weight / 20)
    score += 0.1 if site.country and evidence.countries[site.country] else 0.0
    return round(min(score, 0.95), 2)


def stands_between(text: Text, first: tuple[int, int], second: tuple[int, int], distances: frozenset[str]) -> bool:
    """
    Whether two names stand as "between X and Y" behind a word of distance: then both are places.
    """
    start, stop = first
    after = second[0]
    if start == 0 or text.tokens[start - 1].norm != "between" or after != stop + 1 or text.tokens[stop].norm != "and":
        return False
    return any(token.norm in distances for token in text.tokens[max(0, start - 9) : start - 1])
