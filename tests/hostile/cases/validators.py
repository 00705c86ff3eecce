"""
ETag, Last-Modified and 304: true, false and unspeakable.
"""

from __future__ import annotations

from tests.hostile.case import PAGE, STORY, Case, counted
from tests.hostile.server import Script, Visit, answer


def _case(name: str, page: Script, *ends: str) -> Case:
    return Case(name=f"validators-{name}", page=page, ends=ends)


def _stamped(tag: str) -> Script:
    """
    Whoever says the tag, exactly, hears that nothing changed; who asks again without it is told so by another status.
    """

    async def script(visit: Visit) -> None:
        said = visit.headers.get("if-none-match")
        status = 200 if visit.number == 1 else 304 if said == tag.lower() else 418 if said else 200
        await visit.send(answer(status, STORY if status == 200 else b"", etag=tag))

    return script


async def _tag_of_no_text(visit: Visit) -> None:
    head = b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: "\xe9\xff"\r\nLast-Modified: \xe4\r\n'
    await visit.send(head + f"Content-Length: {len(STORY)}\r\n\r\n".encode() + STORY)


_TAGGED = answer(200, STORY, etag='"a"', last_modified="Thu, 01 Jan 2026 00:00:00 GMT")

CASES = (
    _case("true", _stamped('"a"'), "PAGE_FETCHED", "NOT_MODIFIED"),
    _case("weak", _stamped('W/"a"'), "PAGE_FETCHED", "NOT_MODIFIED"),
    _case("bare", _stamped("abc"), "PAGE_FETCHED", "NOT_MODIFIED"),
    _case("empty", _stamped('""'), "PAGE_FETCHED", "NOT_MODIFIED"),
    _case("of-no-text", _tag_of_no_text, "PAGE_FETCHED", "PAGE_UNCHANGED"),
    _case("of-many-bytes", answer(200, STORY, etag='"' + "a" * 60_000 + '"'), "PAGE_FETCHED", "PAGE_UNCHANGED"),
    _case("no-date", answer(200, STORY, last_modified="yesterday, or so"), "PAGE_FETCHED", "PAGE_UNCHANGED"),
    _case("of-the-future", answer(200, STORY, last_modified="Fri, 01 Jan 2100 00:00:00 GMT"), "PAGE_FETCHED"),
    _case("never-asked-for", answer(304), "UNEXPECTED_STATUS", "UNEXPECTED_STATUS"),
    _case("always-the-same", counted(_TAGGED, answer(304)), "PAGE_FETCHED", "NOT_MODIFIED", "NOT_MODIFIED"),
    _case("with-a-body", counted(_TAGGED, answer(304, STORY)), "PAGE_FETCHED", "TRY_AGAIN PROTOCOL_ERROR"),
    _case("failing", counted(_TAGGED, answer(412), PAGE), "PAGE_FETCHED", "UNEXPECTED_STATUS", "PAGE_UNCHANGED"),
    _case("ignored", _TAGGED, "PAGE_FETCHED", "PAGE_UNCHANGED"),
)
