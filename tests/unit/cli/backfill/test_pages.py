from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from schemas.events import PageFetched
from schemas.ids import article_id, page_id, sha256_hex
from schemas.replays import Selection
from services.cli.backfill.answers import Capture, Left
from services.cli.backfill.pages import Terms, page_of
from services.fetcher.settings import FetcherSettings
from tests.fixtures.archives import html

TERMS = Terms.of(FetcherSettings())
NOW = datetime(2026, 3, 14, 8, 30, tzinfo=UTC)
HTML = {"content-type": "text/html; charset=utf-8"}
CAPTURE = Capture("https://a.test/1?utm_source=x", NOW, 200, HTML, html(1))


def page(capture: Capture, terms: Terms = TERMS) -> PageFetched:
    """
    The page of an answer.
    """
    found = page_of(capture, terms, Selection())
    assert isinstance(found, PageFetched), found
    return found


def why(capture: Capture, terms: Terms = TERMS, selection: Selection | None = None) -> str:
    """
    Why an answer is no page.
    """
    left = page_of(capture, terms, selection or Selection())
    assert isinstance(left, Left), left
    return left.why


def test_a_page_has_the_identity_that_the_fetcher_gives_it() -> None:
    """
    The event id is of the URL, the record's time and the body; the article of the normalised URL.
    """
    found = page(CAPTURE)

    assert found.meta.page_id == page_id("https://a.test/1", NOW, sha256_hex(html(1)))
    assert found.meta.article_id == article_id("https://a.test/1")
    assert (found.occurred_at(), found.meta.status, found.meta.content_type) == (NOW, 200, HTML["content-type"])


def test_a_canonical_link_counts_on_its_own_site_only() -> None:
    """
    No page of an archive passes for another publisher's article.
    """
    own = html(1).replace(b"<head>", b'<head><link rel="canonical" href="https://www.a.test/story">')
    foreign = own.replace(b"www.a.test", b"b.test")

    assert page(replace(CAPTURE, body=own)).meta.article_id == article_id("https://www.a.test/story")
    assert page(replace(CAPTURE, body=foreign)).meta.article_id == article_id("https://a.test/1")


def test_the_content_encoding_is_undone() -> None:
    """
    What the event holds is the page; so is its id, whether the archive kept it packed or not.
    """
    packed = replace(CAPTURE, body=gzip.compress(html(1)), headers={**HTML, "content-encoding": "gzip"})
    undone = replace(CAPTURE, headers={**HTML, "content-encoding": "gzip"})

    assert page(packed).body == page(undone).body == html(1)
    assert page(packed).meta.page_id == page(undone).meta.page_id == page(CAPTURE).meta.page_id


def test_an_answer_under_another_url_than_was_asked_keeps_both() -> None:
    """
    What was exported here has the same ids when it comes back.
    """
    found = page(replace(CAPTURE, asked="http://a.test/short"))

    assert (found.meta.url, found.meta.request_url) == ("https://a.test/1", "http://a.test/short")
    assert found.meta.page_id == page_id("http://a.test/short", NOW, sha256_hex(html(1)))


@pytest.mark.parametrize(
    ("capture", "reason"),
    [
        (replace(CAPTURE, status=404), "HTTP_404"),
        (replace(CAPTURE, status=206), "HTTP_206"),
        (replace(CAPTURE, url="http://[oops/"), "REFUSED_URL"),
        (replace(CAPTURE, headers={"content-type": "image/png"}), "UNSUPPORTED_TYPE"),
        (replace(CAPTURE, body=b" \n"), "EMPTY_BODY"),
        (replace(CAPTURE, body=b"<rss version='2.0'><channel/></rss>", headers={"content-type": "text/xml"}), "FEED"),
        (replace(CAPTURE, body=b"x", headers={**HTML, "content-encoding": "compress"}), "UNREADABLE_BODY"),
        (replace(CAPTURE, body=b"x" * 6_000_000), "BODY_TOO_LARGE"),
        (
            replace(CAPTURE, body=gzip.compress(bytes(60_000_000), 9), headers={**HTML, "content-encoding": "gzip"}),
            "DECOMPRESSION_BOMB",
        ),
    ],
)
def test_what_the_fetcher_would_not_publish_is_left_with_its_reason(capture: Capture, reason: str) -> None:
    """
    By the fetcher's own rules and limits.
    """
    assert why(capture) == reason


def test_what_a_publisher_reserves_is_marked_or_left_as_the_fetcher_is_set() -> None:
    """
    An archive is no way around it.
    """
    reserving = replace(CAPTURE, headers={**HTML, "x-robots-tag": "noai"})

    assert page(reserving).meta.reserved == ["noai"]
    assert why(reserving, replace(TERMS, reserved_pages="leave")) == "RESERVED"


def test_filters_are_by_host_and_stated_type() -> None:
    """
    A host means those below it too.
    """
    below = replace(CAPTURE, url="https://www.a.test/1")

    assert isinstance(page_of(below, TERMS, Selection(hosts=["a.test"], types=["text/html"])), PageFetched)
    assert why(below, selection=Selection(hosts=["b.test"])) == "--host"
    assert why(below, selection=Selection(types=["text/plain"])) == "--type"
