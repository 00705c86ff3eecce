from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from schemas import topics
from schemas.base import rfc3339
from schemas.exports import jsonld, ninjs
from schemas.exports.identifiers import moment, uri
from tests.past.samples import FORMS, sample
from tests.unit.schemas.exports.cases import CASES, article
from tests.unit.schemas.exports.golden import STANDARDS, golden, written

NINJS = Path(__file__).parents[3] / "fixtures" / "standards" / "ninjs-3.1-part.json"

EVERY_FORM = {f"form-{number}": sample(topics.ARTICLE_TAGGED.event, form) for number, form in enumerate(FORMS)}
"""Events with every field that there is, and one with the fewest: a new field comes by here by itself."""

ARTICLE_PROPERTIES = frozenset(
    {
        "@context",
        "@type",
        "@id",
        "abstract",
        "about",
        "articleBody",
        "articleSection",
        "author",
        "conditionsOfAccess",
        "correction",
        "creativeWorkStatus",
        "dateModified",
        "datePublished",
        "description",
        "genre",
        "headline",
        "image",
        "inLanguage",
        "isAccessibleForFree",
        "keywords",
        "liveBlogUpdate",
        "mentions",
        "publisher",
        "timeRequired",
        "url",
        "version",
        "wordCount",
    }
)
"""Of Thing, CreativeWork, Article, NewsArticle and LiveBlogPosting, as schema.org lists them."""

PROPERTIES: dict[str, frozenset[str]] = {
    "Person": frozenset({"@type", "name", "url", "sameAs"}),
    "Organization": frozenset({"@type", "name", "url", "sameAs"}),
    "Event": frozenset({"@type", "name", "sameAs"}),
    "Product": frozenset({"@type", "name", "sameAs"}),
    "Place": frozenset({"@type", "name", "sameAs", "address", "geo"}),
    "PostalAddress": frozenset({"@type", "addressCountry"}),
    "GeoCoordinates": frozenset({"@type", "latitude", "longitude"}),
    "ImageObject": frozenset({"@type", "contentUrl", "caption", "creditText"}),
    "DefinedTerm": frozenset({"@type", "@id", "name", "sameAs", "termCode", "inDefinedTermSet"}),
    "BlogPosting": frozenset({"@type", "headline", "datePublished", "articleBody"}),
    **dict.fromkeys(jsonld.ARTICLE_TYPES - {"BlogPosting"}, ARTICLE_PROPERTIES),
}

ALL: dict[str, Any] = {**CASES, **EVERY_FORM}


@cache
def ninjs_schema() -> Draft202012Validator:
    """
    What ninjs 3.1 allows, as far as we use it.
    """
    schema = json.loads(NINJS.read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.mark.parametrize("standard", STANDARDS)
@pytest.mark.parametrize("case", CASES)
def test_an_article_is_told_as_it_is_kept(case: str, standard: str) -> None:
    """
    The files are read by people before they are kept; `make golden` writes them anew.
    """
    assert written(STANDARDS[standard](CASES[case])) == golden(case, standard).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ALL)
def test_an_item_is_what_ninjs_allows(name: str) -> None:
    """
    Properties, types, formats and listed values; also of texts in other scripts, and of events with every field.
    """
    problems = [f"{error.json_path}: {error.message}" for error in ninjs_schema().iter_errors(ninjs.item(ALL[name]))]

    assert problems == []


def test_the_schema_of_ninjs_refuses_what_is_no_item() -> None:
    """
    A check that lets everything through would prove nothing.
    """
    item = ninjs.item(CASES["english-all-fields"])

    assert not ninjs_schema().is_valid({**item, "pubStatus": "withdrawn"})
    assert not ninjs_schema().is_valid({**item, "byline": "Ada Rivers"})
    assert not ninjs_schema().is_valid({**item, "versionCreated": "2026-03-01"})
    assert not ninjs_schema().is_valid({**item, "associations": [{"name": "picture-1"}]})


@pytest.mark.parametrize("name", ALL)
def test_an_object_has_properties_that_schema_org_has(name: str) -> None:
    """
    Each of its own type.
    """
    found = list(objects(jsonld.news_article(ALL[name])))

    assert {f"{each['@type']}.{key}" for each in found for key in each.keys() - PROPERTIES[each["@type"]]} == set()


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """
    An object and all that are in it.
    """
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)


@pytest.mark.parametrize("status", ["usable", "corrected", "withdrawn"])
def test_what_is_gone_is_canceled_and_everything_else_is_usable(status: str) -> None:
    """
    There are three states in ninjs, and `withheld` is none of ours.
    """
    gone = status == "withdrawn"

    assert ninjs.item(article(pub_status=status))["pubStatus"] == ("canceled" if gone else "usable")
    assert (jsonld.news_article(article(pub_status=status))["creativeWorkStatus"] == "Withdrawn") == gone


def test_an_article_that_was_taken_down_has_the_name_that_it_had() -> None:
    """
    Whoever keeps the last of each name lets it go.
    """
    before = article()
    key = topics.ARTICLE_TAGGED.key(before)

    assert ninjs.taken_down(key)["uri"] == ninjs.item(before)["uri"]
    assert ninjs.taken_down(key)["pubStatus"] == "canceled"
    assert jsonld.taken_down(key)["@id"] == jsonld.news_article(before)["@id"]
    assert ninjs_schema().is_valid(ninjs.taken_down(key))


def test_a_version_has_the_time_at_which_it_was_fetched() -> None:
    """
    Only of the first is it the time of the item, too.
    """
    first, second = ninjs.item(article()), ninjs.item(article(version=2))

    assert first["firstCreated"] == first["versionCreated"] == rfc3339(article().revised_at)
    assert "firstCreated" not in second


@pytest.mark.parametrize("extent", ["excerpt", "none"])
def test_less_than_the_whole_text_is_partial(extent: str) -> None:
    """
    What is there is no body of an article for schema.org, and has no count of words that are not there.
    """
    item = ninjs.item(article(article_body_extent=extent))
    told = jsonld.news_article(article(article_body_extent=extent))

    assert item["representationType"] == "partial"
    assert "wordCount" not in item["bodies"][0]
    assert "articleBody" not in told
    assert "abstract" in told


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/a b.jpg", "https://example.org/a%20b.jpg"),
        ("https://example.org/a%20b.jpg", "https://example.org/a%20b.jpg"),
        ("https://example.org/100%.jpg?x=[1]&y=ü#top", "https://example.org/100%25.jpg?x=%5B1%5D&y=%C3%BC#top"),
    ],
)
def test_a_url_is_made_a_uri(url: str, expected: str) -> None:
    """
    What is encoded stays, what is not is.
    """
    assert uri(url) == expected


@pytest.mark.parametrize(
    ("stated", "is_moment"),
    [
        ("2026-03-01T09:30:00+01:00", True),
        ("2026-03-01T08:30:00.250Z", True),
        ("2026-03-01T09:30+01:00", False),
        ("2026-03-01T09:30:00", False),
        ("2026-02-31T09:30:00Z", False),
        ("2026-03-01", False),
        ("T", False),
        (None, False),
    ],
)
def test_only_a_whole_date_time_is_one(stated: str | None, is_moment: bool) -> None:
    """
    A time without zone, or a day, is not made more precise than it was stated.
    """
    assert moment(stated) == (stated if is_moment else None)
