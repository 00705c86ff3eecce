"""
The only part of the fetcher that does I/O: it sends what it is told, within limits, to addresses that may be dialled.

The address is judged when its socket is made, for each attempt to connect, so that it is the very address that is
dialled: literals, every answer of the DNS, every hop.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from errno import EACCES
from functools import partial
from typing import Any

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from services.fetcher.addresses import Network, may_dial, networks
from services.fetcher.answers import Answer, Failure, Fetch, Oversized, Result
from services.fetcher.bodies import ACCEPT_ENCODING, Body, CutOffBodyError, UnreadableBodyError
from services.fetcher.listings import MAX_LIST_BYTES
from services.fetcher.redirects import MAX_PAUSE_S, Hop, next_url, port_failure
from services.fetcher.responses import Fetched
from services.fetcher.robots import MAX_ROBOTS_BYTES
from services.fetcher.settings import FetcherSettings
from services.fetcher.urls import authority_of, host_of

KEPT_BYTES = 64 * 1024
"""What is kept of a body over the limit, for its dead letter."""

MAX_HEADER_BYTES = 64 * 1024
"""Of one header; publishers' policies and cookies pass the usual 8 KiB."""

ACCEPT = {
    "page": "text/html, application/xhtml+xml, */*;q=0.1",
    "feed": "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1",
    "robots": "text/plain, */*;q=0.1",
    "rights": "application/json, */*;q=0.1",
}

LIMITS = {"robots": MAX_ROBOTS_BYTES, "feed": MAX_LIST_BYTES}
"""What is only read may be larger or smaller than what is published."""

MAX_LOOKUPS = 512
"""Names looked up at once. A look-up that is not answered keeps its thread for as long as the C library waits."""

MAX_ADDRESSES = 8
"""Of one name; the connector tries the rest anew after each that fails, so that hundreds would be thousands."""

Lookup = Callable[..., list[Any]]
"""In the form of `socket.getaddrinfo`, and blocking like it."""


class AddressRefusedError(PermissionError):
    """
    An address that may not be dialled.
    """


class Client:
    """
    An HTTP client without memory: no cookies beyond one request, no proxies but the one that is set, no credentials, no
    redirects of its own, and each URL sent as it stands: it is normalised, and nobody else reads it anew.
    """

    def __init__(
        self,
        settings: FetcherSettings,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        lookup: Lookup = socket.getaddrinfo,
    ) -> None:
        self.now = now
        self._settings = settings
        self._allowed = networks(settings.allowed_networks)
        self._resolver = Resolver(lookup, settings.connect_timeout_s, self._allowed)
        self._proxy = URL(settings.proxy) if settings.proxy else None
        self._opened: aiohttp.ClientSession | None = None

    async def fetch(self, fetch: Fetch) -> Fetched:
        """
        Ask for a URL and follow it as far as one request goes.
        """
        asked: list[str] = []
        try:
            async with asyncio.timeout(self._settings.total_timeout_s) as limit:
                result = await self._follow(fetch, asked, limit)
        except (httpx.InvalidURL, aiohttp.ClientError, UnreadableBodyError, OSError) as error:
            result = _failure(tuple(asked), error)
        return Fetched(fetch, result)

    async def pause(self, seconds: float) -> None:
        """
        Wait.
        """
        await asyncio.sleep(max(0.0, seconds))

    async def close(self) -> None:
        """
        Close every connection.
        """
        if self._opened is not None:
            await self._opened.close()
            self._opened = None
        await self._resolver.close()

    async def _follow(self, fetch: Fetch, asked: list[str], limit: asyncio.Timeout) -> Result:
        """
        Send one hop after the other. Pauses between them are the host's, and do not count against our time.
        """
        step: str | Result = fetch.url
        cookies = Cookies()
        while isinstance(step, str):
            if asked:
                pause_s = min(fetch.delay_s, MAX_PAUSE_S)
                limit.reschedule((limit.when() or 0.0) + pause_s)
                await self.pause(pause_s)
            refused = port_failure(step, tuple(asked), self._settings)
            asked.append(step)
            step = refused or await self._send(fetch, tuple(asked), cookies)
        return step

    async def _send(self, fetch: Fetch, asked: tuple[str, ...], cookies: Cookies) -> str | Result:
        url = asked[-1]
        headers = {"Host": authority_of(url), "Accept": ACCEPT[fetch.kind], **fetch.rules.headers}
        if len(asked) == 1 and fetch.etag:
            headers["If-None-Match"] = fetch.etag
        if len(asked) == 1 and fetch.last_modified:
            headers["If-Modified-Since"] = fetch.last_modified
        headers |= cookies.for_url(url)
        async with await self._get(url, headers) as response:
            at, is_marked = _cut_to_ms(self.now()), cookies.take(url, response)
            hop = Hop(asked, response.status, _headers(response), at, is_marked=is_marked)
            step = next_url(fetch, hop, self._settings)
            return await self._read(fetch, hop, response) if step is None else step

    async def _get(self, url: str, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        """
        Send one request. A proxy is told the address that was judged here, unless it judges itself.

        Raises:
            AddressRefusedError: The host has no address that may be dialled.
        """
        target, name = URL(url, encoded=True), None
        if self._proxy is not None and not self._settings.proxy_guards:
            name = host_of(url)
            target = target.with_host(await self._judged(name))
        return await self._session().get(
            target, headers=headers, allow_redirects=False, proxy=self._proxy, server_hostname=name
        )

    async def _judged(self, host: str) -> str:
        address: str = (await self._resolver.resolve(host))[0]["host"]
        if not may_dial(address, self._allowed):
            raise AddressRefusedError(EACCES, f"{host} has no public address")
        return address

    async def _read(self, fetch: Fetch, hop: Hop, response: aiohttp.ClientResponse) -> Answer | Oversized:
        if not 200 <= hop.status < 300:
            # The body of an error is of no use to anybody.
            return Answer(hop.asked[-1], hop.asked[:-1], hop.status, hop.headers, b"", hop.at)
        body = Body(hop.headers.get("content-encoding"), LIMITS.get(fetch.kind, self._settings.max_body_bytes))
        async for chunk in response.content.iter_any():
            body.feed(chunk)
            if body.is_over:
                break
        if body.is_packed:
            # Megabytes are unpacked here; nobody else waits for them.
            await asyncio.to_thread(body.end)
        else:
            body.end()
        if body.is_over:
            kept_bytes = MAX_ROBOTS_BYTES if fetch.kind == "robots" else KEPT_BYTES
            large = body.too_large(kept_bytes, hop.headers.get("content-length"))
            return Oversized(hop.asked[-1], hop.status, hop.at, large)
        return Answer(hop.asked[-1], hop.asked[:-1], hop.status, hop.headers, body.finish(), hop.at)

    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def _open(self) -> aiohttp.ClientSession:
        settings = self._settings
        # What goes through a proxy dials nothing else.
        guard = None if self._proxy else partial(make_socket, allowed=self._allowed)
        connector = aiohttp.TCPConnector(
            ssl=httpx.create_ssl_context(trust_env=False),
            limit=0,
            resolver=self._resolver,
            socket_factory=guard,
            keepalive_timeout=15,
        )
        timeout = aiohttp.ClientTimeout(
            connect=settings.total_timeout_s,
            sock_connect=settings.connect_timeout_s,
            sock_read=settings.idle_timeout_s,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": settings.user_agent, "Accept-Encoding": ACCEPT_ENCODING},
            timeout=timeout,
            auto_decompress=False,
            trust_env=False,
            max_line_size=MAX_HEADER_BYTES,
            max_field_size=MAX_HEADER_BYTES,
        )


class Cookies:
    """
    The cookies of one request and its redirects, by httpx's rules. Most requests meet none.
    """

    def __init__(self) -> None:
        self._kept: httpx.Cookies | None = None

    def take(self, url: str, response: aiohttp.ClientResponse) -> bool:
        """
        Take those of an answer; say whether there are others now. Those that cannot be said back are left.
        """
        if "Set-Cookie" not in response.headers:
            return False
        kept = self._kept = self._kept or httpx.Cookies()
        before = _named(kept)
        kept.extract_cookies(httpx.Response(200, headers=response.raw_headers, request=httpx.Request("GET", url)))
        for cookie in list(kept.jar):
            if not f"{cookie.name}{cookie.value}".isascii():
                kept.jar.clear(cookie.domain, cookie.path, cookie.name)
        return _named(kept) != before

    def for_url(self, url: str) -> dict[str, str]:
        """
        The header that says them back, if any are for a URL.
        """
        if not self._kept:
            return {}
        request = httpx.Request("GET", url)
        self._kept.set_cookie_header(request)
        return {"Cookie": request.headers["Cookie"]} if "Cookie" in request.headers else {}


def _named(cookies: httpx.Cookies) -> set[tuple[str, str, str, str | None]]:
    return {(cookie.domain, cookie.path, cookie.name, cookie.value) for cookie in cookies.jar}


class Resolver(AbstractResolver):
    """
    The system's own resolver, in threads of its own: names that nobody answers for keep no other name waiting.
    """

    def __init__(self, lookup: Lookup, timeout_s: float, allowed: tuple[Network, ...]) -> None:
        self._lookup = lookup
        self._timeout_s = timeout_s
        self._allowed = allowed
        self._threads = ThreadPoolExecutor(MAX_LOOKUPS, "lookup")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """
        Some addresses of a name, in the order in which they are to be tried: those first that may be dialled.

        Raises:
            OSError: It has none, or the look-up took too long.
        """
        asking = partial(self._lookup, host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
        try:
            async with asyncio.timeout(self._timeout_s):
                found = await asyncio.get_running_loop().run_in_executor(self._threads, asking)
        except TimeoutError:
            raise socket.gaierror(socket.EAI_AGAIN, f"no answer in {self._timeout_s:g} s") from None
        flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        results = [
            ResolveResult(hostname=host, host=address[0], port=port, family=family, proto=protocol, flags=flags)
            for family, _, protocol, _, address in found
        ]
        return sorted(results, key=lambda one: not may_dial(one["host"], self._allowed))[:MAX_ADDRESSES]

    async def close(self) -> None:
        """
        Take no more names; those under way are forgotten.
        """
        self._threads.shutdown(wait=False, cancel_futures=True)


def make_socket(target: Any, allowed: tuple[Network, ...]) -> socket.socket:
    """
    Make the socket for one attempt to connect to one resolved address.

    Raises:
        AddressRefusedError: The address may not be dialled.
    """
    family, kind, protocol, _, address = target
    if not may_dial(address[0], allowed):
        raise AddressRefusedError(EACCES, f"{address[0]} is not a public address")
    return socket.socket(family, kind, protocol)


def _headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    """
    By lower-case name; several of one name are joined by a comma (RFC 9110, 5.3). Bytes that are no text are replaced.
    """
    joined: dict[str, str] = {}
    for name, value in response.raw_headers:
        key, text = name.decode("ascii", "replace").lower(), value.decode("utf-8", "replace")
        joined[key] = f"{joined[key]}, {text}" if key in joined else text
    return joined


def _failure(asked: tuple[str, ...], error: Exception) -> Failure:
    reason = _reason(error)
    detail = f"{type(error).__name__}: {error}"[:500]
    return Failure(asked[-1], reason, detail, is_final=reason in _FINAL, chain=asked[:-1])


_FINAL = frozenset({"ADDRESS_REFUSED", "INVALID_URL", "UNREADABLE_BODY"})

_REASONS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (AddressRefusedError, "ADDRESS_REFUSED"),
    ((aiohttp.ClientConnectorDNSError, socket.gaierror), "DNS_FAILED"),
    ((aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError), "PROXY_FAILED"),
    ((aiohttp.ClientSSLError, ssl.SSLError), "TLS_FAILED"),
    ((TimeoutError, aiohttp.ServerTimeoutError), "TIMED_OUT"),
    (aiohttp.ClientConnectorError, "CONNECTION_FAILED"),
    ((httpx.InvalidURL, aiohttp.InvalidURL), "INVALID_URL"),
    (CutOffBodyError, "PROTOCOL_ERROR"),
    (UnreadableBodyError, "UNREADABLE_BODY"),
    ((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, ConnectionError), "DISCONNECTED"),
)


def _reason(error: Exception) -> str:
    """
    The stable code of a failure.
    """
    if isinstance(error, aiohttp.ClientConnectorError) and error.os_error.errno == EACCES:
        return "ADDRESS_REFUSED"
    return next((reason for kinds, reason in _REASONS if isinstance(error, kinds)), "PROTOCOL_ERROR")


def _cut_to_ms(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
