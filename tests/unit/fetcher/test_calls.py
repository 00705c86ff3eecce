from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.parts import Origin
from services.fetcher.answers import Answer, Failure, Fetch, Oversized, Redirected, Refuse, TooLarge
from services.fetcher.calls import call_of
from services.fetcher.responses import Fetched
from services.fetcher.stage import is_light
from services.runtime.stage import RecordFacts

URL = "https://a.example/story"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
FACTS = RecordFacts(Origin(topic="t", partition=0, offset=0), "e", None)
FETCH = Fetch(URL, FACTS, "page")


def test_a_request_is_told_by_the_conventions_for_http() -> None:
    """
    Method, address and answer; how often it was redirected.
    """
    call = call_of(Fetched(FETCH, Answer("http://a.example:8080/b", (URL,), 200, {}, b"", NOW)))

    assert call is not None
    assert (call.name, call.error) == ("GET", "")
    assert call.attributes == {
        "http.request.method": "GET",
        "url.full": "http://a.example:8080/b",
        "server.address": "a.example",
        "server.port": 8080,
        "http.request.resend_count": 1,
        "http.response.status_code": 200,
    }


@pytest.mark.parametrize(
    ("result", "status", "error"),
    [
        (Answer(URL, (), 503, {}, b"", NOW), 503, "503"),
        (
            Oversized(
                URL, 200, NOW, TooLarge(is_bomb=False, head=b"", read_bytes=1, read_sha256="", declared_bytes=None)
            ),
            200,
            "",
        ),
        (Redirected(URL, "https://b.example/", (), 301, NOW), 301, ""),
        (Failure(URL, "TIMED_OUT", "detail"), None, "TIMED_OUT"),
    ],
)
def test_an_answer_that_is_an_error_is_one(
    result: Answer | Oversized | Redirected | Failure, status: int | None, error: str
) -> None:
    """
    By its status, or by our reason where there was no answer; a body that is too large is our matter, not the host's.
    """
    call = call_of(Fetched(FETCH, result))

    assert call is not None
    assert (call.attributes.get("http.response.status_code"), call.error) == (status, error)
    assert call.attributes["server.port"] == 443


@pytest.mark.parametrize(
    ("given", "is_so"),
    [
        (Fetched(FETCH, Answer(URL, (), 304, {}, b"", NOW)), True),
        (Fetched(FETCH, Answer(URL, (), 200, {}, b"<rss/>", NOW)), False),
        (Fetched(FETCH, Failure(URL, "TIMED_OUT", "detail")), True),
        (Refuse(URL, FACTS, "ROBOTS_DISALLOWED", ""), True),
    ],
)
def test_only_a_body_is_work_for_a_worker(given: Any, is_so: bool) -> None:
    """
    Most polls come back without one.
    """
    assert is_light(given) == is_so


def test_what_is_refused_asks_nobody() -> None:
    """
    So there is no call.
    """
    assert call_of(Refuse(URL, FACTS, "ROBOTS_DISALLOWED", "")) is None
