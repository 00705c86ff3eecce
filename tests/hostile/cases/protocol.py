"""
What is no HTTP, or no longer, or more of it than anybody needs.
"""

from __future__ import annotations

from tests.hostile.case import PAGE, STORY, Case, cases
from tests.hostile.server import Visit, answer

_OK = b"HTTP/1.1 200 OK\r\n"
_REST = b"Content-Type: text/html\r\nContent-Length: 3\r\nConnection: close\r\n\r\n<p>"


async def _silent(visit: Visit) -> None:
    await visit.send(b"", every_s=60)


async def _slow_loris(visit: Visit) -> None:
    await visit.send(_OK, *[b"X"] * 200, every_s=0.2)


async def _slow_header_lines(visit: Visit) -> None:
    await visit.send(_OK, *[b"X-A: b\r\n"] * 200, every_s=0.2)


async def _endless_headers(visit: Visit) -> None:
    await visit.send(_OK)
    while True:
        await visit.send(b"X-A: b\r\n" * 1000)


async def _endless_header(visit: Visit) -> None:
    await visit.send(_OK + b"X-A: ")
    while True:
        await visit.send(b"b" * 10_000)


async def _endless_status(visit: Visit) -> None:
    while True:
        await visit.send(b"H" * 10_000)


async def _endless_interim(visit: Visit) -> None:
    while True:
        await visit.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 10, every_s=0.05)


async def _resets(visit: Visit) -> None:
    visit.writer.transport.abort()


async def _half_a_head(visit: Visit) -> None:
    await visit.send(_OK + b"Content-Type: text/html\r\nX-")


async def _hangs_up(visit: Visit) -> None:
    await visit.send(answer(200, STORY, connection="keep-alive"))


_SECRET = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 21\r\n\r\n<p>hostile secret</p>\n"
_POISON = answer(200, STORY, connection="keep-alive") + _SECRET

CASES = (
    *cases(
        nothing=(b"", "TRY_AGAIN DISCONNECTED"),
        silence=(_silent, "TRY_AGAIN TIMED_OUT"),
        slow_loris=(_slow_loris, "TRY_AGAIN TIMED_OUT"),
        slow_header_lines=(_slow_header_lines, "TRY_AGAIN TIMED_OUT"),
        endless_headers=(_endless_headers, "TRY_AGAIN PROTOCOL_ERROR"),
        endless_header=(_endless_header, "TRY_AGAIN PROTOCOL_ERROR"),
        endless_status=(_endless_status, "TRY_AGAIN PROTOCOL_ERROR"),
        endless_interim=(_endless_interim, "TRY_AGAIN TIMED_OUT"),
        resets_at_once=(_resets, "TRY_AGAIN DISCONNECTED"),
        half_a_head=(_half_a_head, "TRY_AGAIN DISCONNECTED"),
        noise=(bytes(range(256)) * 40, "TRY_AGAIN PROTOCOL_ERROR"),
        http_0_9=(STORY, "TRY_AGAIN PROTOCOL_ERROR"),
        http_2=(b"\0\0\x12\x04\0\0\0\0\0" + bytes(18), "TRY_AGAIN PROTOCOL_ERROR"),
        http_3_point_0=(b"HTTP/3.0 200 OK\r\n" + _REST, "TRY_AGAIN PROTOCOL_ERROR"),
        ssh=(b"SSH-2.0-OpenSSH_9.6\r\n", "TRY_AGAIN PROTOCOL_ERROR"),
        a_mail_server=(b"220 mail.example ESMTP\r\n", "TRY_AGAIN PROTOCOL_ERROR"),
        a_radio=(b"ICY 200 OK\r\n" + _REST, "TRY_AGAIN PROTOCOL_ERROR"),
        status_of_letters=(b"HTTP/1.1 abc OK\r\n" + _REST, "TRY_AGAIN PROTOCOL_ERROR"),
        status_of_two_digits=(b"HTTP/1.1 20 OK\r\n" + _REST, "TRY_AGAIN PROTOCOL_ERROR"),
        status_of_ten_digits=(b"HTTP/1.1 2000000000 OK\r\n" + _REST, "TRY_AGAIN PROTOCOL_ERROR"),
        status_without_words=(b"HTTP/1.1 200\r\n" + _REST, "PAGE_FETCHED"),
        header_without_colon=(_OK + b"nonsense\r\n" + _REST, "TRY_AGAIN PROTOCOL_ERROR"),
        header_without_name=(_OK + b": nonsense\r\n" + _REST, "TRY_AGAIN PROTOCOL_ERROR"),
        header_of_many_bytes=(_OK + b"X: " + b"y" * 200_000 + b"\r\n" + _REST, "TRY_AGAIN PROTOCOL_ERROR"),
        headers_by_the_thousand=(_OK + b"X: y\r\n" * 20_000 + _REST, "TRY_AGAIN PROTOCOL_ERROR"),
        header_with_a_nul=(_OK + b"X: a\0b\r\n" + _REST, "TRY_AGAIN PROTOCOL_ERROR"),
        header_of_no_text=(_OK + b"X: \xff\xfe\x80\r\n" + _REST, "PAGE_FETCHED"),
        header_folded=(_OK + b"X: a\r\n b\r\n" + _REST, "PAGE_FETCHED"),
        bare_line_feeds=(PAGE.replace(b"\r\n", b"\n"), "PAGE_FETCHED"),
        cookies_of_no_text=(answer(200, STORY, set_cookie="\xe4=\xf6; Path=/"), "PAGE_FETCHED"),
    ),
    Case(name="keeps-alive-but-does-not", page=_hangs_up, ends=("PAGE_FETCHED", "PAGE_UNCHANGED", "PAGE_UNCHANGED")),
    Case(name="a-second-answer-nobody-asked-for", page=_POISON, ends=("PAGE_FETCHED", "PAGE_UNCHANGED")),
)
