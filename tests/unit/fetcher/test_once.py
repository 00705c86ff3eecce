"""
One URL, once.
"""

from __future__ import annotations

from typing import Any

import pytest

from schemas.events import PageFetched
from services.fetcher.client import Client
from services.fetcher.once import Refusal, fetch_once
from services.fetcher.settings import FetcherSettings

PAGE = b"<!doctype html><html><body>Hi</body></html>"


async def test_a_page_is_fetched_by_the_rules(site: Any, settings: FetcherSettings, client: Client) -> None:
    """
    The host's rules first; redirects are followed to other hosts too.
    """
    site.scripts["/a"] = site.respond(301, location=site.url("/b", "127.0.0.2"))
    site.scripts["/b"] = site.respond(200, PAGE, content_type="text/html")
    end = await fetch_once(site.url("/a"), settings.model_copy(update={"delay_s": 0}), client)

    assert isinstance(end, PageFetched)
    assert end.body == PAGE
    assert site.paths == ["/robots.txt", "/a", "/robots.txt", "/b"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/no", "ROBOTS_DISALLOWED"), ("/404", "NOT_FOUND"), ("/500", "FETCH_FAILED"), ("/feed", "FEED_READ")],
)
async def test_what_is_no_page_explains_itself(
    site: Any, settings: FetcherSettings, client: Client, path: str, reason: str
) -> None:
    """
    With the reason that the service would have given; nothing is tried twice.
    """
    site.scripts |= {
        "/robots.txt": site.respond(200, b"User-agent: *\nDisallow: /no"),
        "/500": site.respond(500),
        "/feed": site.respond(200, b"<rss version='2.0'><channel><item><link>/1</link></item></channel></rss>"),
    }
    end = await fetch_once(site.url(path), settings.model_copy(update={"delay_s": 0}), client)

    assert isinstance(end, Refusal)
    assert end.reason == reason
    assert end.detail
    assert end.is_dead_letter == (reason == "FETCH_FAILED")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "INVALID_URL"),
        ("nonsense", "INVALID_URL"),
        ("ftp://a.example/", "UNSUPPORTED_SCHEME"),
        ("http://192.168.0.1/", "ADDRESS_REFUSED"),
        ("http://127.1/", "ADDRESS_REFUSED"),
        ("http://0xA9FEA9FE/latest/meta-data", "ADDRESS_REFUSED"),
        ("http://user@0177.0.0.1\\@a.example/", "ADDRESS_REFUSED"),
        ("http://[::ffff:7f00:1]/", "ADDRESS_REFUSED"),
        ("http://localhost/", "ADDRESS_REFUSED"),
        ("http://a.example:22/", "PORT_REFUSED"),
    ],
)
async def test_what_is_not_asked_for_explains_itself(url: str, reason: str) -> None:
    """
    With ordinary settings.
    """
    settings = FetcherSettings(delay_s=0)
    client = Client(settings)
    end = await fetch_once(url, settings, client)
    await client.close()

    assert isinstance(end, Refusal)
    assert end.reason == reason


async def test_a_host_that_wants_a_long_pause_gets_it(site: Any, settings: FetcherSettings, client: Client) -> None:
    """
    Nobody waits an hour at a prompt.
    """
    site.scripts["/robots.txt"] = site.respond(503, retry_after="3600")
    end = await fetch_once(site.url("/a"), settings, client)

    assert isinstance(end, Refusal)
    assert end.reason == "TRY_LATER"
