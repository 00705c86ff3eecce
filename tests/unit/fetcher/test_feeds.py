"""
Reading feeds.
"""

from __future__ import annotations

import pytest

from services.fetcher.feeds import NotAFeedError, looks_like_feed, read_feed

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


def test_what_rss_says_of_a_page_becomes_hints() -> None:
    """
    Texts as delivered, the time as stated, the link resolved and without its tracking.
    """
    item = read_feed(RSS, URL, "application/rss+xml").items[0]

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
    document = read_feed(RSS, URL, None)

    assert [item.url for item in document.items] == ["https://news.example/dam", "https://news.example/by-id"]
    assert document.skipped == 1
    assert document.ttl_s == 1800
    assert not document.is_cut


def test_atom_is_read_by_its_alternate_link() -> None:
    """
    Relative to where the feed is; the language is the document's.
    """
    [item] = read_feed(ATOM, URL, "application/atom+xml").items

    assert item.url == "https://news.example/a/damm"
    assert item.hints.published == "2026-01-01T10:00:00Z"
    assert item.hints.language == "de"


def test_rss_1_0_is_read() -> None:
    """
    Its items stand beside the channel.
    """
    assert [item.url for item in read_feed(RDF, URL, None).items] == ["https://news.example/x"]


def test_the_digest_of_an_item_is_of_its_url_and_title() -> None:
    """
    16 hexadecimal digits, the same in every document.
    """
    first, second = read_feed(RSS, URL, None).items
    changed = read_feed(RSS.replace(b"By id", b"By its id"), URL, None).items

    assert len(first.digest) == 16
    assert first.digest == changed[0].digest
    assert second.digest != changed[1].digest


def test_a_feed_without_items_is_one() -> None:
    """
    Empty, not invalid.
    """
    assert read_feed(b"<rss version='2.0'><channel><title>N</title></channel></rss>", URL, None).items == ()


@pytest.mark.parametrize("body", [b"<!doctype html><html><body>Hi</body></html>", b"plain text", b'{"version": 1}'])
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    """
    A page that took the place of a feed is not an empty feed.
    """
    with pytest.raises(NotAFeedError):
        read_feed(body, URL, "text/html")


def test_a_document_that_bites_reads_nothing_from_disk() -> None:
    """
    External and recursive entities are not resolved.
    """
    body = b"""<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "&x;&x;">]>
    <rss version="2.0"><channel><item><title>a&x;b&y;c</title><link>https://a.example/b</link></item></channel></rss>"""
    items = read_feed(body, URL, None).items

    assert all("root:" not in (item.hints.title or "") for item in items)


@pytest.mark.parametrize(
    ("body", "is_feed"),
    [
        (RSS, True),
        (ATOM, True),
        (RDF, True),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- made by hand -->\n<rss>", True),
        (b"<!DOCTYPE rss PUBLIC 'x' 'y'>\n<rss version='0.91'>", True),
        (b"<!doctype html><html><rss>", False),
        (b"The <rss> element", False),
    ],
)
def test_a_feed_is_known_by_its_root(body: bytes, is_feed: bool) -> None:
    """
    Whatever stands before it.
    """
    assert looks_like_feed(body) == is_feed
