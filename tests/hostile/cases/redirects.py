"""
Redirects: round and round, to nowhere, and to where nobody may go.
"""

from __future__ import annotations

from tests.hostile.case import PAGE, STORY, Case, cases, leads_to
from tests.hostile.server import Script, Visit, answer


async def _endless_redirect(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n")
    while True:
        await visit.send(b"x" * 10_000)


def _cookie_wall(*, is_changing: bool) -> Script:
    """
    Lets in whoever shows the cookie that it set; or sets another one for ever.
    """

    async def script(visit: Visit) -> None:
        if "seen=1" in visit.headers.get("cookie", "") and not is_changing:
            await visit.send(PAGE)
        else:
            await visit.send(answer(302, location=visit.path, set_cookie=f"seen={visit.number}; Path=/"))

    return script


def _with_cookie_of_another(visit_must_not: bytes) -> Script:
    async def script(visit: Visit) -> None:
        await visit.send(answer(200, visit_must_not if "cookie" in visit.headers else STORY))

    return script


def _to_host(host: str) -> Script:
    async def script(visit: Visit) -> None:
        await visit.send(leads_to(f"http://{host}:{visit.headers['host'].partition(':')[2]}/a"))

    return script


_LETTERS = {
    "leads-to-a-file": "file:///etc/passwd",
    "leads-to-gopher": "gopher://127.0.0.1:6379/_INFO",
    "leads-to-ftp": "ftp://ftp.example/a",
    "leads-to-script": "javascript:alert(1)",
    "leads-to-data": "data:text/html,hostile%20secret",
    "leads-to-unix": "unix:///var/run/docker.sock",
    "leads-to-no-host": "http:///",
    "leads-to-a-name-of-dots": "http://../",
    "leads-to-a-long-url": "/" + "a" * 5000,
    "leads-to-a-broken-port": "http://{0}:99999999/",
}

NOWHERE = tuple(Case(name=name, page=leads_to(to), ends=("letter INVALID_LOCATION",)) for name, to in _LETTERS.items())

ROUND = (
    *cases(
        loop_of_one=(leads_to("/a"), "letter REDIRECT_LOOP"),
        location_empty=(answer(302, location=" "), "UNEXPECTED_STATUS"),
        location_twice=(answer(302, location="/b").replace(b"location", b"location: /c\r\nlocation"), "NOT_FOUND"),
    ),
    Case(name="loop-of-two", page=leads_to("/b"), routes={"/b": leads_to("/a")}, ends=("letter REDIRECT_LOOP",)),
    Case(name="loop-of-two-hosts", page=_to_host("loop-back.hostile.test"), ends=("letter REDIRECT_LOOP",)),
    Case(name="loop-back", page=_to_host("loop-of-two-hosts.hostile.test"), ends=("letter REDIRECT_LOOP",)),
    Case(
        name="chain-of-a-dozen",
        page=leads_to("/b0"),
        routes={f"/b{number}": leads_to(f"/b{number + 1}") for number in range(30)},
        ends=("letter TOO_MANY_REDIRECTS",),
    ),
    Case(name="redirect-without-end", page=_endless_redirect, routes={"/b": PAGE}, ends=("PAGE_FETCHED",)),
    Case(name="cookie-wall", page=_cookie_wall(is_changing=False), ends=("PAGE_FETCHED", "PAGE_UNCHANGED")),
    Case(name="cookie-wall-for-ever", page=_cookie_wall(is_changing=True), ends=("letter TOO_MANY_REDIRECTS",)),
    Case(
        name="cookie-of-no-text",
        page=b"HTTP/1.1 302 Found\r\nLocation: /b\r\nSet-Cookie: \xe4\xff=\xf6\x80; Path=/\r\n\r\n",
        routes={"/b": PAGE},
        ends=("PAGE_FETCHED",),
    ),
    Case(
        name="cookies-by-the-hundred",
        page=b"HTTP/1.1 302 Found\r\nLocation: /b\r\n" + b"Set-Cookie: a=b; Path=/\r\n" * 100 + b"\r\n",
        routes={"/b": PAGE},
        ends=("PAGE_FETCHED",),
    ),
    Case(
        name="cookie-of-another-time",
        page=answer(302, location="/b"),
        routes={"/b": _with_cookie_of_another(b"hostile secret")},
        robots=answer(404, set_cookie="seen=1; Path=/"),
        ends=("PAGE_FETCHED",),
    ),
    Case(
        name="leads-to-what-is-disallowed",
        page=leads_to("/private/a"),
        robots=answer(200, b"User-agent: *\nDisallow: /private/"),
        routes={"/private/a": answer(200, b"hostile secret")},
        ends=("ROBOTS_DISALLOWED",),
    ),
)

CASES = (*ROUND, *NOWHERE)
