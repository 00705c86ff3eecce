"""
Whole articles of our own making, with what an editor would say of them: `stories/<language>.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from schemas.parts import Entity, Place
from services.tagger.categories import load_topics
from services.tagger.stage import work
from tests.unit.tagger.conftest import SETTINGS, make_article

STORIES = Path(__file__).parent / "stories"
LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "ru")

SUBJECTS = {
    "arts": "01", "crime": "02", "disaster": "03", "economy": "04", "education": "05", "environment": "06",
    "health": "07", "human": "08", "labour": "09", "leisure": "10", "politics": "11", "religion": "12",
    "science": "13", "society": "14", "sport": "15", "conflict": "16", "weather": "17",
}  # fmt: skip
TYPES = {"people": "person", "organisations": "organisation", "entities": "organisation", "events": "event"}
TOPICS = load_topics()

Claim = tuple[str, str]


@dataclass(frozen=True)
class Compared:
    """
    What was said of a story, and what an editor says: kind and name, subjects by their top; those of which any fits
    are not all expected.
    """

    said: frozenset[Claim]
    right: frozenset[Claim]
    fitting: frozenset[Claim]


def stories(language: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((STORIES / f"{language}.toml").read_text(encoding="utf-8"))["story"]
    return found


def top(topic: str) -> str:
    while (above := TOPICS[topic].parent) is not None:
        topic = above
    return topic


def compare(story: dict[str, Any], language: str) -> Compared:
    article = make_article(story["text"].strip(), headline=story["headline"], in_language=language)
    found = work(article, SETTINGS).found
    said = {("place", place.name) for place in found.places or ()}
    said |= {(entity.type, entity.name) for entity in found.entities or ()}
    said |= {("subject", top(subject.id)) for subject in found.subjects or ()}
    right = {("place", name) for name in story["places"]}
    right |= {(kind, name) for key, kind in TYPES.items() for name in story.get(key, ())}
    fitting = {("subject", f"medtop:{SUBJECTS[name]}000000") for name in story["subjects"]}
    return Compared(frozenset(said), frozenset(right), frozenset(fitting))


def all_of(language: str) -> Iterator[Compared]:
    return (compare(story, language) for story in stories(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_enough_stories(language: str) -> None:
    """
    Ten in each language beside English, twenty in English.
    """
    assert len(stories(language)) >= (20 if language == "en" else 10)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_claimed_of_the_stories_is_right(language: str) -> None:
    """
    At least nineteen of twenty names and subjects that are said are what an editor says.
    """
    compared = list(all_of(language))
    said = sum(len(each.said) for each in compared)
    right = sum(len(each.said & (each.right | each.fitting)) for each in compared)

    assert said >= 25
    assert right / said >= 0.95


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_an_editor_says_of_the_stories_is_found(language: str) -> None:
    """
    At least nine of ten names, and a fitting subject for nine of ten stories.
    """
    compared = list(all_of(language))
    expected = sum(len(each.right) for each in compared)
    found = sum(len(each.said & each.right) for each in compared)

    assert found / expected >= 0.85 if language != "en" else found / expected >= 0.95
    assert sum(bool(each.said & each.fitting) for each in compared) >= 0.9 * len(compared)


def test_a_report_from_a_war_is_read_whole() -> None:
    """
    Long names with their acronyms, an operation with its other name, a group under three names, a valley, a desert,
    villages that no list has: all are found, and nothing else.
    """
    compared = compare(stories("en")[0], "en")

    assert compared.said == compared.right | compared.fitting


def test_two_names_of_one_thing_are_one_entity() -> None:
    """
    Every way of writing the operation, the forces and the group is a mention of the one entity.
    """
    story = stories("en")[0]
    found = work(make_article(story["text"].strip(), headline=story["headline"]), SETTINGS).found
    named: tuple[Entity | Place, ...] = (*(found.entities or ()), *(found.places or ()))
    things = {each.name: {mention.text for mention in each.mentions} for each in named}

    assert things["Operation Long Furrow"] == {"Operation Long Furrow", "River Wind"}
    assert things["Upper Tarn Defence Forces"] == {"Upper Tarn Defence Forces", "UTDF"}
    assert things["Islamic State"] == {"Islamic State", "Isis", "Daesh"}
    assert things["Lower Khabur River Basin"] == {"Lower Khabur River Basin", "LKRB"}
