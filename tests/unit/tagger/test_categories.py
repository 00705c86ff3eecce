from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from services.tagger.categories import load_terms, load_topics
from services.tagger.data_files import read_tsv
from services.tagger.derive_mediatopics import derive

STORIES = {
    "medtop:16000000": (
        "Rebels shelled the army's positions overnight. Troops answered with artillery, and the civil war goes on "
        "after the ceasefire failed. An air strike hit a militia convoy."
    ),
    "medtop:15000000": (
        "The striker scored twice in the second half and the goalkeeper saved a penalty. The coach praised his "
        "team after the match, which takes the club to the final of the cup."
    ),
    "medtop:04000000": (
        "Shares fell after the company warned that quarterly profit would miss forecasts. Investors fear inflation "
        "and higher interest rates, an economist at the bank said."
    ),
    "medtop:11000000": (
        "The prime minister faces a vote in parliament before the general election. Opposition parties want a "
        "minister to resign, and voters tell pollsters that the government is tired."
    ),
    "medtop:07000000": (
        "Doctors at the hospital treat patients for a new virus. The vaccine protects against the disease, the "
        "health ministry said, and the outbreak slows."
    ),
    "medtop:17000000": (
        "Forecasters issued a weather warning as heavy rain and thunderstorms follow the heatwave. Temperatures "
        "fall and snowfall is expected on the hills."
    ),
}


@pytest.mark.parametrize(("topic", "story"), STORIES.items())
def test_a_plain_story_has_its_subject_first(tag: Callable[..., Any], topic: str, story: str) -> None:
    """
    A story of one subject names that top subject first.
    """
    assert tag(story).found.subjects[0].id == topic


def test_a_text_about_nothing_much_has_no_subject(tag: Callable[..., Any]) -> None:
    """
    Below the confidence nothing is said; the list is empty, not absent.
    """
    assert tag("The cat sat on the mat and looked out of the window for a while.").found.subjects == ()


def test_the_publisher_is_evidence(tag: Callable[..., Any]) -> None:
    """
    A section that names a topic tips a text that says little.
    """
    plain = tag("They met on the ground in the afternoon and the match went on.")
    labelled = tag(
        "They met on the ground in the afternoon and the match went on.",
        article_section="Sport",
        publisher_keywords=["cricket", "Test match"],
    )

    assert plain.found.subjects == ()
    assert labelled.found.subjects[0].id == "medtop:15000000"


def test_every_word_list_is_of_a_topic_that_exists() -> None:
    """
    All seventeen top subjects have words, under names that IPTC gives them.
    """
    topics = load_topics()
    told = {topic for found in load_terms(topics).weights.values() for topic, _ in found}
    tops = {topic.id for topic in topics.values() if topic.parent is None}

    assert len(tops) == 17
    assert all(any(_top(topics, topic) == top for topic in told) for top in tops)


def _top(topics: Mapping[str, Any], topic: str) -> str:
    while topics[topic].parent is not None:
        topic = topics[topic].parent
    return topic


def test_the_derived_table_holds_facts_only() -> None:
    """
    Four columns: id, name, parent's id, Wikidata id; parents are there too.
    """
    rows = read_tsv("mediatopics.tsv")
    ids = {row[0] for row in rows}

    assert all(len(row) == 4 and re.fullmatch(r"medtop:\d{8}", row[0]) for row in rows)
    assert all(not row[2] or row[2] in ids for row in rows)
    assert all(not row[3] or re.fullmatch(r"Q\d+", row[3]) for row in rows)


def test_the_table_is_derived_without_retired_concepts_and_definitions() -> None:
    """
    The script keeps the nearest parent and the Wikidata id, and says whose the facts are.
    """
    concept = {
        "q": "medtop:1",
        "en": "ponds",
        "parents": ["medtop:0", "medtop:9"],
        "d": "All of them",
        "retired": False,
    }
    made = derive([{**concept, "wd": "https://www.wikidata.org/entity/Q5"}, {**concept, "wd": None, "retired": True}])

    assert made.endswith("\nmedtop:1\tponds\tmedtop:9\tQ5\n")
    assert "IPTC" in made
    assert "All of them" not in made
