from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from schemas import topics
from schemas.base import Event
from schemas.dead_letters import LETTER_HEADER, DeadLettered
from schemas.envelope import schema_name
from schemas.events import MAX_BODY_BYTES, PAGE_META_HEADER, ArticleTagged, FetchRequested, PageFetched
from schemas.export import FOLDER
from tests.unit.schemas import samples
from tests.unit.schemas.strategies import models

EVENTS = sorted({topic.event for topic in topics.ALL}, key=lambda event: event.ce_type)

HISTORY = Path(__file__).parent / "history"

NO_SHRINKING = (Phase.explicit, Phase.generate)
"""A failure is shown as it was found; making it smaller can take minutes with models of this size."""

few = settings(max_examples=40, phases=NO_SHRINKING)


def validator(event: type[Event]) -> Draft202012Validator:
    schema = json.loads((FOLDER / schema_name(event)).read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


VALIDATORS = {event: validator(event) for event in EVENTS}


def described(event: Event) -> Any:
    """
    What the published schema describes: the value, or the header that describes a raw value.
    """
    value, headers = event.to_wire()
    return json.loads(headers.get(PAGE_META_HEADER, headers.get(LETTER_HEADER, value)))


@few
@given(data=st.data(), kind=st.sampled_from(EVENTS))
def test_an_event_reads_back_as_itself(data: st.DataObject, kind: type[Event]) -> None:
    """
    Whatever an event holds, its record gives the same event, and that one the same bytes again.
    """
    event = data.draw(models(kind))

    again = kind.from_wire(*event.to_wire())

    assert again == event
    assert again.to_wire() == event.to_wire()


@few
@given(data=st.data(), kind=st.sampled_from(EVENTS))
def test_an_event_is_valid_by_its_published_schema(data: st.DataObject, kind: type[Event]) -> None:
    """
    A validator that knows nothing of the models accepts every event by the committed schema.
    """
    event = data.draw(models(kind))

    problems = list(VALIDATORS[kind].iter_errors(described(event)))

    assert problems == []


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.ce_type)
def test_a_published_schema_is_itself_valid(kind: type[Event]) -> None:
    """
    Each committed schema is a schema of the 2020-12 dialect.
    """
    Draft202012Validator.check_schema(VALIDATORS[kind].schema)


@pytest.mark.parametrize(
    ("change", "value"),
    [("version", 0), ("pubStatus", "gone"), ("articleId", "no id"), ("url", None), ("changeRatio", 1.5)],
)
def test_a_published_schema_refuses_what_no_event_is(change: str, value: object) -> None:
    """
    The schema is strict enough to notice a field that no tagged article can have.
    """
    wrong = described(samples.tagged()) | {change: value}

    assert not VALIDATORS[ArticleTagged].is_valid(wrong)


@pytest.mark.parametrize("path", sorted(HISTORY.glob("*.json")), ids=lambda path: path.stem)
def test_an_event_of_an_earlier_release_is_read(path: Path) -> None:
    """
    Events as earlier releases wrote them are read, and hold what they said.
    """
    kind = next(event for event in EVENTS if event.ce_type == path.stem)
    stored = json.loads(path.read_text(encoding="utf-8"))

    written = described(kind.from_wire(path.read_bytes(), {}))

    assert {name: written[name] for name in stored if name != "hints"} == {
        name: value for name, value in stored.items() if name != "hints"
    }


def test_fields_of_a_later_release_are_ignored() -> None:
    """
    A subscriber reads an event with fields that it does not know, at the top and within.
    """
    event = samples.tagged()
    newer = described(event)
    newer["sentiment"] = 0.3
    newer["timeline"]["indexedAt"] = "2026-03-01T12:00:01.000Z"

    assert ArticleTagged.from_wire(json.dumps(newer).encode(), {}) == event


def test_the_wire_speaks_camel_case_and_omits_what_is_absent() -> None:
    """
    Field names are camelCase on the wire; an absent value has no field, an empty list has one.
    """
    written = described(samples.tagged(entities=[]))

    assert {"articleId", "articleBody", "readingTimeS", "entities"} <= written.keys()
    assert "places" not in written


def test_an_absent_list_is_not_an_empty_one() -> None:
    """
    A facet that did not speak stays apart from one that found nothing.
    """
    event = samples.tagged(entities=[], places=None)

    again = ArticleTagged.from_wire(*event.to_wire())

    assert again.entities == []
    assert again.places is None


def test_an_instant_becomes_utc_in_milliseconds() -> None:
    """
    An instant of any zone is the same instant in UTC, cut to milliseconds, written with a Z.
    """
    stated = datetime(2026, 3, 1, 13, 0, 0, 250_999, tzinfo=timezone(timedelta(hours=1)))

    request = samples.request(requested_at=stated)

    assert request.requested_at == datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
    assert described(request)["requestedAt"] == "2026-03-01T12:00:00.250Z"


def test_an_instant_without_a_zone_is_refused() -> None:
    """
    A time that could mean any of 24 instants is no instant.
    """
    with pytest.raises(ValidationError, match="time zone"):
        samples.request(requested_at=datetime(2026, 3, 1, 12))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"url": "https://example.org/", "requestedAt": "yesterday"}',
        b'{"url": "", "requestedAt": "2026-03-01T12:00:00Z"}',
        b'{"url": "https://example.org/\\ud800", "requestedAt": "2026-03-01T12:00:00Z"}',
        b'{"url": "https://example.org/", "requestedAt": "0001-01-01T00:00:00+14:00"}',
        b'{"url": "https://example.org/", "requestedAt": "9999-12-31T23:59:59-10:00"}',
    ],
)
def test_bytes_that_are_no_event_are_a_value_error(value: bytes) -> None:
    """
    Whatever lies on a topic, reading it raises nothing but ValueError.
    """
    with pytest.raises(ValueError):  # noqa: PT011 - the kind is the contract, not the text
        FetchRequested.from_wire(value, {})


@pytest.mark.parametrize("kind", [PageFetched, DeadLettered])
def test_a_raw_value_without_its_header_is_no_event(kind: type[Event]) -> None:
    """
    The header that describes a raw value is part of the event.
    """
    with pytest.raises(ValueError, match="missing"):
        kind.from_wire(b"<p>The dam held.</p>", {})


def test_a_page_carries_its_body_untouched() -> None:
    """
    The record's value is the body, byte for byte, whatever the bytes are.
    """
    body = bytes(range(256))

    value, headers = samples.page(body).to_wire()

    assert value == body
    assert list(headers) == [PAGE_META_HEADER]


def test_a_page_above_the_limit_is_refused() -> None:
    """
    A body of the limit is a page, one byte more is not.
    """
    assert samples.page(b"." * MAX_BODY_BYTES)
    with pytest.raises(ValidationError):
        samples.page(b"." * (MAX_BODY_BYTES + 1))


def test_an_event_cannot_be_changed() -> None:
    """
    Events are frozen.
    """
    with pytest.raises(ValidationError, match="frozen"):
        setattr(samples.request(), "url", "https://example.org/other")  # noqa: B010 - mypy knows it already


def test_a_copy_of_an_event_has_a_json_form_of_its_own() -> None:
    """
    Though that of the event was made before.
    """
    event = FetchRequested(url="https://a.example/1", requested_at=datetime(2026, 1, 1, tzinfo=UTC))
    before = event.to_json()
    copy = event.model_copy(update={"url": "https://a.example/2"})

    assert json.loads(copy.to_json())["url"] == "https://a.example/2"
    assert event.to_json() is before
