from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas import topics
from schemas.exports import jsonld, ninjs
from services.cli.forms import formed
from services.cli.options import Format
from services.runtime.record import Record
from tests.unit.schemas.exports.cases import CASES

ARTICLE = CASES["chinese-opinion"]
KEY = topics.ARTICLE_TAGGED.key(ARTICLE)


def record(value: bytes | None) -> Record:
    return Record(topics.ARTICLE_TAGGED.name, 0, 0, datetime(2026, 3, 1, 12, tzinfo=UTC), KEY.encode(), value)


def test_as_json_a_record_is_its_own_bytes() -> None:
    """
    Nothing is read and written anew: what a subscriber would get.
    """
    value = ARTICLE.to_wire()[0]

    assert formed(record(value), Format.JSON).encode() == value


@pytest.mark.parametrize(
    ("form", "told"), [(Format.NINJS, ninjs.item(ARTICLE)), (Format.JSONLD, jsonld.news_article(ARTICLE))]
)
def test_a_standard_is_one_object_a_line(form: Format, told: dict[str, Any]) -> None:
    """
    In its own letters.
    """
    line = formed(record(ARTICLE.to_wire()[0]), form)

    assert json.loads(line) == told
    assert "\n" not in line
    assert "大坝" in line


@pytest.mark.parametrize("form", Format)
def test_what_was_taken_down_is_told_in_every_form(form: Format) -> None:
    """
    With the article's name, and without an error.
    """
    line = formed(record(None), form)

    assert KEY in line
    assert "taken down" in line or "canceled" in line or "Withdrawn" in line
