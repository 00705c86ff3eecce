"""
Every status, and what hosts say with it.
"""

from __future__ import annotations

from tests.hostile.case import PAGE, STORY, Case, cases, counted
from tests.hostile.server import answer

_FORBIDDEN = {401, 402, 403, 407, 451}
_TEMPORARY = {408, 421, 425, 429}


def _end_of(status: int) -> str:
    """
    As `docs/fetching.md` has it.
    """
    if status in {204, 205}:
        return "EMPTY_BODY"
    if 200 <= status < 300:
        return "PAGE_FETCHED"
    if status in _TEMPORARY or status >= 500:
        return f"TRY_AGAIN HTTP_{status}"
    known = {404: "NOT_FOUND", 410: "GONE"} | dict.fromkeys(_FORBIDDEN, "FORBIDDEN")
    return known.get(status, "UNEXPECTED_STATUS")


_ALL = (
    *range(200, 209),
    226,
    *range(300, 309),
    *range(400, 419),
    *range(421, 427),
    *(428, 429, 431, 444, 451, 499),
    *range(500, 509),
    *(510, 511, 520, 525, 599, 999),
)

EACH = tuple(
    Case(
        name=f"status-{status}",
        page=answer(status, b"" if status in {204, 205, 304} else STORY),
        ends=(_end_of(status),),
    )
    for status in _ALL
)

INTERIM = cases(
    early_hints=(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" + PAGE, "PAGE_FETCHED"),
    continues=(b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + PAGE, "PAGE_FETCHED"),
    switches_protocol=(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x05Hello",
        "UNEXPECTED_STATUS",
    ),
)

_LATE = answer(503, retry_after="Fri, 01 Jan 2100 00:00:00 GMT")
_NOW = answer(429, retry_after="-1")

WAITS = (
    Case(name="is-back", page=counted(answer(503), PAGE), ends=("TRY_AGAIN HTTP_503", "PAGE_FETCHED")),
    Case(
        name="is-never-back",
        page=answer(500),
        ends=("TRY_AGAIN HTTP_500", "TRY_AGAIN HTTP_500", "letter FETCH_FAILED HTTP_500"),
    ),
    Case(
        name="wait-in-seconds",
        page=counted(answer(429, retry_after="120"), PAGE),
        ends=("TRY_AGAIN HTTP_429", "PAGE_FETCHED"),
    ),
    Case(name="wait-until-a-date", page=counted(_LATE, PAGE), ends=("TRY_AGAIN HTTP_503", "PAGE_FETCHED")),
    Case(name="wait-of-no-sense", page=counted(_NOW, PAGE), ends=("TRY_AGAIN HTTP_429", "PAGE_FETCHED")),
    Case(
        name="wait-of-ages",
        page=counted(answer(503, retry_after="9" * 400), PAGE),
        ends=("TRY_AGAIN HTTP_503", "PAGE_FETCHED"),
    ),
)

CASES = (*EACH, *INTERIM, *WAITS)
