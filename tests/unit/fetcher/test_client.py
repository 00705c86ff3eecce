"""
The client against servers that behave and servers that do not.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from schemas.parts import Origin
from services.fetcher.answers import Answer, Failure, Fetch, Oversized, Redirected
from services.fetcher.client import MAX_ADDRESSES, AddressRefusedError, Client, Resolver, make_socket
from services.fetcher.settings import FetcherSettings
from services.fetcher.urls import normalise
from services.runtime.stage import RecordFacts

FACTS = RecordFacts(Origin(topic="t", partition=0, offset=0), "e", None)


async def ask(client: Client, url: str, kind: Any = "page", **fields: Any) -> Any:
    return (await client.fetch(Fetch(url, FACTS, kind, **fields))).result


async def test_an_answer_is_returned_whole(client: Client, site: Any) -> None:
    """
    Headers by lower-case name, several of one name joined.
    """
    site.scripts["/a"] = b"HTTP/1.1 200 OK\r\nX-One: 1\r\nContent-Length: 2\r\nx-one: 2\r\nConnection: close\r\n\r\nHi"
    answer = await ask(client, site.url("/a"))

    assert isinstance(answer, Answer)
    assert (answer.status, answer.body, answer.url) == (200, b"Hi", site.url("/a"))
    assert answer.headers["x-one"] == "1, 2"


async def test_we_say_who_we_are_and_carry_no_cookies(client: Client, site: Any, settings: Any) -> None:
    """
    Nothing is remembered from one request to the next.
    """
    site.scripts["/a"] = site.respond(200, b"Hi", set_cookie="id=1; Path=/")
    await ask(client, site.url("/a"))
    await ask(client, site.url("/a"))
    headers = site.requests[-1][1]

    assert headers["user-agent"] == settings.user_agent.lower()
    assert headers["accept-encoding"] == "gzip, deflate, br, zstd"
    assert "cookie" not in headers


async def test_proxies_and_credentials_of_the_environment_are_ignored(
    client: Client, site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    An environment variable must not send us anywhere.
    """
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    site.scripts["/a"] = site.respond(200, b"Hi")

    assert (await ask(client, site.url("/a"))).body == b"Hi"


async def test_an_endless_body_is_left_at_the_limit(client: Client, site: Any) -> None:
    """
    No matter that no length was declared.
    """

    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            writer.write(b"x" * 10_000)
            await writer.drain()

    site.scripts["/a"] = endless
    result = await ask(client, site.url("/a"))

    assert isinstance(result, Oversized)
    assert (result.body.read_bytes, result.body.declared_bytes) == (100_001, None)


async def test_a_drip_ends_with_the_total_time(client: Client, site: Any) -> None:
    """
    Each byte comes in time, the whole does not.
    """

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    site.scripts["/a"] = drip
    result = await ask(client, site.url("/a"))

    assert isinstance(result, Failure)
    assert (result.reason, result.is_final) == ("TIMED_OUT", False)


async def test_silence_ends_with_the_idle_time(client: Client, site: Any) -> None:
    """
    Before the headers, too.
    """

    async def silent(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.5)

    site.scripts["/a"] = silent

    assert (await ask(client, site.url("/a"))).reason == "TIMED_OUT"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "DISCONNECTED"),
        (b"nonsense\r\n\r\n", "PROTOCOL_ERROR"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHi", "PROTOCOL_ERROR"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\nHi", "UNREADABLE_BODY"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", "PROTOCOL_ERROR"),
    ],
)
async def test_broken_answers_have_a_reason(client: Client, site: Any, raw: bytes, reason: str) -> None:
    """
    They are failures, not exceptions.
    """
    site.scripts["/a"] = raw
    result = await ask(client, site.url("/a"))

    assert isinstance(result, Failure)
    assert result.reason == reason


async def test_a_port_where_nobody_listens_is_a_failure(client: Client, site: Any) -> None:
    """
    It may be there again later.
    """
    result = await ask(client, site.url("/a", "127.0.0.3"))

    assert (result.reason, result.is_final) == ("CONNECTION_FAILED", False)


async def test_a_name_that_does_not_resolve_is_a_failure(client: Client, site: Any) -> None:
    """
    The DNS may know it later.
    """
    result = await ask(client, site.url("/a", "nowhere.invalid"))

    assert (result.reason, result.is_final) == ("DNS_FAILED", False)


async def test_tls_that_fails_has_its_own_reason(client: Client, site: Any) -> None:
    """
    Here the server speaks no TLS at all.
    """

    async def plain(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.3", site.port)
    result = await ask(client, f"https://127.0.0.3:{site.port}/a")
    server.close()

    assert (result.reason, result.is_final) == ("TLS_FAILED", False)


async def test_redirects_on_the_host_keep_the_pause(client: Client, site: Any) -> None:
    """
    The first hop alone is conditional.
    """
    paused: list[float] = []

    async def note(seconds: float) -> None:
        paused.append(seconds)

    client.pause = note  # type: ignore[method-assign]
    site.scripts["/a"] = site.respond(302, location="/b")
    site.scripts["/b"] = site.respond(200, b"Hi")
    answer = await ask(client, site.url("/a"), delay_s=2.5, etag='"e"')

    assert (answer.url, answer.chain) == (site.url("/b"), (site.url("/a"),))
    assert paused == [2.5]
    assert ["if-none-match" in headers for _, headers in site.requests] == [True, False]


async def test_a_redirect_elsewhere_is_told_and_not_followed(client: Client, site: Any) -> None:
    """
    Nothing is sent there.
    """
    site.scripts["/a"] = site.respond(302, location=site.url("/b", "127.0.0.2"))
    result = await ask(client, site.url("/a"))

    assert isinstance(result, Redirected)
    assert site.paths == ["/a"]


async def test_a_robots_txt_is_followed_on_its_host_and_cut(client: Client, site: Any) -> None:
    """
    What is beyond 500 KiB is not read.
    """
    site.scripts["/robots.txt"] = site.respond(301, location="/rules")
    site.scripts["/rules"] = site.respond(200, b"#" * 600_000)
    result = await ask(client, site.url("/robots.txt"), kind="robots")

    assert isinstance(result, Oversized)
    assert len(result.body.head) == 500 * 1024


async def test_the_body_of_an_error_is_not_read(client: Client, site: Any) -> None:
    """
    However long it is, and whatever it is encoded with.
    """
    site.scripts["/a"] = site.respond(404, b"x" * 300_000, content_encoding="br")
    answer = await ask(client, site.url("/a"))

    assert (answer.status, answer.body) == (404, b"")


async def test_hops_share_one_time_limit(client: Client, site: Any) -> None:
    """
    A host cannot hold a request by sending it round slowly.
    """

    def slow(to: str) -> Any:
        async def script(writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(0.2)
            writer.write(site.respond(302, location=to))

        return script

    for number in range(9):
        site.scripts[f"/{number}"] = slow(f"/{number + 1}")
    result = await ask(client, site.url("/0"))

    assert result.reason == "TIMED_OUT"
    assert len(site.paths) <= 4


class Dialled:
    """
    Counts who connects to a server that nobody may reach.
    """

    def __init__(self) -> None:
        self.count = 0
        self.port = 0

    async def handle(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.count += 1
        writer.close()


@pytest.fixture
async def private() -> AsyncIterator[Dialled]:
    """
    A server on loopback, which the client under test may not dial.
    """
    dialled = Dialled()
    server = await asyncio.start_server(dialled.handle, "127.0.0.1", 0)
    dialled.port = server.sockets[0].getsockname()[1]
    yield dialled
    server.close()
    await asyncio.sleep(0)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::ffff:127.0.0.1]", "0"]
)
async def test_no_spelling_of_a_private_address_is_dialled(private: Dialled, host: str) -> None:
    """
    Not as it is written, not in its normal form, not by a name that resolves to it.
    """
    client = Client(FetcherSettings(allowed_ports=(private.port,)))
    result = await ask(client, f"http://{host}:{private.port}/")
    await client.close()

    assert result.reason in {"ADDRESS_REFUSED", "INVALID_URL"}
    assert result.is_final
    assert private.count == 0


async def test_a_redirect_to_a_private_address_is_not_dialled(site: Any, private: Dialled) -> None:
    """
    Every hop is checked; here by a robots.txt, which may be redirected anywhere.
    """
    settings = FetcherSettings(allowed_ports=(site.port, private.port), allowed_networks=("127.0.0.2/32",))
    client = Client(settings)
    site.scripts["/robots.txt"] = site.respond(301, location=f"http://127.0.0.1:{private.port}/")
    redirected = await ask(client, site.url("/robots.txt", "127.0.0.2"), kind="robots")
    result = await ask(client, site.url("/robots.txt", "127.0.0.2"), kind="robots", at=redirected.location)
    await client.close()

    assert result.reason == "ADDRESS_REFUSED"
    assert private.count == 0


async def test_a_port_that_is_not_listed_is_not_dialled(private: Dialled) -> None:
    """
    Even at an address that may be.
    """
    client = Client(FetcherSettings(allowed_networks=("127.0.0.0/8",)))
    result = await ask(client, f"http://127.0.0.1:{private.port}/")
    await client.close()

    assert (result.reason, result.is_final) == ("PORT_REFUSED", True)
    assert private.count == 0


def found(*addresses: str) -> list[Any]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in addresses]


async def test_of_many_addresses_few_are_tried_and_those_first_that_may_be() -> None:
    """
    A name cannot make a storm of connections, nor hide its public address behind private ones.
    """
    addresses = [*(f"10.0.0.{number}" for number in range(50)), "192.0.2.1", "93.184.215.14"]
    resolver = Resolver(lambda *_, **__: found(*addresses), 1.0, ())
    results = await resolver.resolve("a.example", 80)
    await resolver.close()

    assert len(results) == MAX_ADDRESSES
    assert [result["host"] for result in results][:2] == ["93.184.215.14", "10.0.0.0"]


async def test_names_that_nobody_answers_for_keep_no_other_waiting() -> None:
    """
    However many they are; and they fail in time.
    """
    answered = threading.Event()

    def lookup(host: str, *_: Any, **__: Any) -> list[Any]:
        if host != "b.example":
            answered.wait(5)
        return found("93.184.215.14")

    resolver = Resolver(lookup, 0.3, ())
    mute = [asyncio.create_task(resolver.resolve(f"{number}.a.example", 80)) for number in range(100)]
    await asyncio.sleep(0)
    results = await resolver.resolve("b.example", 80)
    failures = await asyncio.gather(*mute, return_exceptions=True)
    answered.set()
    await resolver.close()

    assert results[0]["host"] == "93.184.215.14"
    assert {type(failure) for failure in failures} == {socket.gaierror}


async def test_a_host_that_browsers_know_is_asked(site: Any, settings: Any) -> None:
    """
    Whatever other readers of URLs make of it.
    """
    client = Client(settings, lookup=lambda *_, **__: found("127.0.0.1"))
    site.scripts["/a"] = site.respond(200, b"Hi")
    answers = [await ask(client, site.url("/a", host)) for host in ("xn--n3h.example", "a_b.example")]
    await client.close()

    assert [answer.body for answer in answers] == [b"Hi", b"Hi"]
    assert site.requests[0][1]["host"] == f"xn--n3h.example:{site.port}"


@pytest.mark.parametrize(
    "path",
    [
        "/a%2Cb/%7Ec",
        "/a,b;c='d'?x=%2C&y=a+b%20c&z=%3D%26",
        "/%E4%B8%AD/%C3%BC?q=%22",
        "/a//b/?",
        "/%2e%2F?a[]=1&b={}|^`",
    ],
)
async def test_a_url_is_sent_as_it_is_normalised(client: Client, site: Any, path: str) -> None:
    """
    Neither an escape is undone on the way, nor one put in: what is asked for is what is remembered.
    """
    url = normalise(site.url(path))
    wanted = url.removeprefix(site.url(""))
    site.scripts[wanted] = site.respond(200, b"Hi")
    answer = await ask(client, url)

    assert site.paths == [wanted]
    assert (answer.url, answer.body) == (url, b"Hi")


async def test_a_wall_that_sets_a_cookie_is_passed_and_forgotten(client: Client, site: Any) -> None:
    """
    Each request comes to it anew.
    """
    site.scripts["/a"] = site.respond(302, location="/b", set_cookie="seen=1; Path=/")
    site.scripts["/b"] = site.respond(200, b"Hi")
    await ask(client, site.url("/a"))
    await ask(client, site.url("/a"))

    assert [headers.get("cookie") for _, headers in site.requests] == [None, "seen=1"] * 2


def test_the_address_is_judged_where_the_socket_is_made() -> None:
    """
    So that no answer of the DNS can change between the check and the connection.
    """
    target = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 80))

    with pytest.raises(AddressRefusedError):
        make_socket(target, ())
