"""
A network between a service and its broker that can be cut as a moved container's is: what was connected stays open for
ever, and nothing comes through it any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from deploy.local.broker import Broker, BrokerConfig
from deploy.local.ports import free_ports
from deploy.local.properties import HOST, NODE_ID

CHUNK_BYTES = 64 * 1024


class Network:
    """
    Forwards a port to another until it is cut.
    """

    def __init__(self, port: int, to_port: int) -> None:
        self._port = port
        self._to_port = to_port
        self._server: asyncio.Server | None = None
        self._is_cut = False
        self._epoch = 0
        self._connections: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """
        Let connections in; those from before a cut stay black holes.
        """
        self._is_cut = False
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, HOST, self._port)

    async def cut(self, *, refuse: bool) -> None:
        """
        Turn every connection into a black hole; refuse new ones, or make black holes of them too.
        """
        self._is_cut = True
        self._epoch += 1
        if refuse and self._server is not None:
            self._server.close()
            self._server = None

    async def close(self) -> None:
        """
        End everything.
        """
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        current = asyncio.current_task()
        assert current is not None
        self._connections.add(current)
        epoch = -1 if self._is_cut else self._epoch
        there, back = await asyncio.open_connection(HOST, self._to_port)
        try:
            with suppress(ConnectionError):
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._pump(reader, back, epoch))
                    both.create_task(self._pump(there, writer, epoch))
        finally:
            back.close()
            writer.close()
            self._connections.discard(current)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, epoch: int) -> None:
        """
        Carry bytes on, or swallow them. An end of one side is an end of both, if it comes through.
        """
        while chunk := await reader.read(CHUNK_BYTES):
            if epoch == self._epoch:
                writer.write(chunk)
                await writer.drain()
        if epoch == self._epoch:
            raise ConnectionResetError


@asynccontextmanager
async def networked_broker(folder: Path) -> AsyncIterator[tuple[Broker, str, Network]]:
    """
    A broker; its address through the network, which it tells whoever comes by it; and the network.
    """
    port, controller, behind, before = free_ports(4)
    settings = {
        "listeners": f"PLAINTEXT://{HOST}:{port},FAR://{HOST}:{behind},CONTROLLER://{HOST}:{controller}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port},FAR://{HOST}:{before}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,FAR:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
        "controller.quorum.voters": f"{NODE_ID}@{HOST}:{controller}",
    }
    network = Network(before, behind)
    async with Broker(BrokerConfig(folder, port=port, overrides=settings)) as broker:
        await network.open()
        try:
            yield broker, f"{HOST}:{before}", network
        finally:
            await network.close()
