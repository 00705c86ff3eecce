"""
robots.txt in every state (RFC 9309, 2.3.1).
"""

from __future__ import annotations

import gzip

from tests.hostile.case import PAGE, STORY, Case, counted, leads_to
from tests.hostile.server import Script, Visit, answer

_ALL = b"User-agent: *\nDisallow: /\n"
_NONE = b"User-agent: *\nDisallow:\n"

_GOES_ON = ("PAGE_FETCHED",)
_IS_OUT = ("ROBOTS_DISALLOWED",)


def _waits(reason: str) -> tuple[str, ...]:
    return (f"ROBOTS_UNREACHABLE {reason}",)


def _case(name: str, robots: Script, ends: tuple[str, ...], **routes: Script) -> Case:
    named = {f"/{path}": script for path, script in routes.items()}
    return Case(name=f"robots-{name}", robots=robots, ends=ends, routes=named)


def _text(body: bytes, **headers: str) -> bytes:
    return answer(200, body, content_type="text/plain", **headers)


async def _silent(visit: Visit) -> None:
    await visit.send(b"", every_s=60)


async def _endless(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + _ALL)
    while True:
        await visit.send(b"# and on\n" * 1000)


async def _drip(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\n\r\n", *[b"#"] * 200, every_s=0.2)


def _hops(count: int) -> dict[str, Script]:
    hops: dict[str, Script] = {f"h{number}": leads_to(f"/h{number + 1}") for number in range(1, count)}
    return hops | {f"h{count}": _text(_ALL)}


_UNAVAILABLE = tuple(
    _case(f"status-{status}", answer(status, b"" if status == 304 else _ALL), _GOES_ON)
    for status in (400, 401, 402, 403, 404, 405, 406, 410, 418, 451, 300, 304, 305)
)

_UNREACHABLE = tuple(
    _case(f"status-{status}", answer(status, _NONE), _waits(f"HTTP_{status}"))
    for status in (429, 500, 501, 502, 503, 504, 520, 599)
)

CASES = (
    *_UNAVAILABLE,
    *_UNREACHABLE,
    _case("forbids", _text(_ALL), _IS_OUT),
    _case("allows", _text(_NONE), _GOES_ON),
    _case("is-empty", _text(b""), _GOES_ON),
    _case("is-a-page", answer(200, STORY), _GOES_ON),
    _case("is-binary", answer(200, bytes(range(256)) * 100), _GOES_ON),
    _case("has-a-mark", _text(b"\xef\xbb\xbf" + _ALL), _IS_OUT),
    _case("has-old-line-ends", _text(_ALL.replace(b"\n", b"\r")), _IS_OUT),
    _case("is-long-and-forbids-at-once", _text(_ALL + b"#" * 600_000), _IS_OUT),
    _case("is-endless-and-forbids-at-once", _endless, _IS_OUT),
    _case("is-a-bomb", _text(gzip.compress(_ALL + bytes(8_000_000)), content_encoding="gzip"), _IS_OUT),
    _case("has-one-line", _text(b"User-agent: *\nDisallow: /" + b"*a" * 200_000), _GOES_ON),
    _case("wants-ages", _text(b"User-agent: *\nCrawl-delay: 999999999999999999999\n"), _GOES_ON),
    _case("is-corrupt", _text(b"\x1f\x8b" + _ALL, content_encoding="gzip"), _waits("UNREADABLE_BODY")),
    _case("is-cut-off", _text(_ALL, content_length="999"), _waits("PROTOCOL_ERROR")),
    _case("is-no-http", b"User-agent: *\r\n\r\n", _waits("PROTOCOL_ERROR")),
    _case("hangs-up", b"", _waits("DISCONNECTED")),
    _case("is-silent", _silent, _waits("TIMED_OUT")),
    _case("drips", _drip, _waits("TIMED_OUT")),
    _case("leads-on", leads_to("/h1"), _IS_OUT, **_hops(5)),
    _case("leads-on-too-long", leads_to("/h1"), _GOES_ON, **_hops(6)),
    _case("leads-round", leads_to("/robots.txt"), _GOES_ON),
    _case("leads-to-a-file", leads_to("file:///etc/passwd"), _GOES_ON),
    _case("leads-to-loopback", leads_to("http://127.0.0.1/"), _waits("PORT_REFUSED")),
    _case("is-back", counted(answer(500), _text(_NONE)), (*_waits("HTTP_500"), "PAGE_FETCHED")),
    _case("was-allowing", counted(answer(503, retry_after="7200"), _text(_ALL)), (*_waits("HTTP_503"), *_IS_OUT)),
    _case(
        "never-answers",
        answer(500),
        (*_waits("HTTP_500") * 3, "letter FETCH_FAILED robots.txt cannot be reached"),
    ),
    Case(name="robots-txt-as-a-page", url="http://{host}:{port}/robots.txt", page=PAGE, ends=("ROBOTS_FILE",)),
)
