from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.cli.backfill.answers import Capture, Left
from services.cli.backfill.captures import capture_of, unchunked
from services.cli.backfill.pieces import Piece
from tests.fixtures.archives import RESPONSE, html, http, record, url_of

URL = url_of(1)


def read(data: bytes | None, *, is_cut: bool = False) -> Capture | Left:
    """
    What a record says.
    """
    return capture_of(Piece(0, 0, data, is_cut))


def why(data: bytes | None, *, is_cut: bool = False) -> str:
    """
    Why a record is no answer.
    """
    left = read(data, is_cut=is_cut)
    assert isinstance(left, Left)
    return left.why


def test_a_response_is_an_answer_with_all_that_its_record_says() -> None:
    """
    URL and time are the record's, status, headers and body those of its block.
    """
    block = http(b"<p>caf\xc3\xa9", Link="<a>", link="<b>", X_Fold="one\r\n two")
    found = read(record("response", URL, block, date="2026-03-14T08:30:00.123456Z", News_Request_URI="https://a.test/"))

    assert found == Capture(
        url=URL,
        fetched_at=datetime(2026, 3, 14, 8, 30, 0, 123456, UTC),
        status=200,
        headers={"content-type": "text/html; charset=utf-8", "link": "<a>, <b>", "x-fold": "one two"},
        body=b"<p>caf\xc3\xa9",
        asked="https://a.test/",
    )


@pytest.mark.parametrize("kind", ["request", "revisit", "metadata", "warcinfo", "resource", "conversion"])
def test_other_records_are_left_by_their_type(kind: str) -> None:
    """
    They are no answers, or not whole ones.
    """
    assert why(record(kind, URL, http(html(1)))) == kind.upper()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "BROKEN_RECORD"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", "BROKEN_RECORD"),
        (b"WARC/9.9\r\nContent-Length: 0\r\n\r\n", "BROKEN_RECORD"),
        (record("response", "", http(b"x")), "BROKEN_RECORD"),
        (record("response", URL, http(b"x"), date="yesterday"), "BROKEN_RECORD"),
        (record("strange", URL, b""), "UNKNOWN_TYPE"),
        (record("response", "dns:site-1.test", b"20260314 A 192.0.2.1"), "NOT_HTTP"),
        (record("response", URL, b"no head at all"), "BROKEN_HEAD"),
        (record("response", URL, b"<html>\r\n\r\n<p>no status line"), "BROKEN_HEAD"),
        (record("response", URL, http(b"x", "two hundred")), "BROKEN_HEAD"),
        (record("response", URL, b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 20_000 + b"\r\n"), "BROKEN_HEAD"),
        (record("response", URL, http(b"x"), WARC_Truncated="length"), "TRUNCATED"),
        (record("response", URL, http(b"x"), WARC_Segment_Number="1"), "TRUNCATED"),
        (record("response", URL, http(b"x" * 99))[:-60], "TRUNCATED"),
        (record("response", URL, http(b"5\r\nhel", Transfer_Encoding="chunked")), "TRUNCATED"),
    ],
)
def test_what_is_no_whole_answer_is_left_with_its_reason(data: bytes | None, reason: str) -> None:
    """
    Nothing is guessed.
    """
    assert why(data) == reason


def test_an_answer_of_which_only_the_beginning_is_kept_is_too_large() -> None:
    """
    So are its neighbours in the fetcher.
    """
    assert why(record("response", URL, http(b"x")), is_cut=True) == "BODY_TOO_LARGE"


@pytest.mark.parametrize("url", [f"<{URL}>", URL])
def test_a_url_in_angle_brackets_is_that_url(url: str) -> None:
    """
    Some writers took the grammar at its word.
    """
    found = read(record("response", url, http(b"x"), Content_Type=RESPONSE))

    assert isinstance(found, Capture)
    assert found.url == URL


@pytest.mark.parametrize(
    ("body", "whole"),
    [
        (b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n", b"hello world"),
        (b"5\nhello\n0\n\n", b"hello"),
        (b"0\r\nTrailer: x\r\n\r\n", b""),
        (b"<html>chunks undone already</html>", b"<html>chunks undone already</html>"),
        (b"", b""),
        (b"5\r\nhello\r\n", None),
        (b"5\r\nhello\r\nzz\r\n", None),
    ],
)
def test_the_marks_of_chunks_are_taken_out_where_there_are_any(body: bytes, whole: bytes | None) -> None:
    """
    Archives keep the header whether they have undone the chunks or not.
    """
    assert unchunked(body) == whole
