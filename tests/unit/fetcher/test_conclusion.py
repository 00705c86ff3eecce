"""
What becomes of a feed: requests for its news, and its own next time.
"""

from __future__ import annotations

from typing import Any

from schemas import topics
from schemas.state import Pace

PAGE = b"<!doctype html><html><head><title>T</title></head><body>The dam held.</body></html>"


def feed(*paths: str) -> bytes:
    items = "".join(f"<item><title>{path}</title><link>{path}</link></item>" for path in paths)
    return f"<rss version='2.0'><channel><title>F</title><language>fr</language>{items}</channel></rss>".encode()


async def test_a_feed_leads_to_its_pages(world: Any, site: Any) -> None:
    """
    Each item becomes a request with what the feed says of it, and with the labels of the source.
    """
    site.scripts["/feed"] = site.respond(200, feed("/1", "/2"), content_type="application/rss+xml")
    site.scripts["/1"] = site.scripts["/2"] = site.respond(200, PAGE, content_type="text/html")
    world.watch(site.url("/feed"), labels={"desk": "world"})
    await world.run(10)
    requests = world.driver.events(topics.FETCH_REQUESTED)

    assert [request.url for request in requests] == [site.url("/1"), site.url("/2")]
    assert requests[0].hints.labels == {"desk": "world"}
    assert requests[0].hints.language == "fr"
    assert [page.meta.source_url for page in world.pages] == [site.url("/feed")] * 2
    assert world.pages[0].meta.hints.title == "/1"


async def test_only_news_of_a_feed_is_requested(world: Any, site: Any) -> None:
    """
    The next poll sends the validators; a document with one new item makes one request.
    """
    site.scripts["/feed"] = site.respond(200, feed("/1", "/2"), etag='"1"')
    world.watch(site.url("/feed"), min_interval_s=60, max_interval_s=600)
    await world.run(5)
    site.scripts["/feed"] = site.respond(200, feed("/3", "/1", "/2"))
    await world.run(120)
    requests = world.driver.events(topics.FETCH_REQUESTED)

    assert [request.url for request in requests] == [site.url("/1"), site.url("/2"), site.url("/3")]
    assert [h.get("if-none-match") for path, h in site.requests if path == "/feed"][:2] == [None, '"1"']


async def test_an_edited_title_in_a_feed_leads_to_the_page_again(world: Any, site: Any) -> None:
    """
    Conditionally, once, under the same article id; its neighbour is left alone.
    """
    site.scripts["/feed"] = site.respond(200, feed("/1", "/2"))
    site.scripts["/1"] = site.scripts["/2"] = site.respond(200, PAGE, content_type="text/html", etag='"1"')
    world.watch(site.url("/feed"), min_interval_s=60, max_interval_s=60)
    await world.run(60)
    edited = feed("/1", "/2").replace(b"<title>/1", b"<title>Edited")
    site.scripts["/feed"] = site.respond(200, edited)
    await world.run(300, step_s=5)
    first, last = (page.meta for page in world.pages if page.meta.url == site.url("/1"))

    assert [site.paths.count(path) for path in ("/1", "/2")] == [2, 1]
    assert [h.get("if-none-match") for path, h in site.requests if path == "/1"] == [None, '"1"']
    assert (first.hints.title, last.hints.title) == ("/1", "Edited")
    assert first.article_id == last.article_id


async def test_an_edited_title_is_followed_across_a_redirect(world: Any, site: Any) -> None:
    """
    The host that the feed names and the host where the page is both know the title.
    """
    there = site.url("/there", "127.0.0.2")
    site.scripts["/feed"] = site.respond(200, feed("/1"))
    site.scripts["/1"] = site.respond(301, location=there)
    site.scripts["/there"] = site.respond(200, PAGE, content_type="text/html")
    world.watch(site.url("/feed"), min_interval_s=60, max_interval_s=60)
    await world.run(60)
    site.scripts["/feed"] = site.respond(200, feed("/1").replace(b"<title>/1", b"<title>Edited"))
    await world.run(300, step_s=5)

    assert [page.meta.hints.title for page in world.pages] == ["/1", "Edited"]


async def test_an_unchanged_feed_is_asked_ever_more_rarely(world: Any, site: Any) -> None:
    """
    A 304, or the same document, makes no event.
    """
    site.scripts["/feed"] = site.respond(200, feed("/1"))
    world.watch(site.url("/feed"), min_interval_s=60, max_interval_s=600)
    ends = await world.run(3600, step_s=10)
    polls = site.paths.count("/feed")

    assert 5 <= polls <= 12
    assert {"FEED_READ", "FEED_UNCHANGED"} < {end.reason for end in ends}
    assert len(world.driver.events(topics.FETCH_REQUESTED)) == 1


async def test_what_a_feed_asks_for_holds_when_it_has_not_changed(world: Any, site: Any) -> None:
    """
    A 304 carries no document, so the last one's word is kept: left alone for half an hour, and not between 12 and 14.
    """
    stated = b"<ttl>30</ttl><skipHours><hour>12</hour><hour>13</hour></skipHours><item>"
    site.scripts["/feed"] = site.respond(200, feed("/1").replace(b"<item>", stated), etag='"1"')
    world.watch(site.url("/feed"), min_interval_s=60, max_interval_s=6 * 3600)
    await world.run(30)
    site.scripts["/feed"] = site.respond(304)
    await world.run(2 * 3600 - 60, step_s=10)
    skipped = site.paths.count("/feed")
    await world.run(3 * 3600, step_s=10)
    entry = world.entry(site.url("/feed"))

    assert skipped == 1
    assert 3 <= site.paths.count("/feed") <= 6
    assert entry.pace == Pace(ttl_s=1800, skip_hours=[12, 13])


async def test_an_empty_feed_says_so(world: Any, site: Any) -> None:
    """
    With what was seen.
    """
    body = b"<rss version='2.0'><channel><item><title>No link</title></item></channel></rss>"
    site.scripts["/feed"] = site.respond(200, body)
    world.watch(site.url("/feed"))
    ends = await world.run()

    assert (ends[-1].reason, ends[-1].detail) == ("EMPTY_FEED", "0 items, 1 without a usable link")


async def test_an_invalid_feed_is_one_dead_letter_and_asked_again_later(world: Any, site: Any) -> None:
    """
    A feed is slowed, never given up.
    """
    site.scripts["/feed"] = site.respond(200, PAGE, content_type="text/html")
    world.watch(site.url("/feed"), min_interval_s=60, max_interval_s=600)
    await world.run(600, step_s=5)
    polls = site.paths.count("/feed")
    site.scripts["/feed"] = site.respond(200, feed("/1"))
    await world.run(700, step_s=5)

    assert [letter.letter.reason for letter in world.letters] == ["INVALID_FEED"]
    assert world.letters[0].original == PAGE
    assert 2 <= polls <= 5
    assert world.entry(site.url("/feed")).attempts == 0
    assert len(world.driver.events(topics.FETCH_REQUESTED)) == 1


async def test_a_feed_that_is_gone_is_not_asked_again(world: Any, site: Any) -> None:
    """
    410 is for good; 404 may be a mistake.
    """
    site.scripts["/gone"] = site.respond(410)
    world.watch(site.url("/gone"), min_interval_s=60, max_interval_s=60)
    world.watch(site.url("/lost"), min_interval_s=60, max_interval_s=60)
    await world.run(600, step_s=5)

    assert site.paths.count("/gone") == 1
    assert site.paths.count("/lost") > 5
    assert world.entry(site.url("/gone")).state == "failed"


async def test_a_feed_given_as_a_page_is_read_once(world: Any, site: Any) -> None:
    """
    So that any URL can be handed in.
    """
    site.scripts["/x"] = site.respond(200, feed("/1"), content_type="text/xml")
    world.request(site.url("/x"))
    await world.run(1200, step_s=10)

    assert site.paths.count("/x") == 1
    assert [r.source_url for r in world.driver.events(topics.FETCH_REQUESTED)] == [site.url("/x")]
    assert world.entry(site.url("/x")).state == "done"


async def test_a_feed_that_moved_to_another_host_is_followed(world: Any, site: Any) -> None:
    """
    As often as the source says at least, else by the rhythm of what it leads to. Its items carry the source.
    """
    there = site.url("/feed", "127.0.0.2")
    site.scripts["/feed"] = site.respond(200, feed("/1"))
    site.scripts["/old"] = site.respond(301, location=there)
    world.watch(site.url("/old"), min_interval_s=60, max_interval_s=300)
    await world.run(1000, step_s=5)
    requests = world.driver.events(topics.FETCH_REQUESTED)

    assert site.paths.count("/old") == site.paths.count("/feed") >= 3
    assert [r.source_url for r in requests if r.url.endswith("/1")] == [site.url("/old")]


async def test_a_removed_source_is_not_asked_again(world: Any, site: Any) -> None:
    """
    Not even where the request was under way.
    """
    site.scripts["/feed"] = site.respond(200, feed("/1"))
    world.watch(site.url("/feed"), min_interval_s=60, max_interval_s=60)
    await world.run(5)
    world.driver.pipe_record(world.driver.record(topics.SOURCES.name, site.url("/feed").encode(), None, {}))
    await world.run(300, step_s=5)

    assert site.paths.count("/feed") == 1
