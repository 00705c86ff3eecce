"""
What is published now against what each release has published; and planted breakages, each of which is seen.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from schemas import topics
from schemas.envelope import schema_name
from schemas.topics import Topic
from tests.past.comparing import Difference, contracts, schemas
from tests.past.keeping import FOLDER, Kept, contract, described, of, present_contract
from tests.past.readers_first import NOTED
from tests.past.samples import FORMS

VERSIONS = sorted(path for path in FOLDER.iterdir() if path.is_dir())

PRESENT = present_contract()

TAGGED = "news.article.tagged.v1.schema.json"
SOURCE = "news.source.v1.schema.json"

Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: path.name)
def test_nothing_that_was_published_is_broken(version: Path) -> None:
    """
    The message of each difference says what broke, and what to do instead.
    """
    found = contracts(contract(version / "contract"), PRESENT)

    assert [each.told() for each in found if each.kind == "breaks"] == []


def test_what_is_wider_than_in_the_last_release_is_noted() -> None:
    """
    And nothing else is.
    """
    found = contracts(contract(VERSIONS[-1] / "contract"), PRESENT)

    assert [each.told() for each in found if each.kind == "wider" and str(each) not in NOTED] == []
    assert {str(each) for each in found if each.kind == "wider"} >= NOTED


@pytest.mark.parametrize("topic", topics.ALL, ids=lambda topic: topic.name)
def test_what_is_written_now_is_read_by_the_schemas_of_the_last_release(topic: Topic[Any]) -> None:
    """
    A subscriber that was built then validates what comes now, each field and each value of it.
    """
    then = contract(VERSIONS[-1] / "contract").get(schema_name(topic.event))
    records = [of(topic, form) for form in FORMS] if then else []

    assert [problem for kept in records for problem in refusals(kept, then)] == []


def refusals(kept: Kept, schema: Any) -> list[str]:
    """
    Why a schema does not stand for a record; values that are noted as read first are not written yet.
    """
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    errors = validator.iter_errors(described(kept.value, kept.headers))
    return [error.message for error in errors if not any(map(is_noted, [error, *(error.context or ())]))]


def is_noted(error: ValidationError) -> bool:
    return any(f"value {error.instance!r} is new" in note for note in NOTED)


def differences(name: str, change: Change) -> list[Difference]:
    """
    What is seen when the present contract is changed in one file.
    """
    changed = copy.deepcopy(PRESENT)
    change(changed[name])
    return contracts(PRESENT, changed)


def field(name: str, **schema: Any) -> Change:
    """
    A change of one field's schema.
    """
    return lambda root: root["properties"][name].update(schema)


def setting(topic: str, **settings: Any) -> Change:
    """
    A change of one topic's settings.
    """
    names = {name.replace("_", "."): value for name, value in settings.items()}
    return lambda root: root["channels"][topic]["bindings"]["kafka"]["topicConfiguration"].update(names)


def placing(**bindings: Any) -> Change:
    """
    A change of where records of the output lie.
    """
    names = {name.replace("_", "-") if name.startswith("x_") else name: value for name, value in bindings.items()}
    return lambda root: root["channels"][topics.ARTICLE_TAGGED.name]["bindings"]["kafka"].update(names)


def header(name: str, **schema: Any) -> Change:
    """
    A change of one header of the output.
    """
    return lambda root: root["components"]["messages"]["ArticleTagged"]["headers"]["properties"][name].update(schema)


def first_of(root: dict[str, Any], name: str, definition: str | None = None) -> Any:
    """
    The schema of an optional field's value.
    """
    home = root["$defs"][definition] if definition else root
    return home["properties"][name]["anyOf"][0]


BREAKAGES: dict[str, tuple[str, Change, str]] = {
    "removed": (TAGGED, lambda r: r["properties"].pop("description"), "$.description: is gone"),
    "removed-in-a-part": (TAGGED, lambda r: r["$defs"]["Place"]["properties"].pop("geonamesId"), "geonamesId: is gone"),
    "renamed": (TAGGED, lambda r: r["properties"].update(title=r["properties"].pop("headline")), "headline: is gone"),
    "type": (TAGGED, field("wordCount", type="string"), "$.wordCount: was integer, is string"),
    "other-number": (TAGGED, field("wordCount", type="number"), "$.wordCount: was integer, is number"),
    "type-in-a-list": (TAGGED, lambda r: r["properties"]["labels"].update(type="array"), "was object, is array"),
    "type-of-an-optional": (TAGGED, lambda r: first_of(r, "dateModified").update(type="integer"), "was string"),
    "new-and-required": (TAGGED, lambda r: r["required"].append("tone"), "$.tone: is new and required"),
    "made-required": (TAGGED, lambda r: r["required"].append("description"), "$.description: is required"),
    "made-optional": (TAGGED, lambda r: r["required"].remove("headline"), "was always there, is optional"),
    "value-gone": (TAGGED, field("pubStatus", enum=["usable", "withdrawn"]), "value 'corrected' is gone"),
    "made-a-list": (TAGGED, field("headline", enum=["A", "B"]), "was any value, is one of"),
    "upper-limit": (SOURCE, lambda r: r["properties"]["url"].update(maxLength=5), "maxLength"),
    "lower-limit": (TAGGED, field("wordCount", minimum=10), "$.wordCount minimum: was 0, is 10"),
    "format": (TAGGED, field("headline", format="uri"), "$.headline format: was None, is uri"),
    "default": (TAGGED, field("pubStatus", default="withdrawn"), "its default was 'usable'"),
    "closed": (TAGGED, lambda r: r.update(additionalProperties=False), "further fields"),
    "topic-gone": ("asyncapi.json", lambda r: r["channels"].pop(topics.ARTICLE_TAGGED.name), "topic: is gone"),
    "other-event": (
        "asyncapi.json",
        lambda r: r["channels"][topics.ARTICLE_TAGGED.name]["messages"].pop("ArticleTagged"),
        "messages: ArticleTagged is gone",
    ),
    "key": ("asyncapi.json", placing(x_key="URL"), "x-key: was 'article id', is 'URL'"),
    "placed-by": ("asyncapi.json", placing(x_placed_by="site"), "x-placed-by: was 'key', is 'site'"),
    "partitioning": ("asyncapi.json", placing(x_partition="murmur2"), "x-partition"),
    "partitions": ("asyncapi.json", placing(partitions=24), "partitions: was 12, is 24"),
    "cleanup": ("asyncapi.json", setting("news.article.tagged", cleanup_policy=["delete"]), "cleanup.policy"),
    "retention": ("asyncapi.json", setting("news.article.tagged", retention_ms=1), "retention.ms: was 31536000000"),
    "history": ("asyncapi.json", setting("news.article.tagged", min_compaction_lag_ms=1), "min.compaction.lag.ms"),
    "tombstones": ("asyncapi.json", setting("news.article.tagged", max_compaction_lag_ms=10**12), "max.compaction.lag"),
    "size": ("asyncapi.json", setting("news.article.tagged", max_message_bytes=1), "max.message.bytes"),
    "header-type": (
        "asyncapi.json",
        header("ce_type", const="news.article.tagged.v2"),
        "value 'news.article.tagged.v1'",
    ),
    "header-gone": (
        "asyncapi.json",
        lambda r: r["components"]["messages"]["ArticleTagged"]["headers"]["properties"].pop("ce_version"),
        "headers.ce_version: is gone",
    ),
}


@pytest.mark.parametrize("planted", BREAKAGES)
def test_a_planted_breakage_is_seen(planted: str) -> None:
    """
    Each is told by its place, with what to do instead.
    """
    name, change, told = BREAKAGES[planted]
    found = [each.told() for each in differences(name, change) if each.kind == "breaks"]

    assert any(told in each for each in found), found
    assert all("new ce_type on a new topic" in each for each in found)


WIDER: dict[str, tuple[str, Change, str]] = {
    "value": (TAGGED, lambda r: r["properties"]["pubStatus"]["enum"].append("embargoed"), "value 'embargoed' is new"),
    "any-value": (TAGGED, lambda r: r["properties"]["pubStatus"].pop("enum"), "is any value"),
    "limit": (TAGGED, lambda r: r["properties"]["wordCount"].pop("minimum"), "minimum: was 0, is None"),
    "nullable": (
        TAGGED,
        lambda r: r["properties"].update(url={"anyOf": [r["properties"]["url"], {"type": "null"}]}),
        "$.url: may be null too",
    ),
    "format": (TAGGED, lambda r: r["properties"]["articleId"].pop("format"), "format: was uuid, is None"),
}


@pytest.mark.parametrize("planted", WIDER)
def test_what_becomes_wider_is_for_readers_first(planted: str) -> None:
    """
    It is no breakage, but nothing may come of it by chance.
    """
    name, change, told = WIDER[planted]
    [found] = differences(name, change)

    assert (found.kind, told in str(found)) == ("wider", True)
    assert "this release reads it, the next one writes it" in found.told()


HARMLESS: dict[str, tuple[str, Change]] = {
    "optional-field": (TAGGED, lambda r: r["properties"].update(tone={"type": "string"})),
    "optional-field-of-a-part": (TAGGED, lambda r: r["$defs"]["Place"]["properties"].update(tone={"type": "string"})),
    "description": (TAGGED, field("headline", description="said better", title="Headline!")),
    "new-topic": ("asyncapi.json", lambda r: r["channels"].update(new=r["channels"][topics.ARTICLE_TAGGED.name])),
    "longer-retention": ("asyncapi.json", setting("news.article.tagged", retention_ms=10**12)),
    "optional-header": (
        "asyncapi.json",
        lambda r: r["components"]["messages"]["ArticleTagged"]["headers"]["properties"].update(ce_x={"type": "string"}),
    ),
}


@pytest.mark.parametrize("planted", HARMLESS)
def test_what_a_version_may_grow_by_is_no_difference(planted: str) -> None:
    """
    Optional fields, better words, further topics, more time.
    """
    name, change = HARMLESS[planted]

    assert differences(name, change) == []


def test_a_schema_that_is_gone_is_a_breakage() -> None:
    """
    Also where nothing refers to it any more.
    """
    [found] = contracts(PRESENT, {name: schema for name, schema in PRESENT.items() if name != TAGGED})

    assert (found.kind, str(found)) == ("breaks", f"{TAGGED} $: the schema is gone")


def test_a_contract_is_no_different_from_itself() -> None:
    """
    Neither as a whole, nor where a part refers to itself.
    """
    circle = {"$ref": "#/$defs/A", "$defs": {"A": {"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}}}}

    assert contracts(PRESENT, PRESENT) == []
    assert schemas("circle", circle, copy.deepcopy(circle)) == []
