"""
A web server that misbehaves on purpose: raw bytes over raw sockets, for no library would let itself be used like this.

    Host header --> site --> script of the path --> whatever bytes, whenever
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.hostile.tls import old_context, server_context

PUBLIC = "127.66.0.1"
"""The address that stands for a public one: the client is allowed to dial it."""

PUBLIC_NETWORK = "127.66.0.0/16"

TRAP = "127.0.0.1"
"""An address that nobody may dial, where somebody listens all the same."""

MUTE, PLAIN, NOISE, RESET, OLD = (f"127.66.0.{number}" for number in range(2, 7))
"""On the port of TLS: says nothing; speaks HTTP without it; sends noise; hangs up; knows TLS 1.1 only."""

NOBODY = "127.66.0.9"
"""An address in the allowed network where nobody listens."""


@dataclass
class Visit:
    """
    One request, and the way to answer it.
    """

    path: str
    headers: Mapping[str, str]
    number: int
    tls_port: int
    writer: asyncio.StreamWriter

    async def send(self, *chunks: bytes, every_s: float = 0.0) -> None:
        """
        Send chunks, with a pause after each.
        """
        for chunk in chunks:
            self.writer.write(chunk)
            await self.writer.drain()
            await asyncio.sleep(every_s)


Script = bytes | Callable[[Visit], Awaitable[None]]


@dataclass
class Web:
    """
    All sites by host name, and what they were asked.

    Attributes:
        trapped: Connections to the address that nobody may dial.
    """

    port: int = 0
    tls_port: int = 0
    sites: dict[str, Mapping[str, Script]] = field(default_factory=dict)
    asked: dict[str, list[str]] = field(default_factory=dict)
    headers: dict[str, list[Mapping[str, str]]] = field(default_factory=dict)
    trapped: int = 0

    def url(self, host: str, path: str = "/", scheme: str = "http") -> str:
        """
        A URL on this web.
        """
        return f"{scheme}://{host}:{self.port if scheme == 'http' else self.tls_port}{path}"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """
        Answer requests until a script ends without keeping the connection.
        """
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._answer(reader, writer):
                pass
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head[0].split()[1]
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        host = headers["host"].partition(":")[0]
        self.asked.setdefault(host, []).append(path)
        self.headers.setdefault(host, []).append(headers)
        script = self.sites.get(host, {}).get(path, answer(404))
        if isinstance(script, bytes):
            writer.write(script)
            await writer.drain()
            return b"keep-alive" in script[:200]
        await script(Visit(path, headers, self.asked[host].count(path), self.tls_port, writer))
        return False

    async def trap(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """
        Count whom no one should have let in.
        """
        self.trapped += 1
        writer.close()


def answer(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    """
    A whole answer; header names are written with underscores, and one that is empty is left away.
    """
    stated = {"content-type": "text/html", "content-length": str(len(body)), "connection": "close"}
    stated |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in stated.items() if value)
    return f"HTTP/1.1 {status} Status\r\n{lines}\r\n".encode() + body


async def _mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, asyncio.CancelledError):
        await reader.read()
    writer.close()


async def _plain(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(answer(400))
    writer.close()


async def _noise(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x16\x03\x03" + bytes(range(256)) * 8)
    writer.close()


async def _reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


@asynccontextmanager
async def served() -> AsyncIterator[Web]:
    """
    The web, on free ports.
    """
    web = Web()
    servers = [await asyncio.start_server(web.handle, PUBLIC, 0)]
    web.port = servers[0].sockets[0].getsockname()[1]
    servers.append(await asyncio.start_server(web.handle, PUBLIC, 0, ssl=server_context()))
    web.tls_port = servers[1].sockets[0].getsockname()[1]
    servers += [await asyncio.start_server(web.trap, TRAP, port) for port in (web.port, web.tls_port)]
    odd = {MUTE: _mute, PLAIN: _plain, NOISE: _noise, RESET: _reset}
    servers += [await asyncio.start_server(handle, address, web.tls_port) for address, handle in odd.items()]
    servers.append(await asyncio.start_server(web.handle, OLD, web.tls_port, ssl=old_context()))
    try:
        yield web
    finally:
        for server in servers:
            server.close()
        await asyncio.sleep(0)
