from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas import topics
from schemas.envelope import seal
from schemas.events import ArticleCleaned
from schemas.parts import Hints, Timeline
from schemas.replays import Selection
from services.cli.flow import INPUTS
from services.cli.replays.selection import WAYS, refusal, way_of
from services.runtime.record import Record
from tests.unit.schemas import samples

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def page(**fields: Any) -> Record:
    """
    A page on its topic, fetched at noon on the first of March.
    """
    event = samples.page(**fields)
    sealed = seal(topics.PAGE_FETCHED, event, event.meta.page_id, "fetcher")
    return Record(topics.PAGE_FETCHED.name, 0, 1, NOW, sealed.key, sealed.value, dict(sealed.headers))


def article(**fields: Any) -> Record:
    """
    An article on its topic.
    """
    known = {"headline": "H", "article_body": "B", "site": "example.org", "url": "https://news.example.org/1"}
    ids = {"article_id": samples.ARTICLE_ID, "page_id": samples.ARTICLE_ID, "generation": 1}
    event = ArticleCleaned.model_validate(
        {**known, **ids, "timeline": Timeline(fetched_at=samples.FETCHED_AT), **fields}
    )
    sealed = seal(topics.ARTICLE_CLEANED, event, samples.ARTICLE_ID, "cleaner")
    return Record(topics.ARTICLE_CLEANED.name, 0, 1, NOW, sealed.key, sealed.value, dict(sealed.headers))


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        ({}, None),
        ({"by": "event-time", "since": "2026-03-01T12:00:00.250Z"}, None),
        ({"by": "event-time", "since": "2026-03-01T12:00:01Z"}, "--from"),
        ({"by": "event-time", "until": "2026-03-01T12:00:00.250Z"}, "--to"),
        ({"since": "2026-03-02T00:00:00Z"}, None),
        ({"sources": ["https://example.org/feed"]}, None),
        ({"sources": ["https://example.org/other"]}, "--source"),
        ({"hosts": ["org", "example.com"]}, None),
        ({"hosts": ["ample.org"]}, "--host"),
        ({"languages": ["de"]}, None),
        ({"languages": ["en"]}, "--language"),
        ({"ids": [str(samples.ARTICLE_ID)]}, None),
        ({"ids": ["a43033fc-ff4f-533b-95cf-b9c4239be8f8"]}, None),
        ({"ids": ["other"]}, "--id"),
        ({"hosts": ["example.org"], "ids": ["other"]}, "--id"),
    ],
)
def test_a_page_is_meant_or_it_is_said_why_not(chosen: dict[str, Any], why: str | None) -> None:
    """
    Arrival is a matter of offsets, not of records; several options narrow it further.
    """
    record = page(source_url="https://example.org/feed", hints=Hints(language="de-AT"))

    assert refusal(topics.PAGE_FETCHED, Selection.model_validate(chosen), record) == why


@pytest.mark.parametrize(("language", "asked"), [("pt", "pt"), (None, "und")])
def test_an_article_is_chosen_by_its_language(language: str | None, asked: str) -> None:
    """
    Of one whose language nobody knows, too.
    """
    record = article(in_language=language)

    assert refusal(topics.ARTICLE_CLEANED, Selection(languages=[asked]), record) is None
    assert refusal(topics.ARTICLE_CLEANED, Selection(languages=["fr"]), record) == "--language"


def test_the_server_may_say_what_language_a_page_is_in() -> None:
    """
    Where no source does.
    """
    record = page(headers={"content-language": "FR-ca"})

    assert refusal(topics.PAGE_FETCHED, Selection(languages=["fr"]), record) is None


def test_deletions_are_never_replayed_and_what_is_no_event_only_unread() -> None:
    """
    A tombstone has nothing to be worked on; strange bytes fail again as they did, unless something is asked of them.
    """
    deletion = Record(topics.PAGE_FETCHED.name, 0, 1, NOW, b"k", None)
    strange = Record(topics.PAGE_FETCHED.name, 0, 1, NOW, b"k", b"bytes")

    assert refusal(topics.PAGE_FETCHED, Selection(), deletion) == "deletion"
    assert refusal(topics.PAGE_FETCHED, Selection(), strange) is None
    assert refusal(topics.PAGE_FETCHED, Selection(hosts=["x"]), strange) == "no event"


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_way_leads_into_a_lane_that_the_first_group_on_it_reads(way: Any) -> None:
    """
    And back from there.
    """
    inputs = {(given.group, given.topic.name) for given in INPUTS}
    group, topic = way.live[0]

    assert {(group, topic.name), (group, way.lane.name)} <= inputs
    assert topic is way.topic
    assert way_of(way.topic.name) is way
