"""
The page event: what is told of a page besides its bytes, within the size of one header.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic_core import to_json

from schemas.events import MAX_PAGE_META_BYTES, FetchRequested, PageFetched, PageMeta
from schemas.ids import sha256_hex
from schemas.parts import Hints, Reservation, Rights
from schemas.state import FrontierEntry
from services.fetcher.answers import Answer
from services.fetcher.responses import Page

KEPT_HEADERS = (
    "age",
    "cache-control",
    "content-language",
    "content-location",
    "date",
    "etag",
    "last-modified",
    "link",
    "server",
    "tdm-policy",
    "tdm-reservation",
    "x-robots-tag",
)
"""What later stages may need: language, dates, and what the publisher reserves."""

MAX_HEADER_CHARS = 1000

_CUT_ORDER = ("hints.content", "hints.summary", "headers", "chain", "hints.labels", "hints")
"""What is shortened first is what can best be missed: the page itself has the full text."""


def page_event(
    entry: FrontierEntry, page: Page, rights: Rights | None = None, marked: Sequence[Reservation] = ()
) -> PageFetched:
    """
    The event of a page, with what its publisher states of its use, and what of that is marked.
    """
    answer = page.answer
    meta = PageMeta.of(
        page.body_sha256,
        url=answer.url,
        request_url=entry.url,
        article_id=page.identity.article_id,
        status=answer.status,
        fetched_at=answer.fetched_at,
        content_type=(answer.headers.get("content-type") or "")[:MAX_HEADER_CHARS] or None,
        headers=_kept(answer.headers),
        canonical_url=page.identity.canonical_url,
        chain=[*entry.chain, *answer.chain],
        source_url=entry.source_url,
        discovered_at=entry.discovered_at,
        hints=_said(entry.hints),
        rights=rights,
        reserved=list(marked) or None,
    )
    return PageFetched(meta=fit(meta), body=answer.body)


def withdrawal(entry: FrontierEntry, answer: Answer) -> PageFetched:
    """
    The event of a page that is gone, under the identity that it was published with.
    """
    meta = PageMeta.of(
        sha256_hex(b""),
        url=answer.url,
        request_url=entry.url,
        article_id=entry.article_id,
        status=answer.status,
        fetched_at=answer.fetched_at,
        headers=_kept(answer.headers),
        source_url=entry.source_url,
        discovered_at=entry.discovered_at,
        hints=_said(entry.hints),
        pub_status="withdrawn",
    )
    return PageFetched(meta=fit(meta), body=b"")


def request_of(entry: FrontierEntry) -> FetchRequested:
    """
    The request that an entry stands for, so that a dead letter can be driven again.
    """
    return FetchRequested(
        url=entry.url,
        kind="page" if entry.kind == "page" else "feed",
        requested_at=entry.discovered_at or entry.changed_at,
        source_url=entry.source_url,
        hints=entry.hints,
        chain=entry.chain,
    )


def fit(meta: PageMeta) -> PageMeta:
    """
    Shorten what can best be missed until the header fits, and say what was shortened.
    """
    for name in _CUT_ORDER:
        over = len(meta.to_json()) - MAX_PAGE_META_BYTES
        if over <= 0:
            return meta
        if not (getattr(meta.hints, name[6:]) if name.startswith("hints.") else getattr(meta, name)):
            continue
        meta = _shorten(meta.model_copy(update={"cut": [*meta.cut, name]}), name, over)
    return meta


def _shorten(meta: PageMeta, name: str, over: int) -> PageMeta:
    """
    Cut one field by at least `over` bytes, or empty it.
    """
    outer, _, inner = name.partition(".")
    if not inner:
        return meta.model_copy(update={outer: type(getattr(meta, outer))()})
    value = getattr(meta.hints, inner)
    room = over + len(name) + len(',"",')
    fresh = _start(value, len(to_json(value)) - room) if isinstance(value, str) else type(value)()
    return meta.model_copy(update={outer: meta.hints.model_copy(update={inner: fresh})})


def _start(text: str, size: int) -> str | None:
    """
    The longest start of a text that takes at most so many bytes in JSON, where a character takes from one to six.
    """
    fits, fails = 0, len(text) + 1
    while fits + 1 < fails:
        middle = (fits + fails) // 2
        fits, fails = (middle, fails) if len(to_json(text[:middle])) <= size else (fits, middle)
    return text[:fits] or None


def _said(hints: Hints) -> Hints:
    """
    What a source says of a page: the rules that it is read by are nobody else's.
    """
    return hints if hints.rules is None else hints.model_copy(update={"rules": None})


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name][:MAX_HEADER_CHARS] for name in KEPT_HEADERS if name in headers}
