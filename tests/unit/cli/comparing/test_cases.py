from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from schemas.events import ArticleCleaned, ArticleTagged
from services.cli.comparing.cases import COMPACTION_LAG, case_of
from services.cli.comparing.fields import FIELDS
from tests.unit.cli.comparing.given import NOW, article, case, entry, tags

LONG_AGO = NOW - COMPACTION_LAG - timedelta(hours=1)


def test_equal_sides_differ_in_nothing() -> None:
    """
    Whatever else the events carry.
    """
    found = case(cleaned=article(provenance={"headline": {"source": "meta"}}, generation=7, version=2))

    assert (found.before, found.after, found.changed) == ("published", "published", [])


@pytest.mark.parametrize(
    ("fields", "changed"),
    [
        ({"cleaned": article("One.")}, ["articleBody"]),
        ({"cleaned": article(datePublished="2026-11-22")}, ["datePublished"]),
        ({"cleaned": article(author=[{"name": "A. Person"}])}, ["author"]),
        ({"cleaned": article(isAccessibleForFree=False)}, ["isAccessibleForFree"]),
        ({"tagged": tags(inLanguage="de")}, ["inLanguage"]),
        ({"tagged": tags(places=[{"name": "Bern", "geonamesId": 2661552}])}, ["places"]),
        ({"tagged": tags(facets={"places": {"status": "failed"}})}, ["facets"]),
    ],
)
def test_the_field_that_differs_is_named(fields: dict[str, Any], changed: list[str]) -> None:
    """
    And no other.
    """
    assert case(**fields).changed == changed


def test_tags_are_compared_only_where_a_version_was_published() -> None:
    """
    The ledger drops what reads as the version before.
    """
    found = case(was_tagged=None)

    assert "headline" in found.fields
    assert "subjects" not in found.fields


def test_of_an_article_only_the_tags_are_compared() -> None:
    """
    The cleaner's part is its input.
    """
    found = case_of(entry(was_cleaned=None, cleaned=article("Other.")), NOW, tags_only=True)

    assert set(found.fields) == {field.name for field in FIELDS if field.is_tag}


@pytest.mark.parametrize(
    ("fields", "before"),
    [
        ({"was_cleaned": None, "was_tagged": None}, "not published"),
        ({"was_cleaned": None, "letter": "WORK_TIMEOUT"}, "dead letter: WORK_TIMEOUT"),
        ({"letter": "STAGE_FAILED"}, "dead letter: STAGE_FAILED"),
        ({"was_cleaned": None, "is_followed": True}, "not published"),
        ({"was_cleaned": None, "arrived": LONG_AGO}, "not published"),
        ({"was_cleaned": None, "arrived": LONG_AGO, "is_followed": True}, "unknown"),
    ],
)
def test_what_became_of_a_page_is_read_off_the_topics(fields: dict[str, Any], before: str) -> None:
    """
    After a week a later page of the article may have taken its place, so that nothing is known.
    """
    assert case(**fields).before == before


def test_every_field_that_is_compared_is_one_of_the_contract() -> None:
    """
    A name that the events do not have would compare nothing, and nobody would notice.
    """
    for field in FIELDS:
        event = ArticleTagged if field.is_tag else ArticleCleaned
        names = {each.alias or name for name, each in event.model_fields.items()}
        assert field.name in names, field.name
