from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from schemas import topics
from schemas.base import Event
from schemas.envelope import SCHEMA_ROOT, seal
from schemas.export import FOLDER
from schemas.topics import Topic
from schemas.trace_context import TraceContext
from tests.unit.schemas import samples

EVENT_ID = UUID("0f8fad5b-d9cb-569f-a165-70867728950e")


def attributes(topic: Topic[Any], event: Event, trace: TraceContext | None = None) -> dict[str, str]:
    """
    The headers of a sealed event, as text.
    """
    headers = seal(topic, event, EVENT_ID, "tagger", trace).headers
    assert len(dict(headers)) == len(headers)
    return {name: text.decode() for name, text in headers}


def test_a_sealed_event_has_the_attributes_of_cloudevents() -> None:
    """
    All that CloudEvents 1.0 in binary mode asks for is in the headers, beside the content type.
    """
    stated = attributes(topics.ARTICLE_TAGGED, samples.tagged())

    assert stated == {
        "ce_specversion": "1.0",
        "ce_id": str(EVENT_ID),
        "ce_source": "news-ingest/tagger",
        "ce_type": "news.article.tagged.v1",
        "ce_time": "2026-03-01T12:00:00.250Z",
        "ce_subject": "https://example.org/news/1",
        "ce_dataschema": "schemas/json/news.article.tagged.v1.schema.json",
        "ce_site": "example.org",
        "ce_language": "en",
        "ce_mediatopic": "medtop:20000154",
        "ce_version": "2",
        "ce_pubstatus": "corrected",
        "content-type": "application/json",
    }


def test_an_article_of_no_known_language_says_so() -> None:
    """
    A subscriber that filters by language always finds the attribute; without subjects there is none to filter by.
    """
    stated = attributes(topics.ARTICLE_TAGGED, samples.tagged(in_language=None, subjects=None))

    assert stated["ce_language"] == "und"
    assert "ce_mediatopic" not in stated


def test_a_page_names_its_article_and_its_site() -> None:
    """
    A page can be filtered without opening its body, whose type is bytes.
    """
    stated = attributes(topics.PAGE_FETCHED, samples.page())

    assert stated["ce_site"] == "example.org"
    assert stated["ce_articleid"] == str(samples.ARTICLE_ID)
    assert stated["content-type"] == "application/octet-stream"
    assert "page_meta" in stated


def test_an_event_of_a_trace_states_it() -> None:
    """
    The header is the step that led to the event; without one there is none, and its first reader begins the trace.
    """
    trace = TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")

    stated = attributes(topics.ARTICLE_TAGGED, samples.tagged(), trace)

    assert stated["traceparent"] == "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_a_sealed_event_is_keyed_as_its_topic_says() -> None:
    """
    The key is the topic's business, and equal events are sealed to equal records.
    """
    first, second = (seal(topics.ARTICLE_TAGGED, samples.tagged(), EVENT_ID, "tagger") for _ in range(2))

    assert first.key == str(samples.ARTICLE_ID).encode()
    assert first == second


@pytest.mark.parametrize("topic", topics.ALL, ids=lambda topic: topic.name)
def test_the_stated_schema_is_there(topic: Topic[Any]) -> None:
    """
    `ce_dataschema` leads to a file of the release.
    """
    name = f"{topic.event.ce_type}.schema.json"

    assert SCHEMA_ROOT.endswith(f"{FOLDER.name}/")
    assert (FOLDER / name).is_file()
