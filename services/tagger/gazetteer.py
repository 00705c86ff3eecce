"""
The gazetteer: countries, divisions, counties, cities, towns and waters under all their names.

A name's key drops case, diacritics, spaces and hyphens, so that transliterations meet: "Deir Ezzor" is a spelling of
"Deir ez Zor". `atlas` fills it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from services.tagger.document import normalise

Kind = Literal["continent", "country", "state", "region", "county", "city", "feature"]

WIDE: frozenset[Kind] = frozenset(("continent", "country", "state", "region", "feature"))
"""Kinds that a name names without further signs."""

MAX_NAME_TOKENS = 6

_NOT_KEY = re.compile(r"[\W_]+")
_SHORT = (("st", "saint"), ("ft", "fort"), ("mt", "mount"))
_WORD_BEFORE = re.compile(
    r"^(?:the|greater|downtown|central|northern|southern|eastern|western|state of|city of)\s+", re.IGNORECASE
)
_WORD_AFTER = re.compile(
    r"\s+(?:city|town|state|province|region|area|district|governorate|metro|oblast)$", re.IGNORECASE
)


class Site(NamedTuple):
    """
    A place. Coordinates are degrees; those of what is larger than a city are its middle, those of a county are unknown.
    """

    name: str
    kind: Kind
    geonames_id: int | None
    latitude: float | None
    longitude: float | None
    country: str | None
    division: str | None
    population: int


Candidate = tuple[Site, bool]
"""A place, and whether the name is a main name of it."""


@dataclass
class Gazetteer:
    """
    Places by key. `alternates` are names of lesser trust; `acronyms` and `demonyms` count as written,
    `abbreviations` of divisions only after a comma or with their point. `divisions` are by country and code;
    `preferred` is meant by a name more often than other places; `domains` have a country's code.
    """

    names: dict[str, list[Site]] = field(default_factory=lambda: defaultdict(list))
    alternates: dict[str, list[Site]] = field(default_factory=lambda: defaultdict(list))
    acronyms: dict[str, Site] = field(default_factory=dict)
    demonyms: dict[str, Site] = field(default_factory=dict)
    abbreviations: dict[str, Site] = field(default_factory=dict)
    divisions: dict[tuple[str, str], Site] = field(default_factory=dict)
    preferred: dict[str, Site] = field(default_factory=dict)
    countries: dict[str, Site] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)

    def candidates(self, key: str) -> list[Candidate]:
        """
        The places that may be meant by a name.
        """
        main = [(site, True) for site in self.names.get(key, ())]
        return main + [(site, False) for site in self.alternates.get(key, ())]

    def city(self, name: str, country: str) -> Site:
        """
        The largest city of a name in a country.

        Raises:
            ValueError: There is none.
        """
        sites = (site for site in self.names[key_of(name)] if site.kind == "city" and site.country == country)
        return max(sites, key=lambda site: site.population)

    def meant(self, phrase: str) -> list[Candidate]:
        """
        The places that a phrase known to name one may mean; words around the name and its short forms come off.
        """
        if found := self.candidates(key_of(phrase)):
            return found
        forms = (phrase, _WORD_BEFORE.sub("", phrase), _WORD_AFTER.sub("", phrase))
        for form in dict.fromkeys(forms):
            for key in _spelled_out(key_of(form)):
                if found := self.candidates(key):
                    return found
        return []

    def add(self, name: str, site: Site) -> None:
        """
        Add a main name; one in capitals only counts as written.
        """
        bare = name.replace(".", "")
        if bare.isupper() and len(bare) <= 4:
            self.acronyms[bare] = site
        else:
            self.names[key_of(name)].append(site)


def _spelled_out(key: str) -> Sequence[str]:
    return [key, *(long + key.removeprefix(short) for short, long in _SHORT if key.startswith(short))]


def key_of(name: str) -> str:
    """
    The key of a name.
    """
    plain = name.lower().replace(" ", "") if name.isascii() else normalise(name)
    return plain if plain.isalnum() else _NOT_KEY.sub("", plain)
