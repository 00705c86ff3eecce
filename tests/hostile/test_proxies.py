"""
Through a proxy: what it is told, and who judges the addresses.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import pytest
from pydantic import ValidationError

from schemas.parts import Origin
from services.fetcher.answers import Answer, Fetch
from services.fetcher.client import Client
from services.fetcher.settings import FetcherSettings
from services.runtime.stage import RecordFacts
from tests.hostile.case import PAGE
from tests.hostile.names import Names, naming, to
from tests.hostile.running import watching
from tests.hostile.server import PUBLIC, PUBLIC_NETWORK, TRAP, Web, answer, served
from tests.hostile.tls import AUTHORITY

FACTS = RecordFacts(Origin(topic="t", partition=0, offset=0), "e", None)


@dataclass
class Proxy:
    """
    Forwards everything to the web of the tests, and remembers what it was told.
    """

    web: Web
    names: Names
    port: int = 0
    told: list[str] = field(default_factory=list)
    refusal: bytes = b""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._answer(reader, writer)
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, _ = head.split(b"\r\n")[0].decode().split()
        self.told.append(f"{method} {target}")
        if self.refusal:
            writer.write(self.refusal)
        else:
            await self._forward(method, head, reader, writer)

    async def _forward(
        self, method: str, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        is_tunnel = method == "CONNECT"
        there, back = await asyncio.open_connection(PUBLIC, self.web.tls_port if is_tunnel else self.web.port)
        if is_tunnel:
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        else:
            path = b"/" + head.split(b" ", 2)[1].split(b"/", 3)[3]
            back.write(b" ".join((b"GET", path, head.split(b" ", 2)[2])))
        await asyncio.gather(_pump(reader, back), _pump(there, writer))

    async def ask(self, url: str, **fields: Any) -> Any:
        """
        What a client comes back with that has to go through this proxy.
        """
        settings = FetcherSettings(
            proxy=f"http://127.0.0.1:{self.port}",
            allowed_networks=(PUBLIC_NETWORK,),
            allowed_ports=(self.web.port, self.web.tls_port),
            **fields,
        )
        client = Client(settings, lookup=self.names.lookup)
        result = (await client.fetch(Fetch(url, FACTS, "page"))).result
        await client.close()
        return result


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(65536):
        writer.write(chunk)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def proxying() -> AsyncIterator[Proxy]:
    async with served() as web, naming(to(PUBLIC)) as names:
        proxy = Proxy(web, names)
        server = await asyncio.start_server(proxy.handle, "127.0.0.1", 0)
        proxy.port = server.sockets[0].getsockname()[1]
        yield proxy
        server.close()


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    """
    A proxy before a web of two sites, one of them with TLS; its own address is a private one.
    """
    with mock.patch("certifi.where", return_value=str(AUTHORITY)):
        async with proxying() as proxy:
            for host in ("www.hostile.test", "good.tls.test", "wrong-name.tls.test"):
                proxy.web.sites[host] = {"/a": PAGE}
            proxy.names.table["inside.hostile.test"] = to(TRAP)
            yield proxy


async def test_a_proxy_is_told_the_address_that_was_judged(proxy: Proxy) -> None:
    """
    So that it cannot resolve the name to another one. The site still hears its name.
    """
    answer = await proxy.ask(proxy.web.url("www.hostile.test", "/a"))

    assert isinstance(answer, Answer)
    assert answer.status == 200
    assert answer.url == proxy.web.url("www.hostile.test", "/a")
    assert proxy.told == [f"GET http://{PUBLIC}:{proxy.web.port}/a"]


async def test_a_tunnel_leads_to_the_address_and_the_certificate_is_of_the_name(proxy: Proxy) -> None:
    """
    TLS is with the site, not with the proxy.
    """
    answer = await proxy.ask(proxy.web.url("good.tls.test", "/a", "https"))

    assert isinstance(answer, Answer)
    assert answer.status == 200
    assert proxy.told == [f"CONNECT {PUBLIC}:{proxy.web.tls_port}"]


async def test_a_tunnel_to_a_site_of_another_name_fails(proxy: Proxy) -> None:
    """
    A proxy that leads elsewhere is found out.
    """
    result = await proxy.ask(proxy.web.url("wrong-name.tls.test", "/a", "https"))

    assert result.reason == "TLS_FAILED"


@pytest.mark.parametrize("host", ["inside.hostile.test", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254"])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_hears_nothing_of_private_addresses(proxy: Proxy, host: str, scheme: str) -> None:
    """
    Whether written or resolved to.
    """
    result = await proxy.ask(proxy.web.url(host, "/a", scheme))

    assert (result.reason, result.is_final) == ("ADDRESS_REFUSED", True)
    assert proxy.told == []


async def test_a_name_that_is_not_known_is_not_told_either(proxy: Proxy) -> None:
    """
    The DNS is asked here.
    """
    proxy.names.table["nowhere.hostile.test"] = to()
    result = await proxy.ask(proxy.web.url("nowhere.hostile.test", "/a"))

    assert (result.reason, result.is_final) == ("DNS_FAILED", False)
    assert proxy.told == []


async def test_a_proxy_that_guards_is_told_names(proxy: Proxy) -> None:
    """
    Nothing is resolved here then: keeping private networks out is its duty.
    """
    answer = await proxy.ask(proxy.web.url("www.hostile.test", "/a"), proxy_guards=True)

    assert answer.status == 200
    assert proxy.told == [f"GET {proxy.web.url('www.hostile.test', '/a')}"]
    assert proxy.names.asked == {}


async def test_cookies_within_a_request_are_those_of_the_name(proxy: Proxy) -> None:
    """
    Not those of the address that the proxy is told.
    """
    proxy.web.sites["www.hostile.test"] = {
        "/a": answer(302, location="/b", set_cookie="seen=1; Path=/"),
        "/b": PAGE,
    }
    await proxy.ask(proxy.web.url("www.hostile.test", "/a"), delay_s=0)

    assert [headers.get("cookie") for headers in proxy.web.headers["www.hostile.test"]] == [None, "seen=1"]


async def test_nothing_but_the_proxy_is_dialled(proxy: Proxy) -> None:
    """
    Its address was given by the operator, and may be private.
    """
    with watching() as dialled:
        await proxy.ask(proxy.web.url("www.hostile.test", "/a"))
        of_client = {at for at in dialled if at not in {(PUBLIC, proxy.web.port), ("127.0.0.1", proxy.names.port)}}

    assert of_client == {("127.0.0.1", proxy.port)}


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_is_away_is_no_fault_of_the_site(proxy: Proxy, scheme: str) -> None:
    """
    It is tried again.
    """
    proxy.port = proxy.web.port + 1 if proxy.web.port + 1 != proxy.web.tls_port else 1
    result = await proxy.ask(proxy.web.url("good.tls.test", "/a", scheme))

    assert (result.reason, result.is_final) == ("PROXY_FAILED", False)


async def test_a_proxy_that_refuses_a_tunnel_is_told_so(proxy: Proxy) -> None:
    """
    By the status that it gave.
    """
    proxy.refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    result = await proxy.ask(proxy.web.url("good.tls.test", "/a", "https"))

    assert (result.reason, result.is_final) == ("PROXY_FAILED", False)
    assert "407" in result.detail


@pytest.mark.parametrize("url", ["http://user:word@proxy:3128", "socks5://proxy:1080", "proxy:3128", "http://proxy"])
def test_a_proxy_is_named_by_host_and_port(url: str) -> None:
    """
    A password would stand in the environment for all to read; other kinds of proxies are not spoken to.
    """
    with pytest.raises(ValidationError, match="proxy"):
        FetcherSettings(proxy=url)
