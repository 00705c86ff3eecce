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
from schemas.dead_letters import ASKED_HEADER
from schemas.events import FetchRequested
from schemas.ids import article_id, page_id, request_id
from services.runtime.stage import ActionFailed, Cause

PAGE = b"<!doctype html><html><head><title>T</title></head><body>The dam held.</body></html>"


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


async def test_rules_on_another_host_are_asked_for_there(world: Any, site: Any) -> None:
    """
    In a turn of their own, and they count for the host that names them.
    """
    site.scripts["/robots.txt"] = site.respond(301, location=site.url("/rules", "127.0.0.2"))
    site.scripts["/rules"] = site.respond(200, b"User-agent: *\nDisallow: /a")
    world.request(site.url("/a"))
    ends = await world.run(6)

    assert [end.reason for end in ends] == ["ROBOTS_REDIRECTED", "ROBOTS_READ", "ROBOTS_DISALLOWED"]
    assert site.paths == ["/robots.txt", "/rules"]


async def test_rules_that_lead_round_in_a_circle_allow_everything(world: Any, site: Any) -> None:
    """
    Over two hosts, too.
    """
    hosts = ("127.0.0.1", "127.0.0.2")

    async def round_about(writer: Any) -> None:
        here = hosts.index(site.requests[-1][1]["host"].partition(":")[0])
        writer.write(site.respond(301, location=site.url("/robots.txt", hosts[1 - here])))

    site.scripts["/robots.txt"] = round_about
    site.scripts["/a"] = site.respond(200, b"<p>Hi", content_type="text/html")
    world.request(site.url("/a"))
    ends = await world.run(8)

    assert [end.reason for end in ends] == ["ROBOTS_REDIRECTED", "ROBOTS_READ", "PAGE_FETCHED"]


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


async def test_a_body_over_the_limit_is_a_dead_letter_with_its_start(world: Any, site: Any) -> None:
    """
    What was read is told by length and hash; the declared length is kept, and the request, to drive it again.
    """
    site.scripts["/a"] = site.respond(200, b"x" * 300_000, content_type="text/html")
    world.request(site.url("/a"))
    await world.run()
    [letter] = world.letters

    assert (letter.letter.reason, letter.letter.declared_bytes) == ("BODY_TOO_LARGE", 300_000)
    assert letter.original == b"x" * 65_536
    assert FetchRequested.model_validate_json(letter.original_headers[ASKED_HEADER]).url == site.url("/a")


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
