from __future__ import annotations

import base64
import gzip
import hashlib
import io
import re
from datetime import UTC, datetime

import pytest

from schemas.events import PageFetched, PageMeta
from schemas.ids import article_id, sha256_hex
from schemas.replays import Replay, Selection
from services.cli.backfill.answers import Left
from services.cli.backfill.archive import begin
from services.cli.backfill.captures import capture_of
from services.cli.backfill.pages import Terms, page_of
from services.cli.backfill.pieces import pieces
from services.fetcher.settings import FetcherSettings
from tests.fixtures.archives import html

NOW = datetime(2026, 3, 14, 8, 30, 0, 120_000, UTC)
REPLAY = Replay(replay_id="export", topic="news.page.fetched", lane="", began_at=NOW, changed_at=NOW)


def page(body: bytes = html(1), **more: object) -> PageFetched:
    """
    A page as the fetcher publishes it.
    """
    given = {"url": "https://a.test/1", "content_type": "text/html", **more}
    meta = PageMeta.of(
        sha256_hex(body),
        article_id=article_id(str(given["url"])),
        fetched_at=NOW,
        **given,  # type: ignore[arg-type]
    )
    return PageFetched(meta=meta, body=body)


def written(*pages: PageFetched) -> bytes:
    """
    An archive of pages.
    """
    file = io.BytesIO()
    archive = begin(file, "x.warc.gz", REPLAY)
    for one in pages:
        archive.add(one)
    return file.getvalue()


def back(archive: bytes) -> list[PageFetched | Left]:
    """
    What an import makes of an archive, but for the record that says what it is.
    """
    terms = Terms.of(FetcherSettings())
    [_, *found] = [page_of(capture_of(piece), terms, Selection()) for piece in pieces(io.BytesIO(archive), 0)]
    return found


@pytest.mark.parametrize(
    "given",
    [
        page(),
        page(headers={"etag": '"1"', "link": "<https://a.test/story>; rel=canonical"}),
        page(request_url="http://a.test/short"),
        page("é".encode("utf-16")),
    ],
    ids=["plain", "headers", "asked elsewhere", "another encoding"],
)
def test_a_page_comes_back_as_the_event_that_it_was(given: PageFetched) -> None:
    """
    Export and import are one round: ids, times, bytes and headers are the same.
    """
    [found] = back(written(given))

    assert isinstance(found, PageFetched)
    assert (found.body, found.meta.headers, found.meta.page_id) == (given.body, given.meta.headers, given.meta.page_id)


def test_an_archive_is_what_the_standard_says() -> None:
    """
    A gzip member a record; version, type, date, lengths and digests, looked at without the library that wrote them.
    """
    archive = written(page())
    members = [gzip.decompress(archive[p.start : p.end]) for p in pieces(io.BytesIO(archive), 0)]
    head, block = members[1].split(b"\r\n\r\n", 1)
    fields = dict(re.findall(rb"^([\w-]+): (.*)\r?$", head, re.MULTILINE))
    payload = block.removesuffix(b"\r\n\r\n").split(b"\r\n\r\n", 1)[1]

    assert [re.findall(rb"^WARC/1.1\r\n(?:.*\r\n)*?WARC-Type: (\w+)", one) for one in members] == [
        [b"warcinfo"],
        [b"response"],
    ]
    assert fields[b"WARC-Date"].strip() == b"2026-03-14T08:30:00.120Z"
    assert fields[b"WARC-Target-URI"].strip() == b"https://a.test/1"
    assert fields[b"Content-Type"].strip() == b"application/http; msgtype=response"
    assert int(fields[b"Content-Length"]) == len(block) - len(b"\r\n\r\n")
    assert fields[b"WARC-Payload-Digest"].strip() == b"sha1:" + base64.b32encode(hashlib.sha1(payload).digest())
    assert block.startswith(b"HTTP/1.1 200 OK\r\n")


def test_equal_pages_make_equal_archives() -> None:
    """
    Nothing in them is of chance, or of the time of day.
    """
    assert written(page()) == written(page())


def test_no_header_of_a_server_becomes_another() -> None:
    """
    A value has no line ends.
    """
    archive = written(page(headers={"etag": "x\r\nSet-Cookie: y"}))

    assert b"\r\nSet-Cookie" not in gzip.decompress(archive)
