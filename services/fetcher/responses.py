"""
What an answer means. Pure and CPU-bound: it runs in a worker process, and what it returns is decided on in the task.

    Fetched --> Page | Feed | Rulebook | Reservations | NotModified | Unwanted | TryAgain | Unusable | Redirected
                | Refuse
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from schemas.ids import page_id, sha256_hex
from schemas.parts import Rights
from services.fetcher.answers import Answer, Failure, Fetch, Oversized, Redirected, Refuse, Result
from services.fetcher.head import read_head
from services.fetcher.identity import Identity, identify
from services.fetcher.interstitials import interstitial
from services.fetcher.listings import Child, Listing, NotAListError, first_url
from services.fetcher.lists import TooLargeListError, looks_like_list, read_list, unpacked
from services.fetcher.reservations import Reservations, read_reservations
from services.fetcher.rights import seen
from services.fetcher.robots import decode_robots
from services.fetcher.selection import Document, select

UNDIALLED = frozenset({"ADDRESS_REFUSED", "PORT_REFUSED", "INVALID_URL"})
"""Reasons for which nothing of a host can be had, its robots.txt no more than its pages."""

PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain"})
FEED_TYPES = frozenset(f"application/{kind}" for kind in ("rss+xml", "atom+xml", "rdf+xml", "feed+xml", "feed+json"))
LIST_TYPES = frozenset({"application/json", "application/gzip", "application/x-gzip"})
"""Types that may hold a list, and hold nothing else that is wanted."""

XML_TYPES = frozenset({"application/xml", "text/xml"})
UNSTATED_TYPES = frozenset({"", "application/octet-stream", "unknown/unknown", "binary/octet-stream"})

AMBIGUOUS_TYPES = XML_TYPES | PAGE_TYPES | UNSTATED_TYPES | LIST_TYPES
"""Under which anything may come, a list too."""

_REASONS = {404: "NOT_FOUND", 410: "GONE"} | dict.fromkeys((401, 402, 403, 407, 451), "FORBIDDEN")
TEMPORARY = frozenset({408, 421, 425, 429})
"""Client errors that pass; all 5xx do too."""

_HTML_ROOT = re.compile(
    rb"\s*(?>(?:<\?.*?\?>|<!--.*?-->)\s*)*+<(?:!doctype\s+html|html)[\s>]", re.DOTALL | re.IGNORECASE
)


@dataclass(frozen=True)
class Fetched:
    """
    What the client returns: what was to be done, and what came of it.
    """

    fetch: Fetch
    result: Result


@dataclass(frozen=True)
class Page:
    """
    A page to be published.
    """

    answer: Answer
    body_sha256: str
    identity: Identity
    rights: Rights | None = None


@dataclass(frozen=True)
class Feed:
    """
    A document of a list: feed, sitemap, page that links to its feeds. `document_id` is the id that it would have as a
    page.
    """

    answer: Answer
    document_id: UUID
    document: Document


@dataclass(frozen=True)
class Rulebook:
    """
    What a host's robots.txt comes to. `wait`: nothing may be asked until it can be read.
    """

    access: Literal["rules", "allow-all", "wait", "refused"]
    text: str | None = None
    answer: Answer | None = None
    detail: str = ""


@dataclass(frozen=True)
class NotModified:
    """
    What is known is still right.
    """

    answer: Answer


@dataclass(frozen=True)
class Unwanted:
    """
    An expected answer that leads to nothing: NOT_FOUND, GONE, FORBIDDEN, UNSUPPORTED_TYPE, ...
    """

    reason: str
    detail: str
    answer: Answer | None = None


@dataclass(frozen=True)
class TryAgain:
    """
    No answer, or one that may be another later. `retry_after` is the header.
    """

    reason: str
    detail: str
    retry_after: str | None = None
    is_host_wide: bool = False


@dataclass(frozen=True)
class Unusable:
    """
    What cannot be handled, with what arrived.
    """

    reason: str
    detail: str
    original: bytes | None = None
    declared_bytes: int | None = None


Meaning = Page | Feed | Rulebook | Reservations | NotModified | Unwanted | TryAgain | Unusable | Redirected | Refuse


def interpret(fetched: Fetched) -> Meaning:
    """
    Say what came of a fetch.
    """
    result = fetched.result
    if fetched.fetch.kind in {"robots", "rights"}:
        return _rules(fetched.fetch, result) if fetched.fetch.kind == "robots" else read_reservations(result)
    if isinstance(result, Answer):
        return _answer(fetched.fetch, result)
    if isinstance(result, Oversized):
        return _oversized(result)
    if isinstance(result, Failure):
        detail = f"{result.url}: {result.detail}"
        if result.reason == "ROBOTS_DISALLOWED":
            return Refuse(fetched.fetch.subject, fetched.fetch.facts, result.reason, detail)
        return Unusable(result.reason, detail) if result.is_final else TryAgain(result.reason, detail)
    return result


def _answer(fetch: Fetch, answer: Answer) -> Meaning:
    status = answer.status
    if status == 304 and (fetch.etag or fetch.last_modified):
        return NotModified(answer)
    if 200 <= status < 300:
        return _success(fetch, answer)
    if status in TEMPORARY or status >= 500:
        after = answer.headers.get("retry-after")
        return TryAgain(f"HTTP_{status}", answer.url, after, is_host_wide=status == 429 or after is not None)
    return Unwanted(_REASONS.get(status, "UNEXPECTED_STATUS"), f"status {status}", answer)


def _success(fetch: Fetch, answer: Answer) -> Meaning:
    if not answer.body.strip():
        return Unwanted("EMPTY_BODY", f"status {answer.status}, {len(answer.body)} bytes")
    if fetch.kind == "feed" or _is_feed(answer):
        return _feed(fetch, answer)
    if not _is_page(answer):
        return Unwanted("UNSUPPORTED_TYPE", f"Content-Type {answer.headers.get('content-type', 'unstated')!r}")
    head = read_head(answer.body)
    if (before := interstitial(answer, head, (*fetch.chain, *answer.chain))) is not None:
        return Unwanted(*before)
    identity = identify(answer.url, answer.headers, head)
    return Page(answer, sha256_hex(answer.body), identity, seen(answer.headers, head, fetch.agent))


def _feed(fetch: Fetch, answer: Answer) -> Meaning:
    stated = answer.headers.get("content-type")
    try:
        listing = _listing(fetch, answer)
    except NotAListError as error:
        return Unusable("INVALID_FEED", f"Content-Type {stated!r}: {error}", answer.body)
    except TooLargeListError as error:
        return Unusable("DECOMPRESSION_BOMB" if error.is_bomb else "BODY_TOO_LARGE", f"{answer.url}: {error}", b"")
    document_id = page_id(fetch.subject, answer.fetched_at, sha256_hex(answer.body))
    return Feed(replace(answer, body=b""), document_id, select(listing, fetch.rules, answer.fetched_at))


def _listing(fetch: Fetch, answer: Answer) -> Listing:
    """
    The document as a list; a front page that links to no feed leads to the sitemaps that its host names.
    """
    try:
        return read_list(unpacked(answer.body), answer.url, answer.headers.get("content-type"))
    except NotAListError:
        if not (fetch.sitemaps and _is_page(answer)):
            raise
    named = (first_url((sitemap, answer.url)) for sitemap in fetch.sitemaps)
    return Listing(children=tuple(Child(url) for url in named if url is not None))


def _type(answer: Answer) -> str:
    return answer.headers.get("content-type", "").partition(";")[0].partition(",")[0].strip().lower()


def _is_feed(answer: Answer) -> bool:
    stated = _type(answer)
    if stated not in AMBIGUOUS_TYPES:
        return stated in FEED_TYPES
    try:
        return looks_like_list(unpacked(answer.body))
    except (NotAListError, TooLargeListError):
        return False


def _is_page(answer: Answer) -> bool:
    stated = _type(answer)
    if stated in PAGE_TYPES:
        return True
    if stated in XML_TYPES:
        return _HTML_ROOT.match(answer.body[:4096]) is not None
    return stated in UNSTATED_TYPES and b"\0" not in answer.body[:1024]


def _oversized(result: Oversized) -> Meaning:
    body = result.body
    reason = "DECOMPRESSION_BOMB" if body.is_bomb else "BODY_TOO_LARGE"
    detail = f"{result.url}: status {result.status}, {body.read_bytes} bytes read, sha256 {body.read_sha256}"
    return Unusable(reason, detail, body.head, body.declared_bytes)


def _rules(fetch: Fetch, result: Result) -> Meaning:
    """
    RFC 9309, 2.3.1: what cannot be found allows all, what cannot be reached allows nothing for now.
    """
    if isinstance(result, Answer):
        return _rules_of_answer(result)
    if isinstance(result, Oversized):
        return Rulebook("rules", decode_robots(result.body.head), detail="cut")
    if isinstance(result, Failure):
        return _no_rules(result, (*fetch.chain, *result.chain))
    return result


def _rules_of_answer(answer: Answer) -> Meaning:
    bare = replace(answer, body=b"")
    if 200 <= answer.status < 300:
        return Rulebook("rules", decode_robots(answer.body), bare)
    if answer.status == 304:
        return NotModified(bare)
    if answer.status == 429 or answer.status >= 500:
        return Rulebook("wait", answer=bare, detail=f"HTTP_{answer.status}")
    return Rulebook("allow-all", answer=bare, detail=f"status {answer.status}")


def _no_rules(failure: Failure, before: tuple[str, ...]) -> Rulebook:
    detail = f"{failure.reason}: {failure.detail}"
    if failure.reason in {"REDIRECT_LOOP", "TOO_MANY_REDIRECTS", "INVALID_LOCATION"}:
        return Rulebook("allow-all", detail=detail)
    if failure.reason in UNDIALLED and not before:
        return Rulebook("refused", detail=detail)
    return Rulebook("wait", detail=detail)
