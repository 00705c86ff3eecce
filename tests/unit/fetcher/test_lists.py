"""
Telling kinds of lists apart, and reading what bites.
"""

from __future__ import annotations

import gzip
import json
import random
import time

import pytest

from services.fetcher import lists, sitemaps
from services.fetcher.listings import NotAListError
from services.fetcher.lists import TooLargeListError, read_list, unpacked

URL = "https://news.example/list"
SITEMAP = (
    b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>https://news.example/a</loc></url></urlset>"
)


def links(body: bytes, content_type: str | None = None) -> list[str | None]:
    return [entry.url for entry in read_list(body, URL, content_type).entries]


@pytest.mark.parametrize("content_type", ["application/xml", "text/html", "application/octet-stream", None])
def test_a_sitemap_is_known_by_its_root_whatever_its_type(content_type: str | None) -> None:
    """
    Servers state all kinds of types for XML files.
    """
    assert links(SITEMAP, content_type) == ["https://news.example/a"]


def test_a_compressed_sitemap_is_unpacked() -> None:
    """
    `sitemap.xml.gz` is a file of its own kind, not an encoding of the answer.
    """
    assert unpacked(gzip.compress(SITEMAP)) == SITEMAP
    assert unpacked(SITEMAP) == SITEMAP


def test_a_compressed_list_is_unpacked_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A bomb is told from a file that is merely large.
    """
    monkeypatch.setattr(lists, "MAX_LIST_BYTES", 100_000)
    noise = random.Random(1).randbytes(200_000)
    with pytest.raises(TooLargeListError) as bomb:
        unpacked(gzip.compress(bytes(10_000_000)))
    with pytest.raises(TooLargeListError) as large:
        unpacked(gzip.compress(noise))

    assert bomb.value.is_bomb
    assert not large.value.is_bomb


@pytest.mark.parametrize(
    "body",
    [
        b"\x1f\x8b" + b"\0" * 20,
        b"{",
        b"[" * 100_000,
        b'{"items": [] }',
        b'{"version": "https://jsonfeed.org/version/1.1", "title": [], "items": []}',
        b'{"a":' * 100_000,
        b"<html><head></head><body>Nothing to follow</body></html>",
        b"https://news.example/a\nand a remark",
        b"\0" * 100,
        b"<!---->" * 1000,
        b"<??>" * 2000 + b"<rss",
        b"<skipHours>" * 100_000,
    ],
)
def test_what_is_no_list_is_refused(body: bytes) -> None:
    """
    Quickly, and as nothing worse.
    """
    began = time.perf_counter()

    with pytest.raises(NotAListError):
        read_list(unpacked(body), URL, None)
    assert time.perf_counter() - began < 2


def test_depth_is_limited() -> None:
    """
    What lies deeper than any sitemap goes is not read, and costs nothing.
    """
    assert links(b"<urlset>" + b"<url>" * 100_000 + b"<loc>https://news.example/a</loc>") == []


def test_a_sitemap_resolves_no_entity() -> None:
    """
    Neither one of a file nor one that grows.
    """
    body = (
        b'<!DOCTYPE urlset [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        b"<urlset><url><loc>https://news.example/&f;&b;x</loc></url></urlset>"
    )

    assert all("root" not in (link or "") and "aaaa" not in (link or "") for link in links(body))


def test_a_sitemap_that_was_cut_off_gives_what_is_whole() -> None:
    """
    A time-out of the publisher's own is no reason to lose the rest.
    """
    body = b"<urlset><url><loc>https://news.example/a</loc></url><url><loc>https://news.exa"

    assert links(body) == ["https://news.example/a"]


def test_prefixes_that_were_never_declared_are_understood() -> None:
    """
    Hand-made templates forget them.
    """
    body = b"<urlset><url><loc>/a</loc><news:news><news:title>A</news:title></news:news></url></urlset>"
    [entry] = read_list(body, URL, None).entries

    assert (entry.url, entry.hints.title) == ("https://news.example/a", "A")


def test_no_more_entries_are_read_than_a_sitemap_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    It says that it was cut.
    """
    monkeypatch.setattr(sitemaps, "MAX_ENTRIES", 10)
    many = b"".join(b"<url><loc>/%d</loc></url>" % number for number in range(15))
    listing = read_list(b"<urlset>" + many + b"</urlset>", URL, None)

    assert len(listing.entries) == 10
    assert listing.is_cut


def test_a_json_feed_with_wrong_types_gives_what_is_right() -> None:
    """
    An id that is a number is meant as text.
    """
    items = [{"id": 7, "url": 1.5, "title": ["x"]}, "not an object", {"id": "https://news.example/b", "url": None}]
    body = json.dumps({"version": "https://jsonfeed.org/version/1", "items": items}).encode()
    listing = read_list(body, URL, None)

    assert [(entry.url, entry.hints.guid) for entry in listing.entries] == [
        (None, "7"),
        ("https://news.example/b", "https://news.example/b"),
    ]
