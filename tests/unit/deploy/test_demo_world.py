from __future__ import annotations

import re
from urllib.request import Request, urlopen

import pytest

from deploy.demo.server import serving
from deploy.demo.world import FEED_PATH, HERE, Page, load_world

WORLD = load_world()
PAGES = [page for publisher in WORLD for page in publisher.pages]
BASES = {publisher.id: f"http://{publisher.id}.example" for publisher in WORLD}


def test_the_world_is_as_varied_as_it_has_to_be() -> None:
    """
    Languages, charsets and every way in which a page can end.
    """
    assert {page.language for page in PAGES if page.language} >= {"en", "de", "fr", "es", "ru", "ja", "zh"}
    assert {page.charset for page in PAGES} >= {"utf-8", "iso-8859-1", "windows-1251", "shift_jis", "gb18030"}
    assert {page.expect for page in PAGES} == {"tagged", "dropped", "refused", "dead"}


@pytest.mark.parametrize("page", [page for page in PAGES if page.file], ids=lambda page: page.file)
def test_what_is_expected_of_a_page_stands_in_it(page: Page) -> None:
    """
    Headline and body phrase survive the page's own charset.
    """
    charset = "cp1252" if page.charset == "iso-8859-1" else page.charset
    text = " ".join(page.render(BASES).decode(charset).split())

    assert page.headline in text
    assert page.body in text
    assert "${" not in text


def test_every_file_is_served() -> None:
    """
    None lies about unused.
    """
    assert {page.file for page in PAGES if page.file} == {file.name for file in (HERE / "pages").iterdir()}


def test_the_plain_text_story_has_the_shape_of_a_scraped_one() -> None:
    """
    A skip link first, the way back last, and nothing but paragraphs between.
    """
    blocks = (HERE / "pages" / "orchard.txt").read_text(encoding="utf-8").strip().split("\n\n")

    assert (blocks[0], blocks[-1]) == ("skip to Main Content", "Back To Top")
    assert len(blocks) >= 6


def test_feeds_list_every_spelling_of_every_page() -> None:
    """
    Also the one with tracking parameters, and the one that robots.txt forbids.
    """
    harbour, valley = (publisher.feed_document("http://h.example").decode() for publisher in WORLD[:2])

    assert "http://h.example/2026/ferry-bergen.html?utm_source=feed&amp;utm_medium=rss" in harbour
    assert "http://h.example/drafts/unfinished.html" in valley


def test_the_world_is_served_byte_for_byte() -> None:
    """
    Each publisher on its own address where the machine has more than one, and every request is noted.
    """
    with serving(WORLD) as site:
        for publisher in WORLD:
            base = site.bases[publisher.id]
            for page in publisher.pages[:1]:
                with urlopen(Request(base + page.path)) as answer:
                    assert answer.read() == page.render(site.bases)
                    assert answer.headers["Content-Type"] == page.content_type
            with urlopen(base + "/robots.txt") as answer:
                assert answer.read().decode() == publisher.robots

    assert site.requests["harbour"] == ["/2026/ferry-bergen.html", "/robots.txt"]
    assert len(set(site.bases.values())) == len(WORLD)
    assert all(re.fullmatch(r"http://127\.0\.0\.\d:\d+" + FEED_PATH, feed) for feed in site.feeds)
