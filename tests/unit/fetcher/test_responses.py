"""
What an answer means.
"""

from __future__ import annotations

import pickle
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.parts import Origin
from services.fetcher.answers import Answer, Failure, Fetch, Oversized, Redirected, Refuse, TooLarge
from services.fetcher.responses import (
    Feed,
    Fetched,
    NotModified,
    Page,
    TryAgain,
    Unusable,
    Unwanted,
    interpret,
)
from services.runtime.stage import RecordFacts

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
URL = "https://a.example/x"
FACTS = RecordFacts(Origin(topic="t", partition=0, offset=0), "e", None)
HTML = b"<!doctype html><html><head><title>T</title></head><body>Hi</body></html>"
RSS = b"<rss version='2.0'><channel><item><link>/a</link></item></channel></rss>"


def answer(status: int = 200, body: bytes = HTML, **headers: str) -> Answer:
    return Answer(URL, (), status, {name.replace("_", "-"): v for name, v in headers.items()}, body, NOW)


def read(result: Any, kind: Any = "page", **fields: Any) -> Any:
    return interpret(Fetched(Fetch(URL, FACTS, kind, **fields), result))


@pytest.mark.parametrize(
    "content_type", ["text/html; charset=utf-8", "application/xhtml+xml", "TEXT/PLAIN", "", "application/octet-stream"]
)
def test_pages_are_html_and_text(content_type: str) -> None:
    """
    What is unstated is taken for text where it looks like it.
    """
    meaning = read(answer(content_type=content_type))

    assert isinstance(meaning, Page)
    assert meaning.answer.body == HTML


@pytest.mark.parametrize(
    ("content_type", "body"),
    [("application/pdf", b"%PDF-1.7"), ("", b"\0\1\2"), ("application/json", b"{}"), ("text/xml", b"<sitemap/>")],
)
def test_other_types_are_not_wanted(content_type: str, body: bytes) -> None:
    """
    The reason names the type.
    """
    meaning = read(answer(body=body, content_type=content_type))

    assert isinstance(meaning, Unwanted)
    assert meaning.reason == "UNSUPPORTED_TYPE"


@pytest.mark.parametrize("content_type", ["application/rss+xml", "text/xml", "text/html", "text/plain", ""])
def test_a_feed_is_a_feed_whatever_it_was_asked_for_as(content_type: str) -> None:
    """
    By its type or by its root element.
    """
    meaning = read(answer(body=RSS, content_type=content_type))

    assert isinstance(meaning, Feed)
    assert [item.url for item in meaning.document.items] == ["https://a.example/a"]
    assert meaning.answer.body == b""


def test_a_page_in_place_of_a_feed_is_an_invalid_feed() -> None:
    """
    With what arrived.
    """
    meaning = read(answer(content_type="text/html"), kind="feed")

    assert isinstance(meaning, Unusable)
    assert (meaning.reason, meaning.original) == ("INVALID_FEED", HTML)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, "NOT_FOUND"),
        (410, "GONE"),
        (401, "FORBIDDEN"),
        (403, "FORBIDDEN"),
        (451, "FORBIDDEN"),
        (418, "UNEXPECTED_STATUS"),
        (300, "UNEXPECTED_STATUS"),
        (304, "UNEXPECTED_STATUS"),
    ],
)
def test_statuses_that_lead_to_nothing_have_a_name(status: int, reason: str) -> None:
    """
    A 304 that nobody asked for is one of them.
    """
    assert read(answer(status)) == Unwanted(reason, f"status {status}", answer(status))


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 520])
def test_statuses_that_pass_are_tried_again(status: int) -> None:
    """
    A 429 is about the whole host.
    """
    meaning = read(answer(status))

    assert isinstance(meaning, TryAgain)
    assert (meaning.reason, meaning.is_host_wide) == (f"HTTP_{status}", status == 429)


def test_retry_after_is_about_the_host() -> None:
    """
    It is handed on as it stands, for its meaning depends on the time.
    """
    assert read(answer(503, retry_after="120")).retry_after == "120"
    assert read(answer(503, retry_after="120")).is_host_wide


def test_304_to_a_conditional_request_means_no_change() -> None:
    """
    Only to a conditional one.
    """
    assert isinstance(read(answer(304, b""), etag='"e"'), NotModified)


def test_an_empty_body_is_said_to_be_empty() -> None:
    """
    White space is nothing.
    """
    assert read(answer(body=b" \n")).reason == "EMPTY_BODY"


@pytest.mark.parametrize(("is_bomb", "reason"), [(False, "BODY_TOO_LARGE"), (True, "DECOMPRESSION_BOMB")])
def test_an_oversized_body_keeps_its_start(is_bomb: bool, reason: str) -> None:
    """
    And the length that was declared.
    """
    large = TooLarge(is_bomb=is_bomb, head=b"start", read_bytes=9, read_sha256="f", declared_bytes=99)
    meaning = read(Oversized(URL, 200, NOW, large))

    assert (meaning.reason, meaning.original, meaning.declared_bytes) == (reason, b"start", 99)


def test_failures_are_tried_again_unless_they_are_final() -> None:
    """
    A refused address stays refused; rules met on the way are a refusal.
    """
    assert isinstance(read(Failure(URL, "TIMED_OUT", "d")), TryAgain)
    assert isinstance(read(Failure(URL, "ADDRESS_REFUSED", "d", is_final=True)), Unusable)
    assert isinstance(read(Failure(URL, "ROBOTS_DISALLOWED", "d", is_final=True)), Refuse)


def test_redirects_pass_through() -> None:
    """
    They are decided on in the task.
    """
    redirected = Redirected(URL, "https://b.example/", (URL,), 301, NOW)

    assert read(redirected) is redirected


@pytest.mark.parametrize(
    ("result", "access"),
    [
        (answer(200, b"User-agent: *\nDisallow: /"), "rules"),
        (answer(200, b""), "rules"),
        (answer(404), "allow-all"),
        (answer(403), "allow-all"),
        (answer(429), "wait"),
        (answer(500), "wait"),
        (Failure(URL, "TIMED_OUT", ""), "wait"),
        (Failure(URL, "UNREADABLE_BODY", "", is_final=True), "wait"),
        (Failure(URL, "TOO_MANY_REDIRECTS", "", is_final=True), "allow-all"),
        (Failure(URL, "ADDRESS_REFUSED", "", is_final=True), "refused"),
        (Failure(URL, "ADDRESS_REFUSED", "", is_final=True, chain=("u",)), "wait"),
        (
            Oversized(
                URL,
                200,
                NOW,
                TooLarge(is_bomb=False, head=b"User-agent: *", read_bytes=1, read_sha256="", declared_bytes=None),
            ),
            "rules",
        ),
    ],
)
def test_the_answer_for_a_robots_txt_decides_the_access(result: Any, access: str) -> None:
    """
    RFC 9309, 2.3.1: unavailable allows all, unreachable allows nothing.
    """
    assert read(result, kind="robots").access == access


def test_meanings_travel_between_processes() -> None:
    """
    What goes into a worker and what comes out of it.
    """
    meaning = read(answer(body=RSS))

    assert pickle.loads(pickle.dumps(meaning)) == meaning


def test_a_page_that_begins_with_many_comments_is_known_at_once() -> None:
    """
    However they could be divided.
    """
    began = time.perf_counter()
    page = read(answer(body=b"<!-- a -->" * 300 + HTML, content_type="text/xml"))
    other = read(answer(body=b"<!-- a -->" * 300 + b"<thing/>", content_type="text/xml"))

    assert isinstance(page, Page)
    assert isinstance(other, Unwanted)
    assert time.perf_counter() - began < 1


def test_the_text_of_a_robots_txt_stays_in_its_process() -> None:
    """
    A worker needs it for nothing, and it may be large.
    """
    fetch = Fetch("https://a.example/1", FACTS, "page", robots="User-agent: *", delay_s=2.0)
    sent = pickle.loads(pickle.dumps(fetch))

    assert (sent.robots, sent.subject, sent.delay_s) == ("", fetch.subject, 2.0)
    assert fetch.robots == "User-agent: *"
