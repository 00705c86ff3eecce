"""
The whole fetcher against a real site: requests and sources in, pages and requests out.
"""

from __future__ import annotations

import asyncio
import gzip
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from schemas import topics
from schemas.ids import article_id, page_id, request_id
from services.runtime.stage import ActionFailed, Cause

PAGE = b"<!doctype html><html><head><title>T</title></head><body>The dam held.</body></html>"


def feed(*paths: str) -> bytes:
    items = "".join(f"<item><title>{path}</title><link>{path}</link></item>" for path in paths)
    return f"<rss version='2.0'><channel><title>F</title><language>fr</language>{items}</channel></rss>".encode()


async def test_a_requested_page_is_published_once(world: Any, site: Any) -> None:
    """
    Its body untouched, its ids as the contract makes them, its entry done.
    """
    site.scripts["/a"] = site.respond(200, PAGE, content_type="text/html", etag='"1"')
    world.request(site.url("/a"))
    await world.run()
    [page] = world.pages
    entry = world.entry(site.url("/a"))

    assert page.body == PAGE
    assert page.meta.page_id == page_id(site.url("/a"), page.meta.fetched_at, page.meta.body_sha256)
    assert page.meta.article_id == article_id(site.url("/a"))
    assert world.driver.output(topics.PAGE_FETCHED)[0].key == str(page.meta.page_id).encode()
    assert (entry.state, entry.etag, entry.article_id) == ("done", '"1"', page.meta.article_id)
    assert site.paths == ["/robots.txt", "/a"]


async def test_asking_again_is_conditional(world: Any, site: Any) -> None:
    """
    A 304 makes no event.
    """
    site.scripts["/a"] = site.respond(200, PAGE, content_type="text/html", etag='"1"', last_modified="yesterday")
    world.request(site.url("/a"))
    await world.run()
    site.scripts["/a"] = site.respond(304)
    world.request(site.url("/a"), hints={"title": "again"})
    ends = await world.run()

    assert [end.reason for end in ends] == ["NOT_MODIFIED"]
    assert site.requests[-1][1]["if-none-match"] == '"1"'
    assert site.requests[-1][1]["if-modified-since"] == "yesterday"
    assert world.entry(site.url("/a")).etag == '"1"'
    assert len(world.pages) == 1


async def test_what_robots_txt_disallows_is_never_asked_for(world: Any, site: Any) -> None:
    """
    It is dropped, counted and remembered as refused.
    """
    site.scripts["/robots.txt"] = site.respond(200, b"User-agent: news-ingest\nDisallow: /a")
    world.request(site.url("/a"))
    ends = await world.run()

    assert [end.reason for end in ends] == ["ROBOTS_READ", "ROBOTS_DISALLOWED"]
    assert site.paths == ["/robots.txt"]
    assert world.entry(site.url("/a")).state == "refused"


async def test_a_broken_robots_txt_holds_the_host(world: Any, site: Any) -> None:
    """
    Nothing is asked for but the rules, ever more rarely; when they are back, the pages follow.
    """
    site.scripts["/robots.txt"] = site.respond(503)
    site.scripts["/a"] = site.respond(200, PAGE, content_type="text/html")
    world.request(site.url("/a"))
    await world.run(60)
    held = list(site.paths)
    site.scripts["/robots.txt"] = site.respond(200)
    await world.run(120)

    assert set(held) == {"/robots.txt"}
    assert 2 <= len(held) <= 4
    assert site.paths[-1] == "/a"
    assert len(world.pages) == 1


async def test_a_host_that_stays_away_ends_in_a_dead_letter(world: Any, site: Any, settings: Any) -> None:
    """
    With the request in it, so that it can be driven again.
    """
    site.scripts["/robots.txt"] = site.respond(500)
    world.request(site.url("/a"), hints={"title": "T"})
    await world.run(600, step_s=5)
    [letter] = world.letters

    assert letter.letter.reason == "FETCH_FAILED"
    assert "robots.txt cannot be reached: HTTP_500" in letter.letter.detail
    assert b'"title":"T"' in letter.original
    assert world.entry(site.url("/a")).state == "failed"


@pytest.mark.parametrize(
    ("status", "reason"), [(404, "NOT_FOUND"), (410, "GONE"), (403, "FORBIDDEN"), (418, "UNEXPECTED_STATUS")]
)
async def test_a_page_that_is_not_there_is_dropped(world: Any, site: Any, status: int, reason: str) -> None:
    """
    Not tried again.
    """
    site.scripts["/a"] = site.respond(status)
    world.request(site.url("/a"))
    ends = await world.run(60)

    assert [end.reason for end in ends] == ["ROBOTS_READ", reason]
    assert site.paths.count("/a") == 1


async def test_a_failing_page_is_tried_five_times(world: Any, site: Any) -> None:
    """
    Ever more rarely; then it is a dead letter that names the last cause.
    """
    site.scripts["/a"] = site.respond(502)
    world.request(site.url("/a"))
    ends = await world.run(600, step_s=2)
    [letter] = world.letters

    assert [end.reason for end in ends] == ["ROBOTS_READ"] + ["TRY_AGAIN"] * 4 + ["FETCH_FAILED"]
    assert site.paths.count("/a") == 5
    assert letter.letter.attempts == 5
    assert letter.letter.detail.startswith("HTTP_502")


async def test_retry_after_holds_the_whole_host(world: Any, site: Any) -> None:
    """
    Other pages of the host wait too; other hosts do not.
    """
    site.scripts["/a"] = site.respond(429, retry_after="50")
    site.scripts["/b"] = site.respond(200, PAGE, content_type="text/html")
    world.request(site.url("/a"))
    await world.run(3)
    world.request(site.url("/b"))
    world.request(site.url("/b", "127.0.0.2"))
    await world.run(40)
    early = [page.meta.url for page in world.pages]
    await world.run(20)

    assert early == [site.url("/b", "127.0.0.2")]
    assert site.url("/b") in [page.meta.url for page in world.pages]


async def test_a_redirect_on_the_host_is_followed_and_told(world: Any, site: Any) -> None:
    """
    The article is named by where the page is.
    """
    site.scripts["/a"] = site.respond(302, location="/b")
    site.scripts["/b"] = site.respond(200, PAGE, content_type="text/html")
    world.request(site.url("/a"))
    await world.run()
    [page] = world.pages

    assert (page.meta.request_url, page.meta.url) == (site.url("/a"), site.url("/b"))
    assert page.meta.chain == [site.url("/a")]
    assert page.meta.article_id == article_id(site.url("/b"))


async def test_a_redirect_to_another_host_becomes_a_request(world: Any, site: Any) -> None:
    """
    With the chain, the hints and the source; its rules are asked for there.
    """
    there = site.url("/b", "127.0.0.2")
    site.scripts["/a"] = site.respond(301, location=there)
    site.scripts["/b"] = site.respond(200, PAGE, content_type="text/html")
    event_id = UUID(int=7)
    world.driver.pipe(
        topics.FETCH_REQUESTED.event(
            url=site.url("/a"), requested_at=world.driver.now, source_url="https://s/", hints={"title": "T"}
        ),
        event_id=event_id,
    )
    await world.run(10)
    [page] = world.pages
    [requested] = world.driver.output(topics.FETCH_REQUESTED)

    assert (page.meta.request_url, page.meta.chain) == (there, [site.url("/a")])
    assert (page.meta.hints.title, page.meta.source_url) == ("T", "https://s/")
    assert dict(requested.headers)["ce_id"] == str(request_id(str(event_id), there)).encode()
    assert site.paths == ["/robots.txt", "/a", "/robots.txt", "/b"]


async def test_two_hosts_that_send_us_round_end_it(world: Any, site: Any) -> None:
    """
    The loop is seen although no request sees all of it.
    """
    site.scripts["/a"] = site.respond(302, location=site.url("/b", "127.0.0.2"))
    site.scripts["/b"] = site.respond(302, location=site.url("/a"))
    world.request(site.url("/a"))
    await world.run(20)

    assert [letter.letter.reason for letter in world.letters] == ["REDIRECT_LOOP"]


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


async def test_a_feed_that_moved_to_another_host_is_followed_each_time(world: Any, site: Any) -> None:
    """
    Its items carry the source that is watched.
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


async def test_a_body_over_the_limit_is_a_dead_letter_with_its_start(world: Any, site: Any) -> None:
    """
    What was read is told by length and hash; the declared length is kept.
    """
    site.scripts["/a"] = site.respond(200, b"x" * 300_000, content_type="text/html")
    world.request(site.url("/a"))
    await world.run()
    [letter] = world.letters

    assert (letter.letter.reason, letter.letter.declared_bytes) == ("BODY_TOO_LARGE", 300_000)
    assert letter.original == b"x" * 65_536


async def test_a_decompression_bomb_is_a_dead_letter(world: Any, site: Any) -> None:
    """
    It is never unpacked beyond the limit.
    """
    bomb = gzip.compress(bytes(50_000_000))
    site.scripts["/a"] = site.respond(200, bomb, content_type="text/html", content_encoding="gzip")
    world.request(site.url("/a"))
    await world.run()

    assert [letter.letter.reason for letter in world.letters] == ["DECOMPRESSION_BOMB"]


async def test_an_address_that_may_not_be_dialled_is_a_dead_letter_at_once(world: Any, site: Any) -> None:
    """
    No second try.
    """
    world.request(site.url("/a", "10.0.0.1"))
    ends = await world.run(60)

    assert [end.reason for end in ends] == ["ROBOTS_UNREACHABLE", "ADDRESS_REFUSED"]
    assert "10.0.0.1 is not a public address" in world.letters[0].letter.detail


async def test_what_crashed_a_worker_is_a_dead_letter_and_frees_its_host(world: Any, site: Any) -> None:
    """
    The host is asked for the next page after its pause.
    """
    site.scripts["/robots.txt"] = site.respond(200)
    world.request(site.url("/a"))
    await world.run(2)
    processor = world.driver._processor
    world.driver.now += timedelta(seconds=5)
    stage = world.driver._topology.stage
    world.request(site.url("/b"))
    [action] = [a for a in processor.due(world.driver.now)[0] if a.subject == site.url("/b")]
    failed = ActionFailed("WORKER_KILLED", "it hung", "trace", 2)
    outcome = stage.decide(processor._state, failed, Cause(action=action), world.driver.now)

    assert (outcome.reason, outcome.attempts, outcome.exception) == ("WORKER_KILLED", 2, "trace")
    assert outcome.changes[0].value.state == "failed"
    assert processor._state.clock(site.url("/b")).is_busy is False


async def test_a_host_sees_no_two_requests_within_its_delay(world: Any, site: Any) -> None:
    """
    Also across pages, rules and feeds.
    """
    began: list[Any] = []

    def note(body: bytes) -> Any:
        async def script(writer: asyncio.StreamWriter) -> None:
            began.append(world.driver.now)
            writer.write(body)

        return script

    site.scripts["/robots.txt"] = note(site.respond(200, b"User-agent: *\nCrawl-delay: 7"))
    for path in ("/1", "/2", "/3"):
        site.scripts[path] = note(site.respond(200, PAGE, content_type="text/html"))
        world.request(site.url(path))
    await world.run(60)
    gaps = [(b - a).total_seconds() for a, b in pairwise(began)]

    assert len(began) == 4
    assert gaps[0] >= 1
    assert min(gaps[1:]) >= 7
