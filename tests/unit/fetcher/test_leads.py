"""
What lists lead to: sitemaps of an index, feeds of a page, pages that are watched; and what edits become.
"""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas import topics
from schemas.base import rfc3339

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""When the world's clock begins."""

PAGE = b"<!doctype html><html><head><title>T</title></head><body>The dam held.</body></html>"


def urlset(*stated: tuple[str, float]) -> bytes:
    """
    A sitemap of paths and their ages in hours.
    """
    urls = "".join(f"<url><loc>{path}</loc><lastmod>{at(hours)}</lastmod></url>" for path, hours in stated)
    return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>".encode()


def index(*stated: tuple[str, float | None]) -> bytes:
    """
    A sitemap index likewise; None: it does not say.
    """
    lists = "".join(
        f"<sitemap><loc>{path}</loc>{'' if hours is None else f'<lastmod>{at(hours)}</lastmod>'}</sitemap>"
        for path, hours in stated
    )
    return f"<sitemapindex>{lists}</sitemapindex>".encode()


def at(hours: float) -> str:
    return rfc3339(START - timedelta(hours=hours))


def feed(*paths: str) -> bytes:
    items = "".join(f"<item><title>{path}</title><link>{path}</link></item>" for path in paths)
    return f"<rss version='2.0'><channel><title>F</title>{items}</channel></rss>".encode()


def requested(world: Any, kind: str = "page") -> list[str]:
    found = [request.url for request in world.driver.events(topics.FETCH_REQUESTED) if request.kind == kind]
    return [url.partition(f":{world.site.port}")[2] for url in found]


async def test_a_sitemap_index_leads_to_its_sitemaps_and_these_to_pages(world: Any, site: Any) -> None:
    """
    What is old is left alone, the labels of the source reach the pages.
    """
    site.scripts["/index.xml"] = site.respond(200, index(("/new.xml.gz", 1), ("/old.xml", 900)))
    packed = gzip.compress(urlset(("/1", 1), ("/2", 2), ("/3", 999)))
    site.scripts["/new.xml.gz"] = site.respond(200, packed, content_type="application/gzip")
    site.scripts["/1"] = site.scripts["/2"] = site.respond(200, PAGE, content_type="text/html")
    world.watch(site.url("/index.xml"), labels={"desk": "world"}, language="fr")
    await world.run(15)

    assert "/old.xml" not in site.paths
    assert requested(world) == ["/1", "/2"]
    assert [page.meta.source_url for page in world.pages] == [site.url("/index.xml")] * 2
    assert world.pages[0].meta.hints.labels == {"desk": "world"}
    assert world.pages[0].meta.hints.language == "fr"
    assert world.pages[0].meta.hints.rules is None


async def test_only_a_sitemap_that_changed_is_asked_again(world: Any, site: Any) -> None:
    """
    As the index says when each changed; of the sitemap only what is new is requested.
    """
    site.scripts["/index.xml"] = site.respond(200, index(("/a.xml", 1), ("/b.xml", 2)))
    site.scripts["/a.xml"] = site.respond(200, urlset(("/1", 1), ("/2", 2)))
    site.scripts["/b.xml"] = site.respond(200, urlset(("/3", 2), ("/4", 3)))
    world.watch(site.url("/index.xml"), min_interval_s=60, max_interval_s=60)
    await world.run(30)
    site.scripts["/index.xml"] = site.respond(200, index(("/a.xml", 0), ("/b.xml", 2)))
    site.scripts["/a.xml"] = site.respond(200, urlset(("/5", 0), ("/1", 1), ("/2", 2)))
    await world.run(60)

    assert (site.paths.count("/a.xml"), site.paths.count("/b.xml")) == (2, 1)
    assert requested(world) == ["/1", "/2", "/3", "/4", "/5"]


async def test_sitemaps_that_do_not_say_when_they_change_have_their_own_rhythm(world: Any, site: Any) -> None:
    """
    What leads to them is asked every quarter of an hour, unconditionally; each of them conditionally, the one with news
    each time, the one without ever more rarely, up to the source's greatest interval.
    """
    site.scripts["/index.xml"] = site.respond(200, index(("/a.xml", None), ("/b.xml", None)), etag='"i"')
    site.scripts["/b.xml"] = site.respond(200, urlset(("/old", 1)), etag='"b"')
    world.watch(site.url("/index.xml"), min_interval_s=60, max_interval_s=4 * 3600)
    for number in range(48):
        site.scripts["/a.xml"] = site.respond(200, urlset((f"/{number}", 0)))
        await world.run(900, step_s=60)
    asked = [headers.get("if-none-match") for path, headers in site.requests if path == "/b.xml"]
    counts = {path: site.paths.count(path) for path in ("/index.xml", "/a.xml", "/b.xml")}

    assert 44 <= counts["/index.xml"] <= 48
    assert counts["/a.xml"] == counts["/index.xml"]
    assert 6 <= counts["/b.xml"] <= 9
    assert set(asked[1:]) == {'"b"'}
    assert len(requested(world, "feed")) == counts["/a.xml"] + counts["/b.xml"]


async def test_a_sitemap_that_cannot_be_read_is_left_alone_ever_longer(world: Any, site: Any) -> None:
    """
    Whatever leads to it; when it is whole again, its rhythm is what is usual.
    """
    site.scripts["/index.xml"] = site.respond(200, index(("/a.xml", None)))
    site.scripts["/a.xml"] = site.respond(404)
    world.watch(site.url("/index.xml"), min_interval_s=60)
    await world.run(43_200, step_s=120)
    failing = site.paths.count("/a.xml")
    site.scripts["/a.xml"] = site.respond(200, urlset(("/1", 1)))
    await world.run(30_000, step_s=120)

    assert failing <= 6
    assert requested(world) == ["/1"]


async def test_a_sitemap_that_says_when_it_changed_is_asked_then(world: Any, site: Any) -> None:
    """
    However quiet it was before.
    """
    site.scripts["/index.xml"] = site.respond(200, index(("/a.xml", 1)))
    site.scripts["/a.xml"] = site.respond(200, urlset(("/1", 1)))
    world.watch(site.url("/index.xml"), min_interval_s=60, max_interval_s=60)
    await world.run(30)
    for hours in (0.9, 0.8, 0.7):
        site.scripts["/index.xml"] = site.respond(200, index(("/a.xml", hours)))
        await world.run(120)

    assert site.paths.count("/a.xml") == 4


async def test_indexes_that_lead_to_each_other_end(world: Any, site: Any) -> None:
    """
    A maze is not walked.
    """
    for name, other in (("/a", "/b"), ("/b", "/a"), ("/c", "/d"), ("/d", "/e"), ("/e", "/f")):
        site.scripts[name] = site.respond(200, index((other, None), (name, None)))
    world.watch(site.url("/a"))
    world.watch(site.url("/c"))
    await world.run(60)

    assert sorted(site.paths) == ["/a", "/b", "/c", "/d", "/e", "/robots.txt"]


async def test_a_watched_front_page_leads_to_its_feeds(world: Any, site: Any) -> None:
    """
    On another host too; the items carry the source that is watched.
    """
    there = site.url("/feed", "127.0.0.2")
    head = f"<link rel=alternate type=application/rss+xml href='{there}'>"
    site.scripts["/"] = site.respond(200, f"<!doctype html><head>{head}</head>".encode(), content_type="text/html")
    site.scripts["/feed"] = site.respond(200, feed("/1"))
    world.watch(site.url("/"), labels={"desk": "world"})
    await world.run(1000, step_s=5)
    requests = [r for r in world.driver.events(topics.FETCH_REQUESTED) if r.kind == "page"]

    assert site.paths.count("/") == site.paths.count("/feed") == 2
    assert [(r.url, r.source_url, r.hints.labels) for r in requests] == [
        (site.url("/1", "127.0.0.2"), site.url("/"), {"desk": "world"})
    ]


async def test_a_front_page_without_feeds_leads_to_the_sitemaps_of_its_host(world: Any, site: Any) -> None:
    """
    As robots.txt names them. Any other page without feeds is no list.
    """
    site.scripts["/robots.txt"] = site.respond(200, f"Sitemap: {site.url('/map.xml')}\nUser-agent: *\n".encode())
    site.scripts["/"] = site.scripts["/about"] = site.respond(200, PAGE, content_type="text/html")
    site.scripts["/map.xml"] = site.respond(200, urlset(("/1", 1)))
    world.watch(site.url("/"))
    world.watch(site.url("/about"))
    ends = await world.run(20)

    assert requested(world, "feed") == ["/map.xml"]
    assert requested(world) == ["/1"]
    assert "INVALID_FEED" in {end.reason for end in ends}


async def test_a_watched_page_that_moved_is_followed_each_time(world: Any, site: Any) -> None:
    """
    From http to https is a move too. Its new place is asked conditionally.
    """
    there = site.url("/there", "127.0.0.2")
    site.scripts["/live"] = site.respond(301, location=there)
    site.scripts["/there"] = site.respond(200, PAGE, content_type="text/html", etag='"1"')
    world.watch(site.url("/live"), kind="page", min_interval_s=60, max_interval_s=60)
    await world.run(30)
    site.scripts["/there"] = site.respond(200, PAGE.replace(b"held", b"broke"), content_type="text/html")
    await world.run(60)
    asked = [headers.get("if-none-match") for path, headers in site.requests if path == "/there"]

    assert asked == [None, '"1"']
    assert [b"held" in page.body for page in world.pages] == [True, False]
    assert {page.meta.source_url for page in world.pages} == {site.url("/live")}


async def test_a_watched_page_is_published_when_it_changes(world: Any, site: Any) -> None:
    """
    On its own schedule, conditionally; the same bytes are no event.
    """
    site.scripts["/live"] = site.respond(200, PAGE, content_type="text/html", etag='"1"')
    world.watch(site.url("/live"), kind="page", min_interval_s=60, max_interval_s=60, labels={"desk": "world"})
    await world.run(300, step_s=5)
    site.scripts["/live"] = site.respond(200, PAGE.replace(b"held", b"broke"), content_type="text/html")
    ends = await world.run(300, step_s=5)

    assert site.paths.count("/live") > 8
    assert [b"held" in page.body for page in world.pages] == [True, False]
    assert [page.meta.hints.labels for page in world.pages] == [{"desk": "world"}] * 2
    assert {end.reason for end in ends} == {"PAGE_FETCHED", "PAGE_UNCHANGED"}
    assert world.pages[0].meta.article_id == world.pages[1].meta.article_id


async def test_a_page_that_is_no_longer_watched_stays_known(world: Any, site: Any) -> None:
    """
    A feed that lists it does not bring it again.
    """
    site.scripts["/live"] = site.respond(200, PAGE, content_type="text/html")
    world.watch(site.url("/live"), kind="page", min_interval_s=60, max_interval_s=60)
    await world.run(5)
    world.watch(site.url("/live"), kind="page", paused=True)
    again = world.request(site.url("/live"), source_url=site.url("/feed"))
    await world.run(300, step_s=5)

    assert again.reason == "ALREADY_KNOWN"
    assert site.paths.count("/live") == 1


async def test_the_headers_of_a_source_are_for_its_own_origin_and_its_lists(world: Any, site: Any) -> None:
    """
    They may hold a secret: neither pages nor other hosts see them.
    """
    there = site.url("/there.xml", "127.0.0.2")
    site.scripts["/index.xml"] = site.respond(200, index(("/here.xml", 1), (there, 2)))
    site.scripts["/here.xml"] = site.respond(200, urlset(("/1", 1)))
    site.scripts["/there.xml"] = site.respond(200, urlset(("/2", 1)))
    world.watch(site.url("/index.xml"), headers={"X-Key": "secret"})
    await world.run(30)
    with_key = {path for path, headers in site.requests if headers.get("x-key") == "secret"}
    sent = [r.to_wire()[0] for r in world.driver.events(topics.FETCH_REQUESTED) if r.url != site.url("/here.xml")]

    assert with_key == {"/index.xml", "/here.xml"}
    assert {"/1", "/2", "/there.xml"} < set(site.paths)
    assert all(b"secret" not in wire for wire in sent)


@pytest.mark.parametrize(
    "fields",
    [{"allow": ["("]}, {"deny": ["*"]}, {"headers": {"Host": "x"}}, {"headers": {"X": "a\r\nY: b"}}],
)
def test_a_source_that_cannot_be_watched_as_written_is_a_dead_letter(world: Any, site: Any, fields: Any) -> None:
    """
    It changes nothing, and says what is wrong; so is a request that brings such rules along.
    """
    assert world.watch(site.url("/feed"), **fields).reason == "INVALID_SOURCE"
    assert world.request(site.url("/feed"), kind="feed", hints={"rules": fields}).reason == "INVALID_SOURCE"
    assert len(world.letters) == 2


async def test_links_that_are_denied_are_not_requested(world: Any, site: Any) -> None:
    """
    The end says how many were left out.
    """
    site.scripts["/feed"] = site.respond(200, feed("/news/1", "/video/2"))
    world.watch(site.url("/feed"), deny=["/video/"], min_interval_s=60, max_interval_s=60)
    ends = await world.run(70)

    assert requested(world) == ["/news/1"]
    assert "1 left out by the source's rules" in ends[-1].detail


async def test_a_source_can_be_changed_paused_and_removed_while_it_is_polled(world: Any, site: Any) -> None:
    """
    A change fetches nothing again; a pause ends the polls, and its end resumes them.
    """
    site.scripts["/feed"] = site.respond(200, feed("/1"), etag='"1"')
    world.watch(site.url("/feed"), min_interval_s=60, max_interval_s=60)
    await world.run(100, step_s=5)
    before = site.paths.count("/feed")
    world.watch(site.url("/feed"), min_interval_s=60, max_interval_s=60, labels={"a": "b"}, deny=["/2"])
    await world.run(60, step_s=5)
    changed = site.paths.count("/feed")
    world.watch(site.url("/feed"), paused=True)
    await world.run(600, step_s=5)
    paused = site.paths.count("/feed")
    world.watch(site.url("/feed"), min_interval_s=60, max_interval_s=60)
    await world.run(60, step_s=5)

    assert changed == before + 1
    assert paused == changed
    assert site.paths.count("/feed") == paused + 1


def edit_meanwhile(world: Any, site: Any, path: str, title: str, answer: bytes | None = None) -> Any:
    """
    A page that its feed lists under another title while it is being delivered.
    """
    delivered = site.respond(200, PAGE, content_type="text/html")

    async def script(writer: Any) -> None:
        site.scripts[path] = delivered
        world.request(site.url(path), source_url=site.url("/feed"), hints={"title": title})
        writer.write(answer or delivered)

    return script


async def test_an_edit_that_is_listed_while_the_page_is_fetched_is_fetched_afterwards(world: Any, site: Any) -> None:
    """
    What came may be older than the edit: the page is asked for again, once, and each event says what was known then.
    """
    site.scripts["/1"] = edit_meanwhile(world, site, "/1", "Edited")
    world.request(site.url("/1"), source_url=site.url("/feed"), hints={"title": "First"})
    await world.run(60)

    assert site.paths.count("/1") == 2
    assert [page.meta.hints.title for page in world.pages] == ["First", "Edited"]
    assert world.entry(site.url("/1")).hints.title == "Edited"
    assert world.entry(site.url("/1")).state == "done"


@pytest.mark.parametrize("status", [304, 404, 503])
async def test_such_an_edit_is_fetched_whatever_came_of_the_first_request(world: Any, site: Any, status: int) -> None:
    """
    Once more, and published as edited.
    """
    site.scripts["/1"] = site.respond(200, PAGE, content_type="text/html", etag='"1"')
    world.request(site.url("/1"), source_url=site.url("/feed"), hints={"title": "First"})
    await world.run(10)
    site.scripts["/1"] = edit_meanwhile(world, site, "/1", "Third", site.respond(status))
    world.request(site.url("/1"), source_url=site.url("/feed"), hints={"title": "Second"})
    await world.run(60)

    assert site.paths.count("/1") == 3
    assert [page.meta.hints.title for page in world.pages] == ["First", "Third"]
    assert world.entry(site.url("/1")).revised is None


async def test_the_same_title_listed_while_the_page_is_fetched_is_no_edit(world: Any, site: Any) -> None:
    """
    Two feeds that list a page at the same moment do not bring it twice.
    """
    site.scripts["/1"] = edit_meanwhile(world, site, "/1", "First")
    world.request(site.url("/1"), source_url=site.url("/feed"), hints={"title": "First"})
    await world.run(60)

    assert site.paths.count("/1") == 1


async def test_a_sitemaps_date_of_change_brings_a_page_again(world: Any, site: Any) -> None:
    """
    A later one, by the sitemap that the page came from; other pages are left alone.
    """
    site.scripts["/map.xml"] = site.respond(200, urlset(("/1", 5), ("/2", 6)))
    site.scripts["/1"] = site.scripts["/2"] = site.respond(200, PAGE, content_type="text/html")
    world.watch(site.url("/map.xml"), min_interval_s=60, max_interval_s=60)
    await world.run(30)
    site.scripts["/map.xml"] = site.respond(200, urlset(("/1", 1), ("/2", 6)))
    await world.run(120, step_s=5)

    assert site.paths.count("/1") == 2


async def test_a_large_sitemap_is_known_by_its_mark(world: Any, site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What is older than the oldest that is remembered is known, whether its digest is or not; what is newer is news.
    """
    monkeypatch.setattr("services.fetcher.selection.MAX_ITEMS", 3)
    old = [(f"/{n}", 10.0 + n) for n in range(6)]
    site.scripts["/map.xml"] = site.respond(200, urlset(*old))
    world.watch(site.url("/map.xml"), min_interval_s=60, max_interval_s=60)
    await world.run(10)
    first = requested(world)
    body = site.scripts["/map.xml"].partition(b"\r\n\r\n")[2]
    fewer = body.replace(b"<loc>/1</loc>", b"<loc>/new</loc>").replace(b"<loc>/2</loc>", b"<loc>/5</loc>")
    site.scripts["/map.xml"] = site.respond(200, fewer)
    await world.run(60)

    assert first == ["/0", "/1", "/2"]
    assert requested(world)[3:] == ["/new", "/5"]
    assert len(world.entry(site.url("/map.xml")).items) == 3
