"""
The fetcher forgets pages that were taken down, and asks for them no more.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from schemas import topics
from schemas.ids import article_id
from schemas.state import Breaker, FrontierEntry
from schemas.takedowns import Takedown
from tests.unit.fetcher.conftest import START, World, respond

PAGE = "<!doctype html><html><head><title>T</title>{head}</head><body>The dam held.</body></html>"
FEED = "<rss version='2.0'><channel>{items}</channel></rss>"
NO_RULES = respond(404)


def page(head: str = "") -> bytes:
    return respond(body=PAGE.format(head=head).encode(), content_type="text/html")


def feed(*urls: str) -> bytes:
    items = "".join(f"<item><title>The dam {url}</title><link>{url}</link></item>" for url in urls)
    return respond(body=FEED.format(items=items).encode(), content_type="application/rss+xml")


def take_down(world: World, *urls: str, **fields: Any) -> Any:
    known: dict[str, Any] = {
        "takedown_id": article_id(urls[0]),
        "article_ids": [article_id(url) for url in urls],
        "sites": ["127.0.0.1"],
        "reason": "a court's order",
        "by": "ada",
        "began_at": START,
        "changed_at": START,
    }
    return world.driver.pipe(Takedown(**known | fields), topics.TAKEDOWNS)


def written(world: World) -> str:
    return "\n".join(f"{r.topic} {r.key!r} {r.value!r} {r.headers!r}" for r in world.driver.records)


async def test_a_page_that_was_fetched_is_forgotten(world: World, site: Any) -> None:
    """
    Its entry is deleted; those of others stay.
    """
    site.scripts |= {"/a": page(), "/b": page(), "/robots.txt": NO_RULES}
    for path in ("/a", "/b"):
        world.request(site.url(path))
    await world.run()

    heard = take_down(world, site.url("/a"))

    assert heard.reason == "RETRACTED"
    assert world.driver.tables[topics.FRONTIER.name].get(site.url("/a")) is None
    assert world.entry(site.url("/b")).state == "done"


async def test_a_page_that_waits_is_not_asked_for(world: World, site: Any) -> None:
    """
    The request was accepted before the takedown came.
    """
    site.scripts |= {"/a": page(), "/robots.txt": NO_RULES}
    world.request(site.url("/a"))
    take_down(world, site.url("/a"))

    await world.run()

    assert "/a" not in site.paths


async def test_a_request_for_it_is_refused_however_it_is_spelled(world: World, site: Any) -> None:
    """
    By a person or by a feed; nothing of it is remembered.
    """
    take_down(world, site.url("/a"))

    ends = [world.request(site.url(path)) for path in ("/a", "/a?utm_source=x", "/a#top")]

    assert {(end.outcome, end.reason, end.records) for end in ends} == {("drop", "TAKEN_DOWN", ())}


async def test_a_feed_that_lists_it_brings_all_but_it(world: World, site: Any) -> None:
    """
    No request with its title is written.
    """
    site.scripts |= {"/feed": feed(site.url("/a"), site.url("/b")), "/b": page(), "/robots.txt": NO_RULES}
    take_down(world, site.url("/a"))
    world.watch(site.url("/feed"))

    await world.run()

    assert [each.meta.url for each in world.pages] == [site.url("/b")]
    assert [each.url for each in world.driver.events(topics.FETCH_REQUESTED)] == [site.url("/b")]
    assert "The dam " + site.url("/a") not in written(world)


async def test_a_page_under_a_url_that_nobody_knew_of_is_stopped_when_it_comes(world: World, site: Any) -> None:
    """
    Its canonical link says which article it is; its entry is deleted too.
    """
    site.scripts |= {
        "/print": page(f"<link rel=canonical href='{site.url('/a')}'>"),
        "/robots.txt": NO_RULES,
    }
    take_down(world, site.url("/a"))
    world.request(site.url("/print"))

    ends = await world.run()

    assert "TAKEN_DOWN" in {end.reason for end in ends}
    assert world.pages == []
    assert world.driver.tables[topics.FRONTIER.name].get(site.url("/print")) is None


async def test_urls_that_led_to_it_are_forgotten_by_its_id(world: World, site: Any) -> None:
    """
    The entry says which article was found there.
    """
    site.scripts |= {
        "/print": page(f"<link rel=canonical href='{site.url('/a')}'>"),
        "/robots.txt": NO_RULES,
    }
    world.request(site.url("/print"))
    await world.run()

    take_down(world, site.url("/a"))

    assert world.driver.tables[topics.FRONTIER.name].get(site.url("/print")) is None


async def test_an_answer_that_was_under_way_is_dropped(world: World, site: Any) -> None:
    """
    It was asked for before the takedown came, and answers after it.
    """

    async def slow(writer: Any) -> None:
        take_down(world, site.url("/a"))
        writer.write(page())

    site.scripts |= {"/a": slow, "/robots.txt": NO_RULES}
    world.request(site.url("/a"))

    await world.run()

    assert world.pages == []


async def test_a_host_does_not_remember_that_it_failed_last(world: World, site: Any) -> None:
    """
    The rules of its host name the URL that failed last.
    """
    site.scripts |= {"/a": respond(503), "/robots.txt": NO_RULES}
    world.request(site.url("/a"))
    await world.run(2)
    robots = world.entry(site.url("/robots.txt"))
    assert robots.breaker is not None
    assert robots.breaker.url == site.url("/a")

    take_down(world, site.url("/a"))

    left = world.entry(site.url("/robots.txt")).breaker
    assert left == Breaker(**robots.breaker.model_dump() | {"url": None})


async def test_only_the_task_of_the_site_looks_for_it(world: World, site: Any) -> None:
    """
    A takedown without a site is of an article that nobody knows here.
    """
    site.scripts |= {"/a": page(), "/robots.txt": NO_RULES}
    world.request(site.url("/a"))
    await world.run()

    heard = take_down(world, site.url("/a"), sites=[])

    assert heard.reason == "NOT_HERE"


async def test_what_was_lifted_is_asked_for_when_somebody_wants_it(world: World, site: Any) -> None:
    """
    And not before.
    """
    site.scripts |= {"/a": page(), "/robots.txt": NO_RULES}
    take_down(world, site.url("/a"))
    take_down(world, site.url("/a"), state="lifted", changed_at=START + timedelta(hours=1))
    world.request(site.url("/a"))

    await world.run()

    assert [each.meta.url for each in world.pages] == [site.url("/a")]
    assert isinstance(world.entry(site.url("/a")), FrontierEntry)
