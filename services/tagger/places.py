"""
Which place a name means: the candidates of the gazetteer, weighed by what else the article names.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.tagger.document import Document, Text, Token, normalise
from services.tagger.evidence import Evidence, home_of
from services.tagger.gazetteer import MAX_NAME_TOKENS, WIDE, Candidate, Gazetteer, Kind, Site, key_of
from services.tagger.lexicon import Lexicon
from services.tagger.runs import JOINTS, Joined

SURE_POPULATION = 300_000
"""A city of this size is meant by its name without further signs."""

TOWN_POPULATION = 15_000
"""A smaller one needs a sign of its own division or surroundings."""

_KIND_WEIGHT: dict[Kind, float] = {
    "continent": 3.0, "country": 2.5, "feature": 2.4, "region": 1.6, "state": 1.6, "county": 0.5, "city": 0.0,
}  # fmt: skip
SIZE_WEIGHT = 0.55
"""What ten times the people add."""

MAIN_WEIGHT = 0.5
COUNTRY_WEIGHT = 1.0
DIVISION_WEIGHT = 1.5
NAMES_WEIGHT = 1.8
NEAR_WEIGHT = 1.5
HOME_WEIGHT = 1.0
PINNED_WEIGHT = 3.0
PREFERRED_WEIGHT = 2.5
QUALIFIED_WEIGHT = 6.0

_BEHIND = frozenset(("in", "near"))

_SPACES = re.compile(r"[\s-]+")
_QUALIFYING = frozenset((", ", " (", ","))

Span = tuple[int, int]


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
        self.joined = _joined(gazetteer)

    def evidence(self, document: Document, named: Iterable[Span] = ()) -> Evidence:
        """
        Collect what a document says of where it plays.

        Args:
            document: What to read.
            named: Tokens of the body that are known to name places; without them, names count that surely do.
        """
        found = Evidence(home=home_of(document.url, self._gazetteer))
        for text in document.texts:
            position = 0
            while position < len(text.tokens):
                position = self._collect(text, position, found) if text.tokens[position].is_capital else position + 1
        for start, stop in named:
            self._vote(document.body, (start, stop), found)
        return found

    def _collect(self, text: Text, position: int, found: Evidence) -> int:
        """
        Count what begins at a token; return where to go on.
        """
        token = text.tokens[position]
        demonym = self._gazetteer.demonyms.get(token.norm)
        if demonym is not None and demonym.country:
            found.countries[demonym.country] += 1
        for stop in range(_linked_end(text, position), position, -1):
            if stop - position == 1 and (site := self.acronym(token, is_cased=text.is_cased)):
                return self._wide(site, stop, found)
            sites = self._gazetteer.names.get("".join(each.norm for each in text.tokens[position:stop]))
            if not sites:
                continue
            wide = [site for site in sites if site.kind in WIDE]
            if len(wide) == 1 and not any(_is_city_of(site, wide[0]) for site in sites):
                return self._wide(wide[0], stop, found)
            if wide:
                return stop
            if self._surely_names(text, (position, stop), sites):
                self._vote(text, (position, stop), found)
                return stop
        return position + 1

    def _wide(self, site: Site, stop: int, found: Evidence) -> int:
        if site.country:
            found.countries[site.country] += 1
            if site.division:
                found.divisions[site.country, site.division] += 1
        return stop

    def _surely_names(self, text: Text, span: Span, sites: list[Site]) -> bool:
        start, stop = span
        if self.qualifier(text, stop) is not None or any(site.kind == "county" for site in sites):
            return True
        first = text.tokens[start]
        if stop - start == 1 and (first.norm in self._doubtful or len(first.norm) < 4):
            return False
        follows = start > 0 and first.is_linked and text.tokens[start - 1].norm in self._lexicon.spatial
        return follows or any(site.population >= SURE_POPULATION for site in sites)

    def _vote(self, text: Text, span: Span, found: Evidence) -> None:
        start, stop = span
        phrase = " ".join(token.text for token in text.tokens[start:stop])
        key = key_of(phrase)
        candidates = self._gazetteer.meant(phrase)
        if not candidates:
            return
        qualifier = self.qualifier(text, stop)
        inside = [each for each in candidates if qualifier is not None and _lies_in(each[0], qualifier)]
        if inside:
            found.name(key, candidates, max((each[0] for each in inside), key=lambda site: site.population))
        elif not any(site.kind in WIDE for site, _ in candidates):
            found.name(key, candidates)

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
        bare = phrase.replace(".", "").replace(" ", "")
        short = self._gazetteer.acronyms.get(bare) or (
            self._gazetteer.abbreviations.get(bare) if "." in phrase or bare.isupper() else None
        )
        if short is not None:
            return Resolved(short, 0.95)
        key = key_of(phrase)
        demonym = self._gazetteer.demonyms.get(key)
        candidates = self._gazetteer.meant(phrase)
        if demonym is not None and qualifier is None:
            return Resolved(demonym, 0.6)
        if not candidates:
            return None
        weighed = [(self._weight(key, each, evidence, qualifier), *each) for each in candidates]
        weight, site, is_main = max(
            weighed, key=lambda each: (each[0], each[1].population, -(each[1].geonames_id or 0))
        )
        return Resolved(self._put(site, evidence), _confidence(site, weight, evidence, is_main=is_main))

    def _weight(self, key: str, candidate: Candidate, evidence: Evidence, qualifier: Site | None) -> float:
        preferred = PREFERRED_WEIGHT if self._gazetteer.preferred.get(key) == candidate[0] else 0.0
        return preferred + _weight(key, candidate, evidence, qualifier)

    def _put(self, site: Site, evidence: Evidence) -> Site:
        """
        Put a county on the map: amid the named cities of its state, else in its state's middle.
        """
        if site.kind != "county" or site.country is None or site.division is None:
            return site
        state = self._gazetteer.divisions[site.country, site.division]
        point = evidence.middle(site.country, site.division) or (state.latitude, state.longitude)
        return site._replace(latitude=point[0], longitude=point[1])

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
        if resolved is not None and self._is_admitted(resolved.site, text, (start, stop), evidence):
            return resolved
        largest = max((site for site, _ in self._gazetteer.candidates(key)), key=lambda site: site.population)
        return Resolved(largest, 0.6) if self._is_admitted(largest, text, (start, stop), evidence) else None

    def read_behind(self, text: Text, start: int, stop: int, evidence: Evidence) -> Resolved | None:
        """
        The place, of any size, that tokens which nothing else speaks for name behind a word of place: "in Baghuz".
        """
        tokens = text.tokens[start:stop]
        is_behind = start > 0 and tokens[0].is_linked and text.tokens[start - 1].norm in _BEHIND
        is_word = len(tokens) == 1 and (tokens[0].norm in self._doubtful or len(tokens[0].norm) < 4)
        if not is_behind or is_word or len(tokens) > MAX_NAME_TOKENS:
            return None
        resolved = self.resolve(" ".join(token.text for token in tokens), evidence, None)
        return None if resolved is None else Resolved(resolved.site, 0.5)

    def qualifier(self, text: Text, stop: int) -> Site | None:
        """
        The wider place after a comma or in brackets: "Paris, Texas".
        """
        if stop >= len(text.tokens) or text.tokens[stop].gap not in _QUALIFYING:
            return None
        for end in range(min(_linked_end(text, stop), stop + 3), stop, -1):
            word = text.text[text.tokens[stop].start : text.tokens[end - 1].end]
            abbreviated = self._gazetteer.abbreviations.get(word.replace(".", ""))
            if abbreviated is not None:
                return abbreviated
            if end == stop + 1 and (site := self.acronym(text.tokens[stop], is_cased=text.is_cased)):
                return site
            key = "".join(token.norm for token in text.tokens[stop:end])
            wide = [site for site in self._gazetteer.names.get(key, ()) if site.kind in WIDE]
            if wide:
                return wide[0]
        return None

    def _is_admitted(self, site: Site, text: Text, span: Span, evidence: Evidence) -> bool:
        start, stop = span
        key = "".join(token.norm for token in text.tokens[start:stop])
        if site.kind in WIDE or site.kind == "county" or self._gazetteer.preferred.get(key) == site:
            return True
        qualifier = self.qualifier(text, stop)
        if qualifier is not None and _lies_in(site, qualifier):
            return True
        first = text.tokens[start]
        follows = start > 0 and first.is_linked and text.tokens[start - 1].norm in self._lexicon.spatial
        is_near = site.country is not None and evidence.countries[site.country] > 0
        is_word = stop - start == 1 and (first.norm in self._doubtful or len(first.norm) < 4)
        if site.population < TOWN_POPULATION:
            is_there = follows and text.tokens[start - 1].norm != "of"
            return is_there and not is_word and _is_close(key, site, evidence)
        if is_word:
            return follows and (is_near or site.population >= SURE_POPULATION)
        is_large = site.population >= (100_000 if is_near else SURE_POPULATION)
        return is_large or (is_near and (follows or stop - start > 1))


def _joined(gazetteer: Gazetteer) -> Joined:
    """
    Where a joint stands in the names of places: "Bosnia and Herzegovina", "Newcastle upon Tyne".
    """
    sites = {site.name for sites in gazetteer.names.values() for site in sites if site.kind in WIDE or site.population}
    names = ([normalise(word) for word in _SPACES.split(name)] for name in sites)
    return frozenset(
        (name[at - 1], name[at], name[at + 1]) for name in names for at in range(1, len(name) - 1) if name[at] in JOINTS
    )


def _is_close(key: str, site: Site, evidence: Evidence) -> bool:
    named = evidence.divisions[site.country or "", site.division or ""] > 0
    return named or evidence.around(key, site) >= 0.8


def _is_city_of(site: Site, wide: Site) -> bool:
    """
    Whether a great city bears the name of a wide place: "New York", "Washington" tell nothing of a state.
    """
    return site.kind == "city" and site.population >= SURE_POPULATION and wide.kind in {"state", "region"}


def _lies_in(site: Site, wide: Site) -> bool:
    return site.country == wide.country and wide.division in {None, site.division} and site.kind in {"city", "county"}


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


def _weight(key: str, candidate: Candidate, evidence: Evidence, qualifier: Site | None) -> float:
    site, is_main = candidate
    weight = _KIND_WEIGHT[site.kind] + SIZE_WEIGHT * math.log10(site.population + 10)
    weight += MAIN_WEIGHT if is_main else 0.0
    if site.country and site.kind != "country":
        weight += COUNTRY_WEIGHT * _saturated(evidence.countries[site.country])
        weight += HOME_WEIGHT if site.country == evidence.home else 0.0
    if site.country and site.division:
        weight += DIVISION_WEIGHT * _saturated(evidence.divisions[site.country, site.division])
        weight += NAMES_WEIGHT * _saturated(evidence.in_division(key, site))
        weight += NEAR_WEIGHT * _saturated(evidence.around(key, site))
    if evidence.pinned.get(key) == site:
        weight += PINNED_WEIGHT
    if qualifier is not None and _lies_in(site, qualifier):
        weight += QUALIFIED_WEIGHT
    return weight


def _saturated(votes: float) -> float:
    return votes * votes / (votes * votes + 1.0)


def _confidence(site: Site, weight: float, evidence: Evidence, *, is_main: bool) -> float:
    if site.kind in WIDE:
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
