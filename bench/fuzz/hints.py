"""
What may be said about a page besides its bytes: addresses, headers, hints of a feed, each of odd content.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from bench.fuzz.corpus import NOWHERE
from bench.fuzz.odd import DATES, URLS, odd_name, odd_text, size
from schemas.events import MAX_PAGE_META_BYTES, PageMeta
from schemas.ids import article_id, sha256_hex
from schemas.parts import Hints
from schemas.sites import site_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
USUAL = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)
ENDS_OF_TIME = (EPOCH, datetime.min.replace(tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
TYPES = ("text/html", "text/html; charset=utf-8", "text/html;charset=windows-1252", "text/html; charset=utf-16",
         "text/html; charset=",
         "text/html; charset=\"shift_jis'", "text/plain", "text/plain; charset=koi8-r", "text/markdown",
         "application/xhtml+xml",
         "application/json", "application/pdf", "image/png", "TEXT/HTML;CHARSET=GB2312", ";", "", "text",
         "text/html; charset=idna",
         "text/html; charset=undefined", "text/html; charset=" + "x" * 900, "text/html; charset=\x00", "*/*",
         "text/html;charset=bogus")  # fmt: skip
LANGUAGES = ("en", "en-US", "de_AT", "zh-Hant-TW", "ru", "ja", "ar", "xx", "", " ", "english", "e", "12",
             "en;q=0.5,de", "EN", "i-klingon",
             "\u202een", "x" * 300, "el", "he", "th", "ko")  # fmt: skip


def _hints(rng: Random) -> dict[str, Any]:
    values: dict[str, Callable[[], Any]] = {
        "title": lambda: odd_text(rng, size(rng, 3000)),
        "summary": lambda: rng.choice((odd_text(rng), f"<p>{odd_text(rng)}", "<" * 3000, "&amp;" * 900, "", " ")),
        "content": lambda: rng.choice((
            "".join(f"<p>{odd_text(rng)}</p>" for _ in range(size(rng, 20))), "<b>" * 4000, "<table><td>" * 1000,
            "\n\n".join(odd_text(rng) for _ in range(9)), "<!--", "<p>", "</p>" * 3000, " ", "\x00\x00",
            "<script>" + odd_text(rng), "a" * 12_000,
        )),
        "author": lambda: odd_name(rng),
        "published": lambda: rng.choice(DATES),
        "language": lambda: rng.choice(LANGUAGES),
        "guid": lambda: rng.choice(URLS),
        "labels": lambda: {odd_text(rng, 50): odd_text(rng, 50) for _ in range(rng.randrange(4))},
    }  # fmt: skip
    return {name: value() for name, value in values.items() if rng.random() < 0.35}


def _url(rng: Random, usual: str) -> str:
    url = rng.choice(URLS) if rng.random() < 0.15 else usual
    return next(one for one in (url, usual, NOWHERE) if _has_site(one))


def _has_site(url: str) -> bool:
    try:
        site_of(url)
    except ValueError:
        return False
    return True


def _fetched_at(rng: Random) -> datetime:
    kind = rng.random()
    if kind < 0.85:
        return USUAL
    return EPOCH + timedelta(seconds=rng.randrange(4_000_000_000)) if kind < 0.995 else rng.choice(ENDS_OF_TIME)


def page_meta(rng: Random, body: bytes, url: str) -> PageMeta:
    """
    What is told of a page; within the limits that the fetcher keeps, and such that the wire carries it.
    """
    url = _url(rng, url)
    digest = sha256_hex(body)
    facts: dict[str, Any] = {
        "url": url,
        "article_id": article_id(url),
        "fetched_at": _fetched_at(rng),
        "content_type": TYPES[0],
    }
    if rng.random() < 0.4:
        facts["content_type"] = rng.choice((*TYPES, None))
    if rng.random() < 0.4:
        facts["hints"] = Hints.model_validate(_hints(rng))
    if rng.random() < 0.2:
        canonical = rng.choice(URLS)
        facts |= {"canonical_url": canonical, "article_id": article_id(rng.choice((canonical, url)))}
    if rng.random() < 0.2:
        facts["headers"] = {
            "content-language": rng.choice(LANGUAGES),
            "last-modified": rng.choice(DATES),
            "date": rng.choice(DATES),
        }
    if rng.random() < 0.03:
        facts["status"] = rng.choice((201, 204, 304, 404, 500, 0, 999))
    meta = PageMeta.of(digest, **facts)
    return meta if _fits(meta) else PageMeta.of(digest, **facts | {"hints": Hints(), "headers": {}})


def _fits(meta: PageMeta) -> bool:
    try:
        wire = meta.model_dump_json(by_alias=True, exclude_none=True).encode()
        PageMeta.model_validate_json(wire)
    except ValueError:
        return False
    return len(wire) <= MAX_PAGE_META_BYTES
