"""
The configurations for Kafka Connect, as far as they can be looked at without it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.events import ArticleTagged
from schemas.topics import ARTICLE_TAGGED
from services.cli.rows import COLUMNS

FOLDER = Path(__file__).parents[2] / "examples" / "connect"

NAMES = ("postgres-sink.json", "opensearch-sink.json")


def config(name: str) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))["config"]
    return settings


@pytest.mark.parametrize("name", NAMES)
def test_a_connector_reads_what_is_committed_and_keeps_what_it_cannot_write(name: str) -> None:
    """
    From the public topic, from its beginning.
    """
    settings = config(name)

    assert settings["topics"] == ARTICLE_TAGGED.name
    assert settings["consumer.override.isolation.level"] == "read_committed"
    assert settings["consumer.override.auto.offset.reset"] == "earliest"
    assert settings["errors.deadletterqueue.topic.name"]


@pytest.mark.parametrize("name", NAMES)
def test_no_password_stands_in_a_configuration(name: str) -> None:
    """
    It is read from a file.
    """
    assert config(name)["connection.password"].startswith("${file:")


def test_the_columns_are_fields_of_the_event() -> None:
    """
    Renamed to those of the examples' table; what may be absent may be so here too.
    """
    settings = config("postgres-sink.json")
    stated = json.loads(settings["value.converter.schema.content"])["fields"]
    renames = dict(pair.split(":") for pair in settings["transforms.columns.renames"].split(","))
    schema = ArticleTagged.wire_schema()

    assert {field["field"] for field in stated} <= set(schema["properties"])
    assert {renames.get(field["field"], field["field"]) for field in stated} == set(COLUMNS) - {"id"}
    assert {field["field"] for field in stated if field.get("optional")} == {"datePublished", "inLanguage"}
