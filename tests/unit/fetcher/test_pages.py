"""
The page event.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from schemas.events import MAX_PAGE_META_BYTES, PageMeta
from schemas.parts import Hints
from schemas.state import FrontierEntry
from services.fetcher.answers import Answer
from services.fetcher.identity import Identity
from services.fetcher.pages import fit, page_event, request_of
from services.fetcher.responses import Page

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
URL = "https://a.example/1"


def meta(**fields: Any) -> PageMeta:
    known = {"url": URL, "request_url": URL, "article_id": UUID(int=1), "page_id": UUID(int=2), "site": "a.example"}
    return PageMeta.model_validate(known | {"status": 200, "fetched_at": NOW, "body_sha256": "f" * 64} | fields)


def size(of: PageMeta) -> int:
    return len(of.model_dump_json(by_alias=True, exclude_none=True).encode())


def test_a_page_tells_where_it_comes_from() -> None:
    """
    All redirects across and on hosts, the source, and the headers that matter later.
    """
    entry = FrontierEntry(
        url=URL, kind="page", changed_at=NOW, request_id="r", chain=["https://z.example/"], source_url="https://a/f"
    )
    headers = {"content-type": "text/html", "x-robots-tag": "noai", "set-cookie": "secret", "etag": '"e"'}
    answer = Answer("https://a.example/2", (URL,), 200, headers, b"Hi", NOW)
    event = page_event(entry, Page(answer, "f" * 64, Identity(UUID(int=1), None)))

    assert event.meta.chain == ["https://z.example/", URL]
    assert (event.meta.url, event.meta.request_url, event.meta.site) == ("https://a.example/2", URL, "a.example")
    assert event.meta.headers == {"x-robots-tag": "noai", "etag": '"e"'}
    assert event.meta.source_url == "https://a/f"


def test_a_small_header_is_left_alone() -> None:
    """
    Nothing is cut without need.
    """
    assert fit(meta(hints=Hints(content="x" * 1000))).cut == []


@pytest.mark.parametrize("letter", ["x", "\u6771", "\U0001f600", '"', "\x01"])
def test_a_long_text_is_cut_and_said_to_be(letter: str) -> None:
    """
    Whatever its characters weigh.
    """
    cut = fit(meta(hints=Hints(title="T", content=letter * 60_000)))

    assert MAX_PAGE_META_BYTES - 20 <= size(cut) <= MAX_PAGE_META_BYTES
    assert cut.cut == ["hints.content"]
    assert cut.hints.title == "T"


def test_everything_too_long_is_cut_in_order() -> None:
    """
    What can best be missed goes first; in the end only what names the page is left.
    """
    long = "x" * 40_000
    hints = Hints(title=long, content=long, summary=long, labels={"a": long})
    cut = fit(meta(hints=hints, headers={"etag": long}, chain=[long]))

    assert size(cut) <= MAX_PAGE_META_BYTES
    assert cut.cut == ["hints.content", "hints.summary", "headers", "chain", "hints.labels", "hints"]


def test_an_entry_can_be_turned_back_into_its_request() -> None:
    """
    So that a dead letter can be driven again.
    """
    entry = FrontierEntry(
        url=URL, kind="page", changed_at=NOW, request_id="r", discovered_at=NOW, hints=Hints(title="T"), chain=["u"]
    )
    request = request_of(entry)

    assert (request.url, request.kind, request.requested_at) == (URL, "page", NOW)
    assert (request.hints.title, request.chain) == ("T", ["u"])
