"""
Pages are looked at again, and withdrawn where they are gone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.parts import Hints
from schemas.state import FrontierEntry
from services.fetcher.looks import born_at, is_look, next_look

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
AGES = (3600, 21_600, 86_400, 259_200)
HOUR_S = 3600
PAGE = b"<!doctype html><html><head><title>T</title></head><body>The dam held.</body></html>"
EDITED = PAGE.replace(b"held", b"broke")


def entry(**fields: Any) -> FrontierEntry:
    known = {"url": "https://a.example/1", "kind": "page", "changed_at": NOW, "request_id": "r"}
    return FrontierEntry.model_validate(known | fields)


def asked_at(site: Any, world: Any, path: str) -> list[float]:
    """
    Notes when a path is asked for, in hours since the start.
    """
    moments: list[float] = []
    answer = site.scripts[path]

    async def script(writer: Any) -> None:
        moments.append(round((world.driver.now - NOW) / timedelta(hours=1), 1))
        writer.write(answer)

    site.scripts[path] = script
    return moments


@pytest.mark.parametrize(
    ("age_h", "look_h"), [(0, 1), (0.7, 1), (0.8, 6), (1, 6), (5.9, 24), (30, 72), (71.9, None), (9000, None)]
)
def test_the_next_look_is_at_the_next_age(age_h: float, look_h: float | None) -> None:
    """
    Unless that is less than a quarter of an hour away; what is too late is left out.
    """
    found = next_look(NOW, NOW + timedelta(hours=age_h), AGES)

    assert found == (None if look_h is None else NOW + timedelta(hours=look_h))


def test_without_ages_nothing_is_looked_at_again() -> None:
    """
    The setting is empty then.
    """
    assert next_look(NOW, NOW, ()) is None


@pytest.mark.parametrize(
    ("hints", "hours"),
    [
        ({}, 0),
        ({"published": "2026-01-01T07:00:00Z"}, -5),
        ({"published": "2026-01-01T07:00:00Z", "modified": "2026-01-01T11:00:00Z"}, -1),
        ({"published": "2026-01-09"}, 0),
        ({"published": "yesterday"}, 0),
    ],
)
def test_a_page_is_as_old_as_its_source_says(hints: dict[str, str], hours: float) -> None:
    """
    Its last edit counts; a date that is none, or lies ahead, does not.
    """
    assert born_at(entry(), Hints(**hints), NOW) == NOW + timedelta(hours=hours)


def test_a_look_makes_no_page_younger() -> None:
    """
    Its ages are counted from when it was new.
    """
    known = entry(state="done", born_at=NOW - timedelta(hours=30))

    assert is_look(known)
    assert born_at(known, Hints(modified="2026-01-01"), NOW) == known.born_at
    assert born_at(entry(born_at=known.born_at), Hints(), NOW) == known.born_at


async def test_a_page_is_looked_at_again_at_its_ages(world: Any, site: Any) -> None:
    """
    Conditionally; the same bytes, or a 304, lead to nothing.
    """
    site.scripts["/1"] = site.respond(200, PAGE, content_type="text/html", etag='"1"')
    moments = asked_at(site, world, "/1")
    world.request(site.url("/1"), source_url=site.url("/feed"))
    ends = await world.run(100 * HOUR_S, step_s=180)

    assert moments == pytest.approx([0, 1, 6, 24, 72], abs=0.25)
    assert [h.get("if-none-match") for path, h in site.requests if path == "/1"] == [None, *['"1"'] * 4]
    assert [end.reason for end in ends if end.reason.startswith("PAGE")] == ["PAGE_FETCHED", *["PAGE_UNCHANGED"] * 4]
    assert world.entry(site.url("/1")).due_at is None


async def test_an_edit_is_seen_with_all_that_was_known(world: Any, site: Any) -> None:
    """
    The later event tells what the first did, of its source and its labels, so that only the page itself can differ.
    """
    site.scripts["/1"] = site.respond(200, PAGE, content_type="text/html")
    hints = {
        "title": "T",
        "author": "A",
        "summary": "S",
        "labels": {"desk": "world"},
        "published": "2026-01-01T12:00:00Z",
    }
    world.request(site.url("/1"), source_url=site.url("/feed"), hints=hints)
    await world.run(60)
    site.scripts["/1"] = site.respond(200, EDITED, content_type="text/html")
    await world.run(2 * HOUR_S, step_s=60)
    first, second = world.pages

    assert (first.body, second.body) == (PAGE, EDITED)
    assert second.meta.hints == first.meta.hints
    assert (second.meta.article_id, second.meta.discovered_at) == (first.meta.article_id, first.meta.discovered_at)


async def test_what_is_over_keeps_only_what_tells_an_edit(world: Any, site: Any) -> None:
    """
    After the last look.
    """
    site.scripts["/1"] = site.respond(200, PAGE, content_type="text/html")
    world.request(site.url("/1"), source_url=site.url("/feed"), hints={"title": "T", "summary": "S"})
    await world.run(80 * HOUR_S, step_s=600)

    assert world.entry(site.url("/1")).hints == Hints(title="T")


async def test_a_look_that_fails_loses_nothing(world: Any, site: Any) -> None:
    """
    No dead letter; the next age is looked at.
    """
    site.scripts["/1"] = site.respond(200, PAGE, content_type="text/html")
    world.request(site.url("/1"))
    await world.run(60)
    site.scripts["/1"] = site.respond(500)
    await world.run(2 * HOUR_S, step_s=60)
    site.scripts["/1"] = site.respond(200, EDITED, content_type="text/html")
    await world.run(6 * HOUR_S, step_s=60)

    assert len(world.pages) == 2
    assert world.letters == []


async def test_a_request_by_hand_is_not_kept_waiting_by_a_look(world: Any, site: Any) -> None:
    """
    It fetches at once, and publishes whatever comes.
    """
    site.scripts["/1"] = site.respond(200, PAGE, content_type="text/html")
    world.request(site.url("/1"))
    await world.run(60)
    again = world.request(site.url("/1"))
    await world.run(60)

    assert again.reason == "ACCEPTED"
    assert len(world.pages) == 2


@pytest.mark.parametrize("status", [404, 410])
async def test_a_page_that_is_gone_twice_is_withdrawn(world: Any, site: Any, status: int) -> None:
    """
    At least an hour apart, once, under the same article id; nothing is asked for afterwards.
    """
    site.scripts["/1"] = site.respond(200, PAGE, content_type="text/html")
    world.request(site.url("/1"), source_url=site.url("/feed"), hints={"labels": {"desk": "world"}})
    await world.run(60)
    site.scripts["/1"] = site.respond(status)
    moments = asked_at(site, world, "/1")
    await world.run(100 * HOUR_S, step_s=120)
    first, gone = (page.meta for page in world.pages)

    assert len(moments) == 2
    assert moments[1] - moments[0] >= 1
    assert (gone.pub_status, gone.status, gone.article_id) == ("withdrawn", status, first.article_id)
    assert (gone.hints.labels, gone.source_url) == ({"desk": "world"}, site.url("/feed"))
    assert (world.entry(site.url("/1")).state, world.entry(site.url("/1")).article_id) == ("failed", None)


async def test_a_page_that_is_back_in_between_is_not_withdrawn(world: Any, site: Any) -> None:
    """
    Publishers mend mistakes; what counts is begun anew.
    """
    site.scripts["/1"] = site.respond(200, PAGE, content_type="text/html")
    world.request(site.url("/1"))
    await world.run(60)
    site.scripts["/1"] = site.respond(404)
    await world.run(1.5 * HOUR_S, step_s=60)
    site.scripts["/1"] = site.respond(200, PAGE, content_type="text/html")
    await world.run(3 * HOUR_S, step_s=60)
    site.scripts["/1"] = site.respond(404)
    await world.run(2 * HOUR_S, step_s=60)

    assert [page.meta.pub_status for page in world.pages] == [None]
    assert site.paths.count("/1") == 4


async def test_a_page_that_was_never_published_is_not_withdrawn(world: Any, site: Any) -> None:
    """
    It is dropped, as before, and not looked at again.
    """
    site.scripts["/1"] = site.respond(404)
    world.request(site.url("/1"))
    await world.run(10 * HOUR_S, step_s=300)

    assert site.paths.count("/1") == 1
    assert world.pages == []


async def test_a_watched_page_that_is_gone_is_withdrawn_and_comes_back(world: Any, site: Any) -> None:
    """
    Once; it is asked for ever more rarely, and published when it is there again.
    """
    site.scripts["/live"] = site.respond(200, PAGE, content_type="text/html")
    world.watch(site.url("/live"), kind="page", min_interval_s=300, max_interval_s=1800)
    await world.run(600, step_s=60)
    site.scripts["/live"] = site.respond(404)
    await world.run(5 * HOUR_S, step_s=60)
    site.scripts["/live"] = site.respond(200, PAGE, content_type="text/html")
    await world.run(2 * HOUR_S, step_s=60)

    assert [page.meta.pub_status for page in world.pages] == [None, "withdrawn", None]


@pytest.mark.parametrize("status", [200, 304, 404, 503])
async def test_an_edit_that_is_listed_during_a_look_is_fetched_afterwards(world: Any, site: Any, status: int) -> None:
    """
    Whatever came of the look, and published as edited though the bytes are the same.
    """
    page = site.respond(200, PAGE, content_type="text/html", etag='"1"')
    site.scripts["/1"] = page
    world.request(site.url("/1"), source_url=site.url("/feed"), hints={"title": "First"})
    await world.run(60)

    async def script(writer: Any) -> None:
        site.scripts["/1"] = page
        world.request(site.url("/1"), source_url=site.url("/feed"), hints={"title": "Edited"})
        writer.write(page if status == 200 else site.respond(status))

    site.scripts["/1"] = script
    await world.run(1.5 * HOUR_S, step_s=30)

    assert [event.meta.hints.title for event in world.pages] == ["First", "Edited"]
    assert site.paths.count("/1") == 3


async def test_a_list_that_was_asked_for_as_a_page_is_not_looked_at(world: Any, site: Any) -> None:
    """
    Nothing of it was published.
    """
    rss = b"<rss version='2.0'><channel><item><title>T</title><link>/2</link></item></channel></rss>"
    site.scripts["/1"] = site.respond(200, rss, content_type="text/xml")
    world.request(site.url("/1"))
    await world.run(10 * HOUR_S, step_s=300)

    assert site.paths.count("/1") == 1


async def test_a_page_that_is_edited_there_and_back_is_published_each_time(world: Any, site: Any) -> None:
    """
    It is compared with how it was last, not with how it ever was.
    """
    world.request(site.url("/1"))
    for body, hours in ((PAGE, 0.1), (EDITED, 2), (PAGE, 6)):
        site.scripts["/1"] = site.respond(200, body, content_type="text/html")
        await world.run(hours * HOUR_S, step_s=60)

    assert [page.body for page in world.pages] == [PAGE, EDITED, PAGE]
    assert len({page.meta.page_id for page in world.pages}) == 3
    assert len({page.meta.article_id for page in world.pages}) == 1


async def test_what_a_feed_publishes_again_under_a_new_guid_is_known(world: Any, site: Any) -> None:
    """
    A page is its URL, whatever a feed calls it: it is asked for once.
    """
    item = "<item><title>The dam</title><link>{url}</link><guid isPermaLink='false'>{guid}</guid></item>"
    feed = "<rss version='2.0'><channel>" + item + "</channel></rss>"
    site.scripts["/1"] = site.respond(200, PAGE, content_type="text/html")
    world.watch(site.url("/feed"), min_interval_s=60, max_interval_s=60)
    for guid in ("first", "second", "third"):
        body = feed.format(url=site.url("/1"), guid=guid).encode()
        site.scripts["/feed"] = site.respond(200, body, content_type="application/rss+xml")
        await world.run(180, step_s=10)

    assert site.paths.count("/feed") > 3
    assert site.paths.count("/1") == 1
    assert len(world.pages) == 1
