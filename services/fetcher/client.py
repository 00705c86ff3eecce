"""
The only part of the fetcher that does I/O: it sends what it is told, within limits, to addresses that may be dialled.

The address is judged when its socket is made, for each attempt to connect, so that it is the very address that is
dialled: literals, every answer of the DNS, every hop.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from errno import EACCES
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, cast

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from services.fetcher.addresses import Network, may_dial, networks
from services.fetcher.answers import Answer, Failure, Fetch, Oversized, Result
from services.fetcher.bodies import ACCEPT_ENCODING, Body, UnreadableBodyError
from services.fetcher.listings import MAX_LIST_BYTES
from services.fetcher.redirects import MAX_PAUSE_S, Hop, next_url, port_failure
from services.fetcher.responses import Fetched
from services.fetcher.robots import MAX_ROBOTS_BYTES
from services.fetcher.settings import FetcherSettings

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


class AddressRefusedError(PermissionError):
    """
    An address that may not be dialled.
    """


class Client:
    """
    An HTTP client without memory: no cookies, no proxies, no credentials, no redirects of its own.
    """

    def __init__(self, settings: FetcherSettings, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.now = now
        self._settings = settings
        self._allowed = networks(settings.allowed_networks)
        self._http: httpx.AsyncClient | None = None

    async def fetch(self, fetch: Fetch) -> Fetched:
        """
        Ask for a URL and follow it as far as one request goes.
        """
        asked: list[str] = []
        try:
            async with asyncio.timeout(self._settings.total_timeout_s) as limit:
                result = await self._follow(fetch, asked, limit)
        except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, UnreadableBodyError, OSError) as error:
            result = _failure(tuple(asked), error)
        return Fetched(replace(fetch, robots=""), result)

    async def pause(self, seconds: float) -> None:
        """
        Wait.
        """
        await asyncio.sleep(max(0.0, seconds))

    async def close(self) -> None:
        """
        Close every connection.
        """
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def _follow(self, fetch: Fetch, asked: list[str], limit: asyncio.Timeout) -> Result:
        """
        Send one hop after the other. Pauses between them are the host's, and do not count against our time.
        """
        step: str | Result = fetch.subject
        while isinstance(step, str):
            if asked:
                pause_s = min(fetch.delay_s, MAX_PAUSE_S)
                limit.reschedule((limit.when() or 0.0) + pause_s)
                await self.pause(pause_s)
            refused = port_failure(step, tuple(asked), self._settings)
            asked.append(step)
            step = refused or await self._send(fetch, tuple(asked))
        return step

    async def _send(self, fetch: Fetch, asked: tuple[str, ...]) -> str | Result:
        headers = {"Accept": ACCEPT[fetch.kind], **fetch.rules.headers}
        if len(asked) == 1 and fetch.etag:
            headers["If-None-Match"] = fetch.etag
        if len(asked) == 1 and fetch.last_modified:
            headers["If-Modified-Since"] = fetch.last_modified
        async with self._client().stream("GET", asked[-1], headers=headers) as response:
            hop = Hop(asked, response.status_code, _headers(response), _cut_to_ms(self.now()))
            step = next_url(fetch, hop, self._settings)
            return await self._read(fetch, hop, response) if step is None else step

    async def _read(self, fetch: Fetch, hop: Hop, response: httpx.Response) -> Answer | Oversized:
        if not response.is_success:
            # The body of an error is of no use to anybody.
            return Answer(hop.asked[-1], hop.asked[:-1], hop.status, hop.headers, b"", hop.at)
        body = Body(hop.headers.get("content-encoding"), LIMITS.get(fetch.kind, self._settings.max_body_bytes))
        async with aclosing(cast("AsyncGenerator[bytes, None]", response.aiter_raw())) as chunks:
            async for chunk in chunks:
                body.feed(chunk)
                if body.is_over:
                    break
        body.end()
        if body.is_over:
            kept_bytes = MAX_ROBOTS_BYTES if fetch.kind == "robots" else KEPT_BYTES
            large = body.too_large(kept_bytes, hop.headers.get("content-length"))
            return Oversized(hop.asked[-1], hop.status, hop.at, large)
        return Answer(hop.asked[-1], hop.asked[:-1], hop.status, hop.headers, body.finish(), hop.at)

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            settings = self._settings
            tls = httpx.create_ssl_context(trust_env=False)
            timeout = httpx.Timeout(
                settings.idle_timeout_s, connect=settings.connect_timeout_s, pool=settings.total_timeout_s
            )
            self._http = httpx.AsyncClient(
                transport=AiohttpTransport(verify=tls, trust_env=False, client=lambda: self._session(tls)),
                headers={"User-Agent": settings.user_agent, "Accept-Encoding": ACCEPT_ENCODING},
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                timeout=timeout,
                trust_env=False,
                follow_redirects=False,
            )
        return self._http

    def _session(self, tls: ssl.SSLContext) -> aiohttp.ClientSession:
        allowed = self._allowed
        connector = aiohttp.TCPConnector(
            ssl=tls, limit=0, socket_factory=lambda target: make_socket(target, allowed), keepalive_timeout=15
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            max_line_size=MAX_HEADER_BYTES,
            max_field_size=MAX_HEADER_BYTES,
        )


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


def _headers(response: httpx.Response) -> dict[str, str]:
    """
    By lower-case name; several of one name are joined by a comma (RFC 9110, 5.3). Bytes that are no text are replaced.
    """
    joined: dict[str, str] = {}
    for name, value in response.headers.raw:
        key, text = name.decode("ascii", "replace").lower(), value.decode("utf-8", "replace")
        joined[key] = f"{joined[key]}, {text}" if key in joined else text
    return joined


def _failure(asked: tuple[str, ...], error: Exception) -> Failure:
    reason = _reason(error)
    detail = f"{type(_root(error)).__name__}: {_root(error)}"[:500]
    return Failure(asked[-1], reason, detail, is_final=reason in _FINAL, chain=asked[:-1])


_FINAL = frozenset({"ADDRESS_REFUSED", "INVALID_URL", "UNREADABLE_BODY"})

_REASONS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (aiohttp.ClientConnectorDNSError, "DNS_FAILED"),
    ((aiohttp.ClientSSLError, ssl.SSLError), "TLS_FAILED"),
    ((TimeoutError, httpx.TimeoutException, aiohttp.ServerTimeoutError), "TIMED_OUT"),
    (aiohttp.ClientConnectorError, "CONNECTION_FAILED"),
    ((httpx.InvalidURL, aiohttp.InvalidURL), "INVALID_URL"),
    (UnreadableBodyError, "UNREADABLE_BODY"),
    ((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, ConnectionError), "DISCONNECTED"),
)


def _reason(error: Exception) -> str:
    """
    The stable code of a failure, from the transport's own exception: httpx's names for them are too coarse.
    """
    root = _root(error)
    if isinstance(root, aiohttp.ClientConnectorError) and root.os_error.errno == EACCES:
        return "ADDRESS_REFUSED"
    return next((reason for kinds, reason in _REASONS if isinstance(root, kinds)), "PROTOCOL_ERROR")


def _root(error: Exception) -> BaseException:
    return error.__cause__ if isinstance(error, httpx.HTTPError) and error.__cause__ is not None else error


def _cut_to_ms(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
