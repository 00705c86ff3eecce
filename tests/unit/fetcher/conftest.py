"""
A real web site on loopback addresses, and the fetcher's topology run against it in memory, with a clock of its own.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas import topics
from schemas.events import FetchRequested
from schemas.state import FrontierEntry, Source
from services.fetcher.client import Client
from services.fetcher.settings import FetcherSettings
from services.fetcher.topology import fetcher_topology
from services.runtime.processor import Conclusion
from services.runtime.testing import TopologyDriver

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOSTS = ["127.0.0.1", "127.0.0.2"]

Script = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


def respond(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    """
    A whole response, with its length; header names are written with underscores.
    """
    stated = {"content-length": str(len(body)), "connection": "close"}
    stated |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in stated.items())
    return f"HTTP/1.1 {status} Status\r\n{head}\r\n".encode() + body


@dataclass
class Site:
    """
    Answers by script, and remembers what it was asked.
    """

    port: int = 0
    scripts: dict[str, Script] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    respond = staticmethod(respond)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        path = head[0].split()[1]
        self.requests.append((path, dict(line.lower().split(": ", 1) for line in head[1:] if line)))
        script = self.scripts.get(path, respond(404))
        try:
            if isinstance(script, bytes):
                writer.write(script)
            else:
                await script(writer)
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


def free_port() -> int:
    """
    A port that is free on both hosts, to be bound at once.
    """
    with socket.socket() as probe:
        probe.bind((HOSTS[0], 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """
    A web server on two hosts.
    """
    site = Site(free_port())
    server = await asyncio.start_server(site.handle, HOSTS, site.port)
    yield site
    server.close()
    await asyncio.sleep(0)


@pytest.fixture
def settings(site: Site) -> FetcherSettings:
    """
    Settings that reach the site, lose patience quickly, and ask for nothing but what a test is about.
    """
    return FetcherSettings(
        allowed_networks=("127.0.0.0/8",),
        allowed_ports=(site.port,),
        delay_s=1.0,
        idle_timeout_s=0.3,
        total_timeout_s=0.6,
        connect_timeout_s=0.5,
        max_body_bytes=100_000,
        reserved_pages="fetch",
    )


@pytest.fixture
async def client(settings: FetcherSettings) -> AsyncIterator[Client]:
    """
    A client that pauses for nobody.
    """

    class Hasty(Client):
        async def pause(self, seconds: float) -> None:
            await asyncio.sleep(0)

    client = Hasty(settings)
    yield client
    await client.close()


@dataclass
class World:
    """
    The topology, whose requests to itself come back to it.
    """

    site: Site
    driver: TopologyDriver
    returned: int = 0

    def request(self, url: str, **fields: Any) -> Conclusion:
        return self.driver.pipe(FetchRequested(url=url, requested_at=self.driver.now, **fields))

    def watch(self, url: str, **fields: Any) -> Conclusion:
        return self.driver.pipe(Source(url=url, changed_at=self.driver.now, **fields), topics.SOURCES)

    async def run(self, seconds: float = 5, step_s: float = 1.0) -> list[Conclusion]:
        """
        Let time pass in steps; do what becomes due, and take in what was requested meanwhile.
        """
        done: list[Conclusion] = []
        for _ in range(int(seconds / step_s)):
            done += await self.driver.run_due(self.driver.now + timedelta(seconds=step_s))
            requested = self.driver.output(topics.FETCH_REQUESTED)
            done += self.driver.pipe_outgoing(requested[self.returned :])
            self.returned = len(requested)
        return done

    def entry(self, url: str) -> FrontierEntry:
        entry = self.driver.tables[topics.FRONTIER.name].get(url)
        assert isinstance(entry, FrontierEntry)
        return entry

    @property
    def pages(self) -> list[Any]:
        return self.driver.events(topics.PAGE_FETCHED)

    @property
    def letters(self) -> list[Any]:
        return self.driver.events(topics.DEAD_LETTERS)


@pytest.fixture
def world(site: Site, settings: FetcherSettings, client: Client) -> World:
    """
    The fetcher against the site.
    """
    driver = TopologyDriver(fetcher_topology(settings, client), now=START)
    client.now = lambda: driver.now
    return World(site, driver)
