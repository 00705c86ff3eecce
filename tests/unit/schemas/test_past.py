"""
Whatever a past version wrote is read by this one; the files are made by `python -m tests.past.keep VERSION`.
"""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import create_model

from schemas import topics
from schemas.base import Event
from schemas.envelope import schema_name
from schemas.events import ArticleTagged, FetchRequested
from schemas.export import FOLDER as SCHEMAS
from schemas.state import SourceHealth
from schemas.topics import DEFAULT_PARTITIONS, Topic
from services.cli.flow import KEPT
from services.runtime.table import Table
from tests.past.keeping import FOLDER, Kept, of, present, problems, read
from tests.past.samples import FORMS

FILES = sorted(FOLDER.glob("*/*.json"))
VERSIONS = sorted(path for path in FOLDER.iterdir() if path.is_dir())


def schema(event: type[Event]) -> Any:
    return json.loads((SCHEMAS / schema_name(event)).read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return str(path.relative_to(FOLDER))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_record_of_a_past_version_says_what_it_said(path: Path) -> None:
    """
    It is read by its topic's event type, nothing of it is lost, and the published schema accepts it.
    """
    records = read(path)
    event = topics.by_name(path.stem).event

    assert [problems(kept, event, schema(event)) for kept in records] == [[]] * len(FORMS)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_record_of_a_past_version_lies_where_it_would_be_written_now(path: Path) -> None:
    """
    Another key or another partition would be another article, and a table that its task does not find.
    """
    topic, records = topics.by_name(path.stem), read(path)
    events = [topic.event.from_wire(kept.value, kept.headers) for kept in records]

    assert [(topic.key(event), topic.partition(event, DEFAULT_PARTITIONS)) for event in events] == [
        (kept.key, kept.partition) for kept in records
    ]


@pytest.mark.parametrize("version", VERSIONS, ids=name_of)
@pytest.mark.parametrize("topic", KEPT, ids=lambda topic: topic.name)
def test_a_table_of_a_past_version_is_restored(topic: Topic[Any], version: Path) -> None:
    """
    A task that is started by a new version finds every value under its key.
    """
    table = Table(topic.event)
    records = read(version / f"{topic.name}.json")
    for record in records:
        table.restore(record.key, record.value)

    assert set(table) == {record.key for record in records}
    assert all(table.get(key) is not None for key in table)


def test_a_release_keeps_what_it_writes() -> None:
    """
    Of every topic; the version is that of the distribution.
    """
    kept = {path.stem for path in (FOLDER / metadata.version("news-ingest")).glob("*.json")}

    assert kept == {topic.name for topic in topics.ALL}


def test_samples_are_the_same_on_every_run() -> None:
    """
    Keeping twice keeps the same, so that a difference is one of the version.
    """
    assert dict(present()) == dict(present())


def altered(base: type[Event], **fields: Any) -> type[Event]:
    """
    An event type as a careless change would make it.
    """
    return create_model(base.__name__, __base__=base, **fields)


def without(base: type[Event], name: str) -> type[Event]:
    """
    The same without a field.
    """
    kept = {n: (f.annotation, f) for n, f in base.model_fields.items() if n != name}
    return create_model(base.__name__, __base__=Event, **kept)  # type: ignore[call-overload, no-any-return]


KEPT_REQUEST = of(topics.FETCH_REQUESTED, FORMS[-1])
KEPT_HEALTH = of(topics.SOURCE_HEALTH, FORMS[4])
KEPT_TAGGED = of(topics.ARTICLE_TAGGED, FORMS[-1])


@pytest.mark.parametrize(
    ("kept", "event"),
    [
        (KEPT_REQUEST, altered(FetchRequested, priority=(int, ...))),
        (KEPT_REQUEST, altered(FetchRequested, url=(int, ...))),
        (KEPT_TAGGED, altered(ArticleTagged, version=(str, ...))),
        (KEPT_TAGGED, altered(ArticleTagged, word_count=(float, ...))),
        (KEPT_TAGGED, without(ArticleTagged, "places")),
        (KEPT_TAGGED, without(ArticleTagged, "headline")),
        (KEPT_HEALTH, altered(SourceHealth, was=(Literal["ok", "silent", "failing"], ...))),
    ],
    ids=["required-added", "text-to-number", "number-to-text", "other-number", "optional-removed", "removed", "value"],
)
def test_a_careless_change_is_noticed(kept: Kept, event: type[Event]) -> None:
    """
    A required field more, a field or a value less, another type: each breaks somebody's Kafka, and fails here first.
    """
    assert problems(kept, event, schema(topics.by_name(kept.topic).event)) != []


def test_an_optional_field_more_is_no_problem() -> None:
    """
    That is how a version grows.
    """
    newer = altered(FetchRequested, priority=(int | None, None))

    assert problems(KEPT_REQUEST, newer, newer.wire_schema()) == []
