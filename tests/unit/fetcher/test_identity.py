"""
Which article a page is.
"""

from __future__ import annotations

import pytest

from schemas.ids import article_id
from services.fetcher.head import read_head
from services.fetcher.identity import Identity, identify

URL = "https://www.news.example/a?id=1"


def page(head: str = "", body: str = "") -> bytes:
    return f"<!doctype html><html><head><title>T</title>{head}</head><body>{body}</body></html>".encode()


def link(href: str) -> str:
    return f'<link rel="canonical" href="{href}">'


def test_a_page_without_a_canonical_link_is_named_by_its_url() -> None:
    """
    The final one, normalised; http and https are one article.
    """
    assert identify(URL, {}, read_head(page())) == Identity(article_id(URL), None)
    assert article_id(URL) == article_id(URL.replace("https", "http"))


@pytest.mark.parametrize("href", ["https://news.example/story", "//news.example/story#x", "https://NEWS.example/story"])
def test_a_canonical_link_on_the_same_site_is_believed(href: str) -> None:
    """
    The site is the registrable domain.
    """
    found = identify(URL, {}, read_head(page(link(href))))

    assert found == Identity(article_id("https://news.example/story"), "https://news.example/story")


def test_a_relative_canonical_link_is_resolved() -> None:
    """
    Against the final URL.
    """
    assert identify(URL, {}, read_head(page(link("/story")))).article_id == article_id("https://www.news.example/story")


@pytest.mark.parametrize("href", ["https://other.example/story", "https://news.example/", "https://news.example"])
def test_another_site_and_a_front_page_are_told_but_not_believed(href: str) -> None:
    """
    No page passes for another publisher's article, and none for all of its own site.
    """
    found = identify(URL, {}, read_head(page(link(href))))

    assert found.article_id == article_id(URL)
    assert found.canonical_url is not None


def test_a_link_in_the_body_is_not_the_pages_own_word() -> None:
    """
    It may be a reader's comment.
    """
    assert identify(URL, {}, read_head(page(body=link("/other")))) == Identity(article_id(URL), None)


def test_contradictory_links_are_believed_in_none() -> None:
    """
    The same one twice is no contradiction.
    """
    assert identify(URL, {}, read_head(page(link("/a") + link("/b")))).article_id == article_id(URL)
    assert identify(URL, {}, read_head(page(link("/b") + link("/b")))).article_id == article_id(
        "https://www.news.example/b"
    )


@pytest.mark.parametrize(
    "value",
    [
        '</story>; rel="canonical"',
        "</story>; rel=canonical",
        '</p2>; rel="next", </story>; type="text/html"; rel="nofollow canonical"',
    ],
)
def test_the_link_header_counts_too(value: str) -> None:
    """
    As RFC 8288 writes it.
    """
    assert identify(URL, {"link": value}, read_head(b"")).article_id == article_id("https://www.news.example/story")


def test_a_page_in_utf_16_is_read() -> None:
    """
    The one encoding in use whose ASCII is not ASCII.
    """
    body = page(link("/story")).decode().encode("utf-16")

    assert identify(URL, {}, read_head(body)).canonical_url == "https://www.news.example/story"
