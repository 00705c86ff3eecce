from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas import topics
from schemas.dead_letters import ASKED_HEADER, DeadLettered, Letter
from schemas.envelope import seal
from schemas.events import FetchRequested
from schemas.ids import request_id
from schemas.parts import Hints, Origin
from services.cli.errors import LetterError
from services.cli.letters.again import again
from services.runtime.record import Record
from tests.unit.schemas import samples

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://example.org/news/1"
COUNT = 12


def buried(topic: str, original: bytes, headers: dict[str, bytes] | None = None, **fields: Any) -> Record:
    """
    A letter about a record of a topic.
    """
    known: dict[str, Any] = {"reason": "STAGE_FAILED", "stage": "cleaner", "subject": URL}
    origin = Origin(topic=topic, partition=3, offset=42)
    facts = {"origin_timestamp": NOW, "original_bytes": len(original), "original_sha256": "00"}
    letter = Letter.model_validate({"origin": origin, **facts, **known, **fields})
    value, own = DeadLettered(letter=letter, original=original, original_headers=headers or {}).to_wire()
    return Record("news.dead-letters", 1, 5, NOW, str(origin).encode(), value, {"ce_id": b"letter", **own})


PAGE = seal(topics.PAGE_FETCHED, samples.page(), samples.page().meta.page_id, "fetcher")
assert PAGE.value is not None


@pytest.mark.parametrize("topic", [topics.PAGE_FETCHED, topics.PAGE_REPLAY], ids=lambda topic: topic.name)
def test_a_page_goes_into_the_replay_lane_as_it_was(topic: topics.Topic[Any]) -> None:
    """
    Key, bytes, headers and with them the event id; where its site's task reads; and a header says where it comes from.
    """
    record = buried(topic.name, PAGE.value or b"", dict(PAGE.headers), origin_key=PAGE.key.decode())

    fresh = again(record, COUNT)

    assert (fresh.topic, fresh.key, fresh.value) == ("news.page.replay", PAGE.key, PAGE.value)
    assert fresh.partition == topics.PAGE_FETCHED.partition(samples.page(), COUNT)
    assert dict(fresh.headers) == {**dict(PAGE.headers), "retried_from": f"{topic.name}/3/42".encode()}


def test_an_article_goes_into_the_replay_lane_of_the_tagger() -> None:
    """
    Also one that is no event: where it lay, and named by its place as before.
    """
    fresh = again(buried("news.article.cleaned", b"{ no json", {"x": b"y"}, stage="tagger"), COUNT)

    assert (fresh.topic, fresh.partition, fresh.key, fresh.value) == ("news.article.replay", 3, b"", b"{ no json")
    assert dict(fresh.headers)["ce_id"] == b"news.article.cleaned/3/42"


def test_a_fetch_that_failed_is_requested_again() -> None:
    """
    With all that its source said; the same letter always makes the same request.
    """
    request = FetchRequested(url=URL, requested_at=NOW, source_url="https://example.org/feed", hints=Hints(title="T"))
    record = buried("news.fetch.requested", request.to_wire()[0], stage="fetcher", reason="FETCH_FAILED")

    fresh = again(record, COUNT)

    assert (fresh.topic, fresh.key) == ("news.fetch.requested", URL.encode())
    assert fresh.partition == topics.FETCH_REQUESTED.partition(request, COUNT)
    assert FetchRequested.from_wire(fresh.value or b"", {}) == request
    assert dict(fresh.headers)["ce_id"].decode() == str(request_id("letter", URL))
    assert again(record, COUNT) == fresh


def test_a_watched_list_is_asked_for_as_if_by_hand() -> None:
    """
    A request in the name of its own source would only be told that it is known.
    """
    request = FetchRequested(url=URL, kind="feed", requested_at=NOW, source_url=URL)
    fresh = again(buried("news.sources", request.to_wire()[0], stage="fetcher"), COUNT)

    assert FetchRequested.from_wire(fresh.value or b"", {}) == request.model_copy(update={"source_url": None})


@pytest.mark.parametrize("is_cut", [True, False])
def test_an_answer_that_was_too_large_is_asked_for_again(*, is_cut: bool) -> None:
    """
    What was kept of it is not needed: the fetcher's input was the request.
    """
    request = FetchRequested(url=URL, requested_at=NOW, hints=Hints(labels={"desk": "world"}))
    asked = {ASKED_HEADER: request.to_wire()[0]}
    record = buried("news.fetch.requested", b"<html>", asked, stage="fetcher", is_cut=is_cut)

    assert FetchRequested.from_wire(again(record, COUNT).value or b"", {}) == request


def test_a_letter_of_the_fetcher_without_its_request_has_its_url() -> None:
    """
    As if a person asked for it.
    """
    fresh = again(buried("news.fetch.requested", b"<html>", stage="fetcher", is_cut=True), COUNT)

    assert FetchRequested.from_wire(fresh.value or b"", {}) == FetchRequested(url=URL, requested_at=NOW)


def test_a_request_that_was_none_goes_back_as_it_was() -> None:
    """
    Bytes from anybody, without key or headers.
    """
    fresh = again(buried("news.fetch.requested", b"junk", stage="fetcher", subject="news.fetch.requested/3/42"), COUNT)

    assert (fresh.topic, fresh.partition, fresh.value) == ("news.fetch.requested", 3, b"junk")


def test_an_original_that_was_cut_is_refused_with_a_code() -> None:
    """
    The message says how much is missing, and what can be done instead.
    """
    record = buried("news.page.fetched", b"x" * 65536, {"ce_id": b"1"}, is_cut=True, original_bytes=6_000_000)

    with pytest.raises(LetterError, match="first 65536 of 6000000 bytes") as refused:
        again(record, COUNT)
    assert refused.value.code == "NI-406"
    assert "fetch the page anew" in refused.value.next_step


def test_a_source_is_not_written_again() -> None:
    """
    It may have been changed or removed since: its key must not go backwards.
    """
    with pytest.raises(LetterError, match="may have changed since"):
        again(buried("news.sources", b"{}", {"ce_id": b"1"}, stage="fetcher", origin_key=URL), COUNT)


def test_a_letter_that_was_driven_again_before_names_the_last_letter_only() -> None:
    """
    The header is set anew, not collected.
    """
    record = buried("news.page.replay", PAGE.value or b"", {**dict(PAGE.headers), "retried_from": b"old"})

    assert [value for name, value in again(record, COUNT).headers if name == "retried_from"] == [
        b"news.page.replay/3/42"
    ]
