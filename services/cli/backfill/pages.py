"""
An answer from elsewhere as the page event that the fetcher would have made of it. Pure, and by the fetcher's own rules:
which article it is, what is a page, what its publisher reserves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self
from urllib.parse import urlsplit

from schemas.events import PageFetched
from schemas.parts import Origin
from schemas.replays import Selection
from schemas.state import FrontierEntry
from services.cli.backfill.answers import Capture, Left
from services.fetcher.answers import Answer, Fetch, Redirected, Refuse
from services.fetcher.bodies import Body, UnreadableBodyError
from services.fetcher.pages import page_event
from services.fetcher.responses import Fetched, Meaning, Page, TryAgain, Unusable, Unwanted, interpret
from services.fetcher.rights import reserved
from services.fetcher.settings import FetcherSettings
from services.fetcher.urls import normalise
from services.runtime.stage import RecordFacts

OK = 200

NOWHERE = RecordFacts(Origin(topic="", partition=0, offset=0), "", None)
"""No record brought it."""


@dataclass(frozen=True)
class Terms:
    """
    The fetcher's settings that matter here.

    Attributes:
        agent: The product token, in lower case, by which a page may name us.
    """

    agent: str
    max_body_bytes: int
    reserved_pages: Literal["fetch", "mark", "leave"]

    @classmethod
    def of(cls, settings: FetcherSettings) -> Self:
        """
        Take them from the settings.
        """
        return cls(settings.robots_token.lower(), settings.max_body_bytes, settings.reserved_pages)


def page_of(capture: Capture | Left, terms: Terms, selection: Selection) -> PageFetched | Left:
    """
    Make a page of an answer; what is left already stays so.

    Returns:
        Left: the option that it does not fit, REFUSED_URL, HTTP_ and its status, BODY_TOO_LARGE, DECOMPRESSION_BOMB,
            UNREADABLE_BODY, RESERVED, FEED, or a reason of the fetcher's: UNSUPPORTED_TYPE, EMPTY_BODY, ...
    """
    if isinstance(capture, Left):
        return capture
    if (option := _unfit(capture, selection)) is not None:
        return Left(option)
    try:
        url = normalise(capture.url)
        asked = normalise(capture.asked) if capture.asked else url
    except ValueError as error:
        return Left("REFUSED_URL", str(error))
    body = _decoded(capture, terms.max_body_bytes)
    if isinstance(body, Left):
        return body
    answer = Answer(url, (), capture.status, capture.headers, body, capture.fetched_at)
    meaning = interpret(Fetched(Fetch(asked, NOWHERE, "page", agent=terms.agent), answer))
    return _event(asked, meaning, terms) if isinstance(meaning, Page) else _left(meaning)


def _event(asked: str, page: Page, terms: Terms) -> PageFetched | Left:
    marks = reserved(page.rights, terms.agent)
    if marks and terms.reserved_pages == "leave":
        return Left("RESERVED", ", ".join(marks))
    entry = FrontierEntry(url=asked, kind="page", changed_at=page.answer.fetched_at, request_id="")
    return page_event(entry, page, page.rights, marks if terms.reserved_pages == "mark" else [])


def _left(meaning: Meaning) -> Left:
    if isinstance(meaning, Unwanted | TryAgain | Unusable | Refuse):
        return Left(meaning.reason, meaning.detail)
    assert not isinstance(meaning, Redirected)  # only the client follows
    return Left("FEED")


def _decoded(capture: Capture, limit: int) -> bytes | Left:
    if capture.status != OK:
        return Left(f"HTTP_{capture.status}")
    try:
        body = Body(capture.headers.get("content-encoding"), limit)
        body.feed(capture.body)
        body.end()
    except UnreadableBodyError as error:
        return Left("UNREADABLE_BODY", str(error))
    if body.is_over:
        return Left("DECOMPRESSION_BOMB" if body.too_large(0, None).is_bomb else "BODY_TOO_LARGE")
    return body.finish()


def _unfit(capture: Capture, selection: Selection) -> str | None:
    stated = capture.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        host = urlsplit(capture.url).hostname or ""
    except ValueError:
        return None
    if selection.hosts and not any(host == one or host.endswith(f".{one}") for one in selection.hosts):
        return "--host"
    return "--type" if selection.types and stated not in selection.types else None
