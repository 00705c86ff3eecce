"""
What publishing systems deliver, in their own ways, yields the right items. The fixtures are written after public
specifications and known oddities; each is a whole document.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.parts import Hints, ListRules
from services.fetcher.lists import read_list, unpacked
from services.fetcher.selection import Document, select

FIXTURES = Path(__file__).parents[2] / "fixtures" / "publishers"

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

XML, RSS, ATOM, RDF, JSON, HTML, TEXT = (
    "application/xml",
    "application/rss+xml; charset=UTF-8",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "text/html; charset=utf-8",
    "text/plain",
)

ITEMS: dict[tuple[str, str, str], list[tuple[str, str | None, str | None]]] = {
    ("wordpress.rss", "https://valley.example/feed/", RSS): [
        (
            "https://valley.example/2026/03/bridge-closed/",
            "Bridge ‘closed until May’",
            "Mon, 02 Mar 2026 08:14:00 +0000",
        )
    ],
    ("drupal.rss", "https://ministry.example/rss.xml", RSS): [
        ("https://ministry.example/press/new-rules-rivers", "New rules for rivers", "Sun, 01 Mar 2026 08:00:00 +0000")
    ],
    ("ghost.rss", "https://harbour.example/rss/", RSS): [
        ("https://harbour.example/cranes-and-crews/", "Cranes & crews", "Mon, 02 Mar 2026 09:30:00 GMT")
    ],
    ("medium.rss", "https://platform.example/feed/@kim", RSS): [
        (
            "https://platform.example/why-we-count-birds-1a2b?source=rss-1------2",
            "Why we count birds",
            "Sun, 01 Mar 2026 12:01:01 GMT",
        )
    ],
    ("blogger.atom", "https://hill.example/feeds/posts/default", ATOM): [
        ("https://hill.example/2026/03/snow.html", "Snow on the hill", "2026-03-02T06:30:00.000-08:00")
    ],
    ("substack.rss", "https://coast.example/feed", RSS): [
        ("https://coast.example/p/tides-again", "Tides, again", "Sat, 28 Feb 2026 11:00:13 GMT")
    ],
    ("arc.rss", "https://www.plain.example/arc/outboundfeeds/rss/", RSS): [
        (
            "https://www.plain.example/news/2026/03/02/plain-votes-on-water/",
            "Plain votes on water",
            "Mon, 02 Mar 2026 08:55:00 +0000",
        )
    ],
    ("google_news_sitemap.xml", "https://north.example/news.xml", XML): [
        ("https://north.example/ferries-resume", "Ferries resume & roads reopen", "2026-03-02T06:05:00+01:00")
    ],
    ("wordpress_sitemap.xml", "https://valley.example/post-sitemap.xml", XML): [
        ("https://valley.example/2026/03/bridge-closed/", None, None)
    ],
    ("hugo_sitemap.xml", "https://static.example/sitemap.xml", XML): [
        ("https://static.example/posts/rain/", None, None),
        ("https://static.example/tags/", None, None),
    ],
    ("bare_ampersand_sitemap.xml", "https://old.example/sitemap.xml", "text/html"): [
        ("https://old.example/story.php?id=7&page=1", None, None),
        ("https://old.example/story.php?id=8&page=1", None, None),
    ],
    ("urls.txt", "https://list.example/sitemap.txt", TEXT): [
        ("https://list.example/a", None, None),
        ("https://list.example/b", None, None),
    ],
    ("json_feed_1_1.json", "https://orchard.example/feed.json", JSON): [
        ("https://orchard.example/2026/appels", "Appels & peren", "2026-03-01T10:00:00+01:00"),
        ("https://elsewhere.example/story", None, None),
    ],
    ("json_feed_1.json", "https://meadow.example/feed.json", "application/json"): [
        ("https://meadow.example/1", "One", "2026-03-01T10:00:00Z")
    ],
    ("rss_1_0.rdf", "https://mura.example/index.rdf", RDF): [
        ("https://mura.example/2026/matsuri.html", "祭りの日", "2026-03-01T18:00:00+09:00")
    ],
    ("rss_0_91.rss", "http://times.example/rss", "text/xml"): [
        ("http://times.example/steam.html", "Steam returns", None)
    ],
    ("rss_0_90.rdf", "http://older.example/rss", "text/xml"): [
        ("http://older.example/telegraph", "Telegraph laid", None)
    ],
    ("atom_xml_base.atom", "https://cdn.example/feeds/42", ATOM): [
        ("https://based.example/blog/2026/chuva", "Chuva <b>forte</b>", "2026-03-01T00:00:00Z")
    ],
    ("atom_xhtml.atom", "https://prefixed.example/atom", ATOM): [
        ("https://prefixed.example/wind", "Wind <em>and</em> waves", "2026-03-01T00:00:00Z")
    ],
    ("guid_only.rss", "https://guids.example/rss", RSS): [
        ("https://guids.example/1", "Permalink by default", None),
        ("https://guids.example/2", "Permalink stated", None),
    ],
    ("relative_links.rss", "https://relative.example/feeds/all.xml", RSS): [
        ("https://relative.example/news/1.html", "Root", None),
        ("https://relative.example/news/2.html", "Same host", None),
        ("https://relative.example/feeds/all.xml?id=3", "Query", None),
        ("https://relative.example/a%20b/4.html", "Spaces", None),
    ],
    ("windows_1251.rss", "https://vestnik.example/rss", "text/xml"): [
        ("https://vestnik.example/most", "Мост открыт — снова", "Mon, 02 Mar 2026 12:00:00 +0300")
    ],
    ("utf_16.rss", "https://wide.example/rss", "application/xml"): [("https://wide.example/amt", "Zwölf Ämter", None)],
    ("feedburner.rss", "http://proxy.example/burnt", "text/xml"): [("https://burnt.example/origin", "Origin", None)],
    ("broken_entities.rss", "https://broken.example/rss", "text/html"): [
        ("https://broken.example/cafe?a=1&b=2", "Café & bar \xa0open", None),
    ],
}


def read(name: str, url: str, content_type: str) -> Document:
    return select(read_list(unpacked((FIXTURES / name).read_bytes()), url, content_type), ListRules(), NOW)


@pytest.mark.parametrize(("given", "expected"), ITEMS.items(), ids=[name for name, _, _ in ITEMS])
def test_a_publishers_list_yields_its_items(
    given: tuple[str, str, str], expected: list[tuple[str, str | None, str | None]]
) -> None:
    """
    Link, title and date of each, in the order of the document; nothing else.
    """
    items = read(*given).items

    assert [(item.url, item.hints.title, item.hints.published) for item in items] == expected


def test_every_fixture_is_used() -> None:
    """
    None lies about that nobody reads.
    """
    used = {name for name, _, _ in ITEMS} | {"yoast_index.xml", "homepage.html"}

    assert {path.name for path in FIXTURES.iterdir()} == used


def test_a_sitemap_index_leads_to_the_sitemaps_that_changed_lately() -> None:
    """
    An archive that nobody has touched for years is left alone.
    """
    document = read("yoast_index.xml", "https://valley.example/sitemap_index.xml", XML)

    assert [branch.url for branch in document.branches] == ["https://valley.example/post-sitemap.xml"]
    assert document.branches[0].digest is not None


def test_a_front_page_leads_to_its_feeds() -> None:
    """
    Not to those of its readers, not to the same in another format, not to what stands in its body.
    """
    document = read("homepage.html", "https://front.example/", HTML)

    assert [branch.url for branch in document.branches] == [
        "https://front.example/en/feed/",
        "https://front.example/sport/feed/",
    ]


def test_what_a_json_feed_says_of_an_item_becomes_hints() -> None:
    """
    Version 1.1, with several authors.
    """
    hints = read("json_feed_1_1.json", "https://orchard.example/feed.json", JSON).items[0].hints

    assert hints == Hints(
        title="Appels & peren",
        summary="Oogst",
        content="<p>Oogst.</p>",
        author="Bo, Mia",
        published="2026-03-01T10:00:00+01:00",
        modified="2026-03-01T11:00:00+01:00",
        language="nl-NL",
        guid="https://orchard.example/2026/appels",
    )


def test_a_news_sitemap_states_title_date_and_language() -> None:
    """
    The title of an image in it is not the page's.
    """
    [item] = read("google_news_sitemap.xml", "https://north.example/news.xml", XML).items

    assert item.hints == Hints(
        title="Ferries resume & roads reopen", published="2026-03-02T06:05:00+01:00", language="en"
    )


def test_an_update_is_told_apart_from_the_publication() -> None:
    """
    As the publisher states both.
    """
    [item] = read("blogger.atom", "https://hill.example/feeds/posts/default", ATOM).items

    assert item.hints.modified == "2026-03-02T06:45:00.000-08:00"
    assert item.hints.author == "M. Hill"
