"""
Where a redirect leads.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.parts import Origin
from services.fetcher.answers import Failure, Fetch, Redirected
from services.fetcher.redirects import Hop, next_url, port_failure
from services.fetcher.settings import FetcherSettings
from services.runtime.stage import RecordFacts

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
URL = "https://a.example/1"
FACTS = RecordFacts(Origin(topic="t", partition=0, offset=0), "e", None)
SETTINGS = FetcherSettings(max_redirects=3)


def go(location: str | None, *, status: int = 302, asked: tuple[str, ...] = (URL,), **fields: Any) -> Any:
    fetch = Fetch(URL, FACTS, fields.pop("kind", "page"), **fields)
    headers = {} if location is None else {"location": location}
    return next_url(fetch, Hop(asked, status, headers, NOW), SETTINGS)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_on_the_same_origin_is_followed(status: int) -> None:
    """
    To its normal URL.
    """
    assert go("/2?utm_source=x#top", status=status) == "https://a.example/2"


@pytest.mark.parametrize(("status", "location"), [(200, "/2"), (302, None), (304, "/2"), (300, "/2")])
def test_what_is_no_redirect_is_read(status: int, location: str | None) -> None:
    """
    A status and a Location make one.
    """
    assert go(location, status=status) is None


@pytest.mark.parametrize("location", ["https://b.example/2", "http://a.example/2", "https://a.example:8443/2"])
def test_another_origin_gets_a_request_of_its_own(location: str) -> None:
    """
    Its rules, its partition and its pause are its own. The chain goes with it.
    """
    step = go(location, asked=("https://a.example/0", URL), chain=("https://z.example/",))

    assert isinstance(step, Redirected)
    assert step.location == location
    assert step.chain == ("https://z.example/", "https://a.example/0", URL)


def test_the_same_url_is_asked_again_where_a_cookie_was_set() -> None:
    """
    A wall lets in who shows the cookie that it gave; without one it is a loop.
    """
    marked = Hop((URL,), 302, {"location": URL}, NOW, is_marked=True)

    assert next_url(Fetch(URL, FACTS, "page"), marked, SETTINGS) == URL
    assert go(URL).reason == "REDIRECT_LOOP"


def test_a_host_that_wants_a_long_pause_gets_it() -> None:
    """
    No request is held open for it.
    """
    assert isinstance(go("/2", delay_s=60), Redirected)


def test_a_redirect_into_the_disallowed_is_not_followed() -> None:
    """
    The action carries the host's rules.
    """
    step = go("/private/2", robots="User-agent: *\nDisallow: /private")

    assert isinstance(step, Failure)
    assert step.reason == "ROBOTS_DISALLOWED"


@pytest.mark.parametrize(
    ("location", "fields", "reason"),
    [
        (URL, {}, "REDIRECT_LOOP"),
        ("https://z.example/", {"chain": ("https://z.example/",)}, "REDIRECT_LOOP"),
        (
            "/9",
            {"asked": (URL, "https://a.example/2", "https://a.example/3", "https://a.example/4")},
            "TOO_MANY_REDIRECTS",
        ),
        ("ftp://a.example/", {}, "INVALID_LOCATION"),
        ("http://", {}, "INVALID_LOCATION"),
    ],
)
def test_redirects_that_lead_nowhere_fail_for_good(location: str, fields: dict[str, Any], reason: str) -> None:
    """
    Loops are seen across hosts.
    """
    step = go(location, **fields)

    assert isinstance(step, Failure)
    assert (step.reason, step.is_final) == (reason, True)


def test_a_robots_txt_may_lead_to_another_host() -> None:
    """
    RFC 9309, 2.3.1.2; five times at most, and at that host's own time.
    """
    asked = tuple(f"https://a.example/{n}" for n in range(5))
    elsewhere = go("https://b.example/robots.txt", kind="robots", asked=asked)

    assert isinstance(elsewhere, Redirected)
    assert (elsewhere.location, elsewhere.chain) == ("https://b.example/robots.txt", asked)
    assert go("http://a.example/rules", kind="robots", asked=asked) == "http://a.example/rules"
    assert go("https://b.example/robots.txt", kind="robots", asked=(*asked, URL)).reason == "TOO_MANY_REDIRECTS"


def test_only_listed_ports_are_dialled() -> None:
    """
    The port that the scheme implies counts.
    """
    assert port_failure("https://a.example/", (), SETTINGS) is None
    assert port_failure("http://a.example:22/", (), SETTINGS) is not None
