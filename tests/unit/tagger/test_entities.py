from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.parts import Entity, Place
from services.tagger.stage import work
from tests.unit.tagger.conftest import SETTINGS, make_article

Find = Callable[..., dict[str, Entity]]

ODD = """
Ada Pole said the in IS Isis US us Paris, Texas. John Smith (JS) between Ministry of Health “Reuters” and al-Qaeda UN’s
ÉTAT 北京 Operation Storm Dr. O'Neil city's -- Bank İstanbul ﬁrst Straße
"""
WORDS = st.sampled_from([*ODD.split(), "\n\n"])


def texts_of(entity: Entity) -> set[str]:
    return {mention.text for mention in entity.mentions}


def test_all_names_of_one_organisation_are_one_entity(entities: Find) -> None:
    """
    However a group is called in an article, it is one entity with all its mentions.
    """
    found = entities("Islamic State lost the town. Isis fighters fled, and IS leaders with them; Daesh is beaten.")

    assert texts_of(found["Islamic State"]) == {"Islamic State", "Isis", "IS", "Daesh"}


def test_the_verb_is_is_no_organisation(entities: Find) -> None:
    """
    Capitals that shout do not name a group, nor does a name that stands alone without its context.
    """
    assert entities("This IS the best cake in the village. Isis the cat ate most of it.") == {}


def test_the_word_us_is_no_country(places: Callable[..., dict[str, Any]]) -> None:
    """
    "US" is a country as written in capitals only.
    """
    assert "United States" not in places("They told us that nobody had asked us about the pond.")
    assert "United States" in places("Officials in the US have asked about the pond.")


def test_a_role_before_a_name_speaks_for_a_person(entities: Find) -> None:
    """
    "The spokesman for the fighters, Name," is a person though no list has the name.
    """
    found = entities("The spokesman for the river guards, Zorvan Pelk, confirmed the count on Monday.")

    assert found["Zorvan Pelk"].type == "person"


def test_a_surname_is_joined_to_the_full_name(entities: Find) -> None:
    """
    After the full name the surname alone is a mention of the same person.
    """
    found = entities("Margaret Quill opened the mill. Later Quill said the wheel had been mended.")

    assert [mention.text for mention in found["Margaret Quill"].mentions] == ["Margaret Quill", "Quill"]


def test_a_long_name_and_its_acronym_are_one_organisation(entities: Find) -> None:
    """
    "Long Name (LN)" makes LN a mention of the long name.
    """
    found = entities("The Upland Drainage Board (UDB) met on Friday. The UDB has nine members.")

    assert [mention.text for mention in found["Upland Drainage Board"].mentions] == [
        "Upland Drainage Board",
        "UDB",
        "UDB",
    ]


def test_a_ministry_is_named_to_its_end(entities: Find) -> None:
    """
    "Ministry of X and Y" is one name.
    """
    assert "Ministry of Works and Transport" in entities("It was the Ministry of Works and Transport that paid.")


def test_an_operation_and_its_other_name_are_one_event(entities: Find) -> None:
    """
    An operation is an event, with the name in brackets after it.
    """
    found = entities("Troops of Operation Clean Sweep (Winter Broom) advanced. Winter Broom ends soon.")

    assert found["Operation Clean Sweep"].type == "event"
    assert "Winter Broom" in texts_of(found["Operation Clean Sweep"])


def test_a_name_has_one_label_in_a_document(tag: Callable[..., Any]) -> None:
    """
    A surname that is also a town is the person throughout, once the person was named.
    """
    found = tag("Amanda Lincoln won the seat. Supporters cheered as Lincoln spoke.").found

    assert [entity.name for entity in found.entities] == ["Amanda Lincoln"]
    assert found.places == ()


def test_a_title_in_capitals_gets_the_names_of_the_body(entities: Find) -> None:
    """
    A headline whose capitals say nothing is searched for the names that the body has.
    """
    found = entities("Margaret Quill opened the mill.", headline="Why Margaret Quill Opened That Mill Again")

    assert {mention.field for mention in found["Margaret Quill"].mentions} == {"headline", "articleBody"}


def test_salience_is_a_share(entities: Find) -> None:
    """
    The one who is named most, and in the headline, is the most salient; shares sum to at most 1.
    """
    found = entities(
        "Margaret Quill opened the mill. Quill was glad. Reuters reported it.", headline="Margaret Quill opens old mill"
    )

    assert found["Margaret Quill"].salience > found["Reuters"].salience
    assert sum(entity.salience for entity in found.values()) <= 1.001


@settings(max_examples=40)
@given(st.lists(WORDS, max_size=60), st.lists(WORDS, max_size=10))
def test_a_mention_is_the_text_at_its_span(body: list[str], headline: list[str]) -> None:
    """
    In any article each mention's text is its field between start and end.
    """
    article = make_article(" ".join(body), " ".join(headline))
    fields = {"headline": article.headline, "articleBody": article.article_body}
    found = work(article, SETTINGS).found

    things: tuple[Entity | Place, ...] = (*(found.entities or ()), *(found.places or ()))
    for thing in things:
        assert thing.mentions
        assert all(fields[m.field][m.start : m.end] == m.text for m in thing.mentions)


def test_an_endless_list_of_names_is_bounded(tag: Callable[..., Any]) -> None:
    """
    However often a name stands, a hundred mentions are published, so that the event stays within what Kafka takes.
    """
    [reuters] = tag("Reuters wrote. " * 300).found.entities

    assert len(reuters.mentions) == 100


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("In the evening Duane Oyelaran read his poems to a small crowd.", "Duane Oyelaran", "person"),
        ("Then Grunwald Haverbeck, who had waited for an hour, left the hall.", "Grunwald Haverbeck", "person"),
        ("The song was written by Tilmar Brockhurst in a single night.", "Tilmar Brockhurst", "person"),
        ("It was late when Brockhurst said that he would stay.", "Brockhurst", "person"),
    ],
)
def test_people_are_read_by_lists_of_names_and_by_the_words_beside_them(
    entities: Find, text: str, name: str, kind: str
) -> None:
    """
    Where nothing else speaks for a name.
    """
    assert entities(text)[name].type == kind


@pytest.mark.parametrize("text", ["The plan was made by New Management.", "It ended when Monday said nothing new."])
def test_words_that_are_no_names_are_no_people(entities: Find, text: str) -> None:
    """
    Calendars and points of the compass name nobody, whatever stands beside them.
    """
    assert not any(entity.type == "person" for entity in entities(text).values())


def test_a_landform_behind_a_name_makes_it_a_place(places: Callable[..., dict[str, Place]]) -> None:
    """
    "The Hamrat desert" is a place though no list has it; so is a landform behind several words.
    """
    found = places("Traders crossed the Hamrat desert. They slept on the Ust Vadar plateau in a desert wind.")

    assert set(found) == {"Hamrat desert", "Ust Vadar plateau"}
