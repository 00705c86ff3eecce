"""
Reading feeds.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.parts import ListRules
from schemas.state import Pace
from services.fetcher.feeds import MAX_FEED_BYTES, read_feed
from services.fetcher.listings import NotAListError
from services.fetcher.lists import looks_like_list
from services.fetcher.selection import Document, select

URL = "https://news.example/feed.xml"

RSS = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>News</title><language>fr</language><ttl>30</ttl>
<item><title>The dam &amp; the town</title><link>/dam?utm_source=rss</link><guid isPermaLink="false">g-1</guid>
<description>&lt;p&gt;It held.&lt;/p&gt;</description><content:encoded><![CDATA[<p>All of it.</p>]]></content:encoded>
<dc:creator>Ann Lee</dc:creator><pubDate>Thu, 01 Jan 2026 10:00:00 +0100</pubDate></item>
<item><title>No link</title></item>
<item><title>By id</title><guid isPermaLink="true">https://news.example/by-id</guid></item>
<item><title>Again</title><link>https://news.example/dam</link></item>
</channel></rss>"""

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>N</title>
<entry><title>Damm</title><id>tag:a,1</id><updated>2026-01-01T10:00:00Z</updated>
<link rel="self" href="https://news.example/self"/><link rel="alternate" href="a/damm"/></entry></feed>"""

RDF = b"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/"><channel rdf:about="https://news.example/"><title>N</title></channel>
<item rdf:about="https://news.example/x"><title>X</title><link>https://news.example/x</link></item></rdf:RDF>"""


def read(body: bytes, content_type: str | None = None) -> Document:
    return select(read_feed(body, URL, content_type), ListRules(), datetime(2026, 1, 2, tzinfo=UTC))


def test_what_rss_says_of_a_page_becomes_hints() -> None:
    """
    Texts as delivered, the time as stated, the link resolved and without its tracking.
    """
    item = read(RSS, "application/rss+xml").items[0]

    assert item.url == "https://news.example/dam"
    assert item.hints.title == "The dam & the town"
    assert item.hints.summary == "<p>It held.</p>"
    assert item.hints.content == "<p>All of it.</p>"
    assert item.hints.author == "Ann Lee"
    assert item.hints.published == "Thu, 01 Jan 2026 10:00:00 +0100"
    assert item.hints.language == "fr"
    assert item.hints.guid == "g-1"


def test_each_url_is_one_item_and_entries_without_a_link_are_counted() -> None:
    """
    A permanent id serves as a link.
    """
    document = read(RSS)

    assert [item.url for item in document.items] == ["https://news.example/dam", "https://news.example/by-id"]
    assert document.skipped == 1
    assert document.pace == Pace(ttl_s=1800)
    assert not document.is_cut


def test_atom_is_read_by_its_alternate_link() -> None:
    """
    Relative to where the feed is; the language is the document's.
    """
    [item] = read(ATOM, "application/atom+xml").items

    assert item.url == "https://news.example/a/damm"
    assert item.hints.published == "2026-01-01T10:00:00Z"
    assert item.hints.language == "de"


def test_rss_1_0_is_read() -> None:
    """
    Its items stand beside the channel.
    """
    assert [item.url for item in read(RDF).items] == ["https://news.example/x"]


def test_the_digest_of_an_item_is_of_its_url_and_title() -> None:
    """
    16 hexadecimal digits, the same in every document.
    """
    first, second = read(RSS).items
    changed = read(RSS.replace(b"By id", b"By its id")).items

    assert len(first.digest) == 16
    assert first.digest == changed[0].digest
    assert second.digest != changed[1].digest


def test_a_feed_without_items_is_one() -> None:
    """
    Empty, not invalid.
    """
    assert read(b"<rss version='2.0'><channel><title>N</title></channel></rss>").items == ()


@pytest.mark.parametrize("body", [b"<!doctype html><html><body>Hi</body></html>", b"plain text", b'{"version": 1}'])
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    """
    A page that took the place of a feed is not an empty feed.
    """
    with pytest.raises(NotAListError):
        read_feed(body, URL, "text/html")


def test_a_document_that_bites_reads_nothing_from_disk() -> None:
    """
    External and recursive entities are not resolved.
    """
    body = b"""<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "&x;&x;">]>
    <rss version="2.0"><channel><item><title>a&x;b&y;c</title><link>https://a.example/b</link></item></channel></rss>"""
    items = read(body).items

    assert all("root:" not in (item.hints.title or "") for item in items)


@pytest.mark.parametrize(
    ("body", "is_feed"),
    [
        (RSS, True),
        (ATOM, True),
        (RDF, True),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- made by hand -->\n<rss>", True),
        (b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>", True),
        (b"<sm:sitemapindex>", True),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', True),
        (b'{"version": 1, "items": []}', False),
        (b"<!DOCTYPE rss PUBLIC 'x' 'y'>\n<rss version='0.91'>", True),
        (b"<!doctype html><html><rss>", False),
        (b"The <rss> element", False),
    ],
)
def test_a_feed_is_known_by_its_root(body: bytes, is_feed: bool) -> None:
    """
    Whatever stands before it.
    """
    assert looks_like_list(body) == is_feed


def test_hours_and_days_to_be_left_out_are_read() -> None:
    """
    In GMT; the hour 24 is midnight, and Monday is day 0.
    """
    body = RSS.replace(
        b"<ttl>30</ttl>",
        b"<skipHours><hour>24</hour><hour> 3 </hour></skipHours>"
        b"<skipDays><day>Sunday</day><day>monday</day></skipDays>",
    )

    assert read(body).pace == Pace(skip_hours=[0, 3], skip_days=[0, 6])


def test_a_feed_that_would_take_too_long_is_refused() -> None:
    """
    The parser is not started on it.
    """
    with pytest.raises(NotAListError, match="bytes"):
        read_feed(RSS + b" " * MAX_FEED_BYTES, URL, None)


RSS_AUTHORS = (
    "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel>{feed}<item>{item}</item></channel></rss>"
)
ATOM_AUTHORS = "<feed xmlns='http://www.w3.org/2005/Atom'>{feed}<entry><title>T</title>{item}</entry></feed>"


@pytest.mark.parametrize(
    ("document", "feed", "item", "author"),
    [
        (RSS_AUTHORS, "", "<dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator>", "Ann, Bob"),
        (RSS_AUTHORS, "", "<author>ann@a.example (Ann Lee)</author>", "Ann Lee"),
        (RSS_AUTHORS, "<managingEditor>ed@a.example (Ed)</managingEditor>", "<title>T</title>", None),
        (ATOM_AUTHORS, "", "<author><name>Ann</name><email>a@a.example</email></author>", "Ann"),
        (ATOM_AUTHORS, "<author><name>All</name></author>", "", "All"),
        (ATOM_AUTHORS, "<author><name>All</name></author>", "<author><name>Ann</name></author>", "Ann"),
    ],
)
def test_all_who_are_named_are_the_author(document: str, feed: str, item: str, author: str | None) -> None:
    """
    An editor in charge of the feed wrote nothing; the author of an Atom feed wrote what has no other.
    """
    [entry] = read_feed(document.format(feed=feed, item=item).encode(), URL, None).entries

    assert entry.hints.author == author


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"The dam", b"&#x110000; The dam"),
        (b"The dam", b"&#99999999999; The dam"),
        (b"The dam", b"&#xD83D;&#xDE00; The dam"),
        (b'encoding="utf-8"', b'encoding="u\xfft\xfe"'),
        (b'encoding="utf-8"', b'encoding="ut\x00f"'),
    ],
)
def test_one_bad_character_does_not_cost_the_feed(before: bytes, after: bytes) -> None:
    """
    The parser falls over it; what is left is read.
    """
    assert [item.url for item in read(RSS.replace(before, after, 1)).items] == [
        "https://news.example/dam",
        "https://news.example/by-id",
    ]


def test_a_feed_in_utf_16_needs_no_declaration() -> None:
    """
    Its mark says enough.
    """
    body = RSS.decode().partition("?>")[2].encode("utf-16")

    assert [item.url for item in read(body).items] == ["https://news.example/dam", "https://news.example/by-id"]


def test_nothing_that_a_feed_declares_is_put_in() -> None:
    """
    Neither what stands in it nor what stands elsewhere.
    """
    doctype = b"<!DOCTYPE rss [<!ENTITY a 'declared'><!ENTITY b SYSTEM 'file:///etc/hostname'>]><rss"
    body = RSS.replace(b"<rss", doctype, 1).replace(b"The dam", b"The &a;&b; dam")
    titles = [item.hints.title or "" for item in read(body).items]

    assert len(titles) == 2
    assert not any("declared" in title for title in titles)


def test_a_document_that_the_parser_falls_over_is_an_invalid_feed() -> None:
    """
    With what it fell over; it is no bug of the stage.
    """
    with pytest.raises(NotAListError, match="KeyError"):
        read_feed(b"<rss><channel><item><category>x</item></category>", URL, None)
