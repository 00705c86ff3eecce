from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from schemas import asyncapi, topics
from schemas.envelope import seal
from schemas.export import ASYNCAPI, described
from schemas.ids import state_id
from schemas.topics import Topic
from schemas.trace_context import begun_by
from services.cli.letters.again import RETRIED_HEADER
from services.cli.replays.copying import ORIGIN_HEADER, REPLAY_HEADER
from tests.past.samples import FORMS, Form, sample

STANDARD = Path(__file__).parents[2] / "fixtures" / "standards" / "asyncapi-3.0.0.json.gz"

DOCUMENT: dict[str, Any] = json.loads(ASYNCAPI.read_text(encoding="utf-8"))


@cache
def standard() -> Draft7Validator:
    """
    The schema that AsyncAPI itself publishes.
    """
    return Draft7Validator(json.loads(gzip.decompress(STANDARD.read_bytes())))


def test_the_committed_document_is_that_of_the_contract() -> None:
    """
    No topic and no model changes without the document that strangers read; `make schemas` writes it anew.
    """
    assert ASYNCAPI.read_text(encoding="utf-8") == described()


def test_the_document_is_asyncapi_3() -> None:
    """
    By the official schema, Kafka's bindings among it.
    """
    assert [f"{error.json_path}: {error.message}" for error in standard().iter_errors(DOCUMENT)] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"info": {"title": "news-ingest"}},
        {"asyncapi": "2.6.0"},
        {"operations": {"x": {"action": "publish", "channel": {"$ref": "#/channels/x"}}}},
        {"channels": {"x": {"address": "x", "bindings": {"kafka": {"partitions": 0, "bindingVersion": "0.5.0"}}}}},
    ],
)
def test_the_official_schema_refuses_what_is_wrong(wrong: dict[str, Any]) -> None:
    """
    A check that lets everything through would prove nothing.
    """
    assert not standard().is_valid(DOCUMENT | wrong)


def references(value: Any) -> Iterator[str]:
    """
    Everything that the document refers to.
    """
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


@pytest.mark.parametrize("reference", sorted(set(references(DOCUMENT))))
def test_a_reference_leads_somewhere(reference: str) -> None:
    """
    To a part of the document, or to a schema beside it.
    """
    if not reference.startswith("#/"):
        assert (ASYNCAPI.parent / reference).is_file()
        return
    found: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]

    assert found


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("topic", topics.ALL, ids=lambda topic: topic.name)
def test_the_headers_on_the_wire_are_those_of_the_document(topic: Topic[Any], form: Form) -> None:
    """
    Each that is there is described and of the value that is told, and each that is always there is there.
    """
    event = sample(topic.event, form)
    event_id = state_id("test", topic.key(event), b"")
    sealed = seal(topic, event, event_id, "test", begun_by(str(event_id)))
    headers = {name: value.decode(errors="replace") for name, value in sealed.headers}
    schema = asyncapi.headers(topic.event) | {"additionalProperties": False}
    problems = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).iter_errors(headers)

    assert [f"{error.json_path}: {error.message}" for error in problems] == []


def test_the_headers_of_a_replay_are_those_that_it_writes() -> None:
    """
    On the lanes only, and where letters go back in.
    """
    assert set(asyncapi.REPLAY_HEADERS) == {REPLAY_HEADER, ORIGIN_HEADER}
    assert set(asyncapi.RETRY_HEADERS) == {RETRIED_HEADER}
    assert RETRIED_HEADER in asyncapi.headers(topics.FETCH_REQUESTED.event)["properties"]
    assert REPLAY_HEADER in asyncapi.headers(topics.PAGE_REPLAY.event)["properties"]
    assert REPLAY_HEADER not in asyncapi.headers(topics.ARTICLE_TAGGED.event)["properties"]


@pytest.mark.parametrize("topic", topics.ALL, ids=lambda topic: topic.name)
def test_a_channel_tells_what_its_topic_is(topic: Topic[Any]) -> None:
    """
    Partitions, cleanup, retention and size as they are created.
    """
    kafka = DOCUMENT["channels"][topic.name]["bindings"]["kafka"]
    told = kafka["topicConfiguration"]

    assert (kafka["topic"], kafka["partitions"]) == (topic.name, topics.DEFAULT_PARTITIONS)
    assert (kafka["x-key"], kafka["x-placed-by"]) == (topic.keyed_by, topic.placed_by)
    assert {name: ",".join(v) if isinstance(v, list) else str(v) for name, v in told.items()} == topic.settings()


@pytest.mark.parametrize("topic", topics.ALL, ids=lambda topic: topic.name)
def test_every_reader_and_writer_of_a_topic_has_its_operation(topic: Topic[Any]) -> None:
    """
    Whoever reads is told to read what is committed only; a stranger is a subscriber.
    """
    own = [o for o in DOCUMENT["operations"].values() if o["channel"]["$ref"].endswith(f"/{topic.name}")]
    names = {"send": topic.writers, "receive": topic.readers}
    expected = {(action, asyncapi.STRANGERS.get(who, who)) for action, all_ in names.items() for who in all_}

    assert {(operation["action"], operation["tags"][0]["name"]) for operation in own} == expected
    assert all(
        operation["bindings"]["kafka"]["x-isolation-level"] == "read_committed"
        for operation in own
        if operation["action"] == "receive"
    )


def test_only_the_output_tells_of_what_is_taken_down() -> None:
    """
    A record without a value, whose key is the article.
    """
    told = [name for name, channel in DOCUMENT["channels"].items() if "TakenDown" in channel["messages"]]

    assert told == [topics.ARTICLE_TAGGED.name]
