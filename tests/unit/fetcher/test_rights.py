"""
What publishers reserve: how it is seen, told, and respected.
"""

from __future__ import annotations

from typing import Any

import pytest

from schemas.parts import Rights
from schemas.state import TdmRule
from services.fetcher.answers import Fetch, Refuse
from services.fetcher.client import Client
from services.fetcher.head import read_head
from services.fetcher.rights import MAX_FILE_BYTES, read_rules, reserved, rule_for, seen, with_rule
from services.fetcher.settings import FetcherSettings
from services.fetcher.topology import fetcher_topology
from services.runtime.testing import TopologyDriver
from tests.unit.fetcher.conftest import START, World
from tests.unit.fetcher.test_frontier import Bench, after, entry, rules

US = "news-ingest"
FILE = b'[{"location": "/paid/*", "tdm-reservation": 1, "tdm-policy": "https://a.example/p"}]'


def page(*metas: tuple[str, str]) -> bytes:
    head = "".join(f'<meta name="{name}" content="{content}">' for name, content in metas)
    return f"<!doctype html><html><head><title>T</title>{head}</head><body>The dam held.</body></html>".encode()


def look(headers: dict[str, str], *metas: tuple[str, str]) -> Rights | None:
    return seen(headers, read_head(page(*metas)), US)


@pytest.fixture
def policy(request: Any) -> str:
    return str(request.param)


@pytest.fixture
def ruled(site: Any, settings: FetcherSettings, client: Client, policy: str) -> World:
    """
    The fetcher under a policy.
    """
    own = settings.model_copy(update={"reserved_pages": policy})
    driver = TopologyDriver(fetcher_topology(own, client), now=START)
    client.now = lambda: driver.now
    return World(site, driver)


@pytest.mark.parametrize(
    ("headers", "metas", "found"),
    [
        ({}, [("robots", "NoAI, noimageai")], ["noai"]),
        ({}, [("news-ingest", "noai")], ["noai"]),
        ({}, [("otherbot", "noai")], []),
        ({"x-robots-tag": "noindex, noai"}, [], ["noai"]),
        ({"x-robots-tag": "news-ingest: noai"}, [], ["noai"]),
        ({"x-robots-tag": "otherbot: noai"}, [], []),
        ({"x-robots-tag": "max-snippet: 20, noimageai"}, [("robots", "max-image-preview:large")], []),
        ({"tdm-reservation": "1"}, [], ["tdm"]),
        ({"tdm-reservation": "0"}, [], []),
        ({"tdm-reservation": "yes"}, [], []),
        ({}, [("TDM-Reservation", " 1 ")], ["tdm"]),
        ({"tdm-reservation": "1"}, [("tdm-reservation", "0")], []),
        ({"tdm-reservation": "1", "x-robots-tag": "noai"}, [], ["noai", "tdm"]),
        ({}, [], []),
    ],
)
def test_what_counts_as_a_reservation(headers: Any, metas: Any, found: list[str]) -> None:
    """
    What is said to everybody or to us; the page's own word on data mining before the header's.
    """
    assert reserved(look(headers, *metas), US) == found


def test_what_is_stated_is_told_as_it_is_stated() -> None:
    """
    Also what reserves nothing, and what is for others.
    """
    found = look(
        {"x-robots-tag": "otherbot: noai,  NOARCHIVE", "tdm-reservation": "1", "tdm-policy": "https://a.example/p"},
        ("robots", "index,noarchive"),
    )

    assert found == Rights(
        robots=["otherbot: noai", "noarchive", "index"],
        tdm_reservation=True,
        tdm_policy="https://a.example/p",
        tdm_source="header",
    )


def test_a_page_that_states_nothing_has_no_rights() -> None:
    """
    Rather than empty ones.
    """
    assert look({"server": "x"}, ("viewport", "width=device-width")) is None


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"{}", b"null", b"[1, []]", b'[{"location": 1, "tdm-reservation": 1}]', b"[" * 100_000,
     b'[{"location": "/", "tdm-reservation": "1"}]', b" " * MAX_FILE_BYTES + FILE],
)  # fmt: skip
def test_a_file_that_is_none_reserves_nothing(body: bytes) -> None:
    """
    A page in its place, another document, one that is too large.
    """
    assert read_rules(body) == ()


def test_the_longest_location_counts() -> None:
    """
    As in robots.txt, with its wildcards.
    """
    found = [
        TdmRule(location="/", is_reserved=True),
        TdmRule(location="/free/", is_reserved=False),
        TdmRule(location="/*.pdf$", is_reserved=False),
    ]

    assert rule_for(found, "https://a.example/x") == found[0]
    assert rule_for(found, "https://a.example/free/x") == found[1]
    assert rule_for(found, "https://a.example/x.pdf") == found[2]
    assert rule_for(found[1:], "https://a.example/x") is None


def test_the_file_counts_where_nothing_nearer_does() -> None:
    """
    A page may take back what its host reserves.
    """
    rule = TdmRule(location="/", is_reserved=True)

    assert reserved(with_rule(None, rule), US) == ["tdm"]
    assert reserved(with_rule(look({"tdm-reservation": "0"}), rule), US) == []
    assert with_rule(None, None) is None


def test_the_file_is_asked_for_once_and_after_the_rules() -> None:
    """
    Before the host's first page, with the host's pause; not for lists, and not where robots.txt forbids it.
    """
    bench = Bench(reserved_pages="mark", handover_s=0, delay_s=2)
    bench.put(rules("https://a.example"), entry("https://a.example/1"))
    bench.put(rules("https://b.example", "User-agent: *\nDisallow: /.well-known/"), entry("https://b.example/1"))
    bench.put(rules("https://c.example"), entry("https://c.example/f", kind="feed"))
    asked = bench.due(0)
    [file] = [action for action in asked if isinstance(action, Fetch) and action.kind == "rights"]
    bench.frontier.ended(file, after(1))
    bench.put(entry(file.subject, kind="rights", state="done", due_at=after(86400)))

    assert sorted(action.subject for action in asked) == [
        "https://a.example/.well-known/tdmrep.json", "https://b.example/1", "https://c.example/f",
    ]  # fmt: skip
    assert bench.subjects(2.9) == []
    assert bench.subjects(3) == ["https://a.example/1"]


def test_a_page_that_the_file_reserves_is_left_without_asking() -> None:
    """
    Where the policy is to leave it; else it is fetched.
    """
    file = entry("https://a.example/.well-known/tdmrep.json", kind="rights", state="done", due_at=after(86400))
    file = file.model_copy(update={"tdm_rules": list(read_rules(FILE))})
    ends = []
    for policy in ("leave", "mark"):
        bench = Bench(reserved_pages=policy, handover_s=0)
        bench.put(rules("https://a.example"), file, entry("https://a.example/paid/1"))
        ends += bench.due(0)

    assert [type(end) for end in ends] == [Refuse, Fetch]
    assert ends[0].reason == "RESERVED"


@pytest.mark.parametrize("policy", ["mark"], indirect=True)
async def test_what_is_reserved_is_marked(ruled: World, site: Any) -> None:
    """
    By the file, by the page, by the header: fetched, told and marked; the file is asked for once.
    """
    site.scripts["/.well-known/tdmrep.json"] = site.respond(200, FILE)
    site.scripts["/paid/1"] = site.respond(200, page(), content_type="text/html")
    site.scripts["/2"] = site.respond(200, page(("robots", "noai")), content_type="text/html")
    site.scripts["/3"] = site.respond(200, page(), content_type="text/html")
    for path in ("/paid/1", "/2", "/3"):
        ruled.request(site.url(path))
    await ruled.run(10)
    opted, free, paid = (event.meta for event in ruled.pages)
    by_file = (paid.reserved, paid.rights.tdm_source, paid.rights.tdm_policy)

    assert site.paths == ["/robots.txt", "/.well-known/tdmrep.json", "/2", "/3", "/paid/1"]
    assert (opted.reserved, opted.rights.robots) == (["noai"], ["noai"])
    assert (free.reserved, free.rights) == (None, None)
    assert by_file == (["tdm"], "file", "https://a.example/p")


@pytest.mark.parametrize("policy", ["leave"], indirect=True)
async def test_what_is_reserved_is_left(ruled: World, site: Any) -> None:
    """
    Not asked for where the file says so; dropped with its reason where only the answer does.
    """
    site.scripts["/.well-known/tdmrep.json"] = site.respond(200, FILE)
    site.scripts["/2"] = site.respond(200, page(), content_type="text/html", x_robots_tag="noai")
    ruled.request(site.url("/paid/1"))
    ruled.request(site.url("/2"))
    ends = await ruled.run(10)

    assert [end.reason for end in ends] == ["ROBOTS_READ", "RESERVATIONS_READ", "RESERVED", "RESERVED"]
    assert "/paid/1" not in site.paths
    assert ruled.pages == []
    assert ruled.entry(site.url("/2")).state == "refused"


@pytest.mark.parametrize("policy", ["fetch"], indirect=True)
async def test_what_is_reserved_is_only_told(ruled: World, site: Any) -> None:
    """
    Seen on the way; the file is not asked for, and nothing is marked.
    """
    site.scripts["/2"] = site.respond(200, page(("robots", "noai")), content_type="text/html", tdm_reservation="1")
    ruled.request(site.url("/2"))
    await ruled.run(10)
    [event] = ruled.pages

    assert site.paths == ["/robots.txt", "/2"]
    assert (event.meta.rights.robots, event.meta.rights.tdm_reservation) == (["noai"], True)
    assert event.meta.reserved is None


@pytest.mark.parametrize("policy", ["mark"], indirect=True)
async def test_a_host_that_answers_429_for_its_file_is_left_alone(ruled: World, site: Any) -> None:
    """
    For as long as its Retry-After says, as with any other answer.
    """
    site.scripts["/.well-known/tdmrep.json"] = site.respond(429, retry_after="50")
    site.scripts["/1"] = site.respond(200, page(), content_type="text/html")
    ruled.request(site.url("/1"))
    await ruled.run(40)
    early = list(site.paths)
    await ruled.run(20)

    assert "/1" not in early
    assert site.paths[-1] == "/1"


@pytest.mark.parametrize("policy", ["mark"], indirect=True)
async def test_a_file_that_cannot_be_had_holds_nothing_up(ruled: World, site: Any) -> None:
    """
    It is asked for again after an hour.
    """
    site.scripts["/.well-known/tdmrep.json"] = site.respond(503)
    site.scripts["/1"] = site.scripts["/2"] = site.respond(200, page(), content_type="text/html")
    ruled.request(site.url("/1"))
    await ruled.run(10)
    site.scripts["/.well-known/tdmrep.json"] = site.respond(200, FILE, etag='"1"')
    await ruled.run(2 * 3600, step_s=600)
    ruled.request(site.url("/2"))
    await ruled.run(10)
    entry = ruled.entry(site.url("/.well-known/tdmrep.json"))

    assert len(ruled.pages) == 2
    assert site.paths.count("/.well-known/tdmrep.json") == 2
    assert (len(entry.tdm_rules), entry.etag) == (1, '"1"')


@pytest.mark.parametrize("policy", ["mark"], indirect=True)
async def test_a_known_file_is_renewed_conditionally(ruled: World, site: Any) -> None:
    """
    Its rules stay when it has not changed.
    """
    site.scripts["/.well-known/tdmrep.json"] = site.respond(200, FILE, etag='"1"')
    site.scripts["/paid/1"] = site.scripts["/paid/2"] = site.respond(200, page(), content_type="text/html")
    ruled.request(site.url("/paid/1"))
    await ruled.run(10)
    site.scripts["/.well-known/tdmrep.json"] = site.respond(304)
    await ruled.run(2 * 86400, step_s=3600)
    ruled.request(site.url("/paid/2"))
    await ruled.run(10)

    assert [h.get("if-none-match") for path, h in site.requests if "tdmrep" in path] == [None, '"1"']
    assert [event.meta.reserved for event in ruled.pages] == [["tdm"], ["tdm"]]
