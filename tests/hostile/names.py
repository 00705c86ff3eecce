"""
A small DNS server that answers as its table says, truthfully or not, and the look-up that asks it: what `getaddrinfo`
does, for a server on any port.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

A, CNAME, AAAA = 1, 5, 28
NO_ERROR, SERVER_FAILED, NO_NAME = 0, 2, 3

TIMEOUT_S = 5.0
"""As long as the C library waits."""


@dataclass(frozen=True)
class Reply:
    """
    What a question is answered with. `aliases` are the names of a chain of CNAMEs; `is_sent` False: nothing at all.
    """

    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    code: int = NO_ERROR
    is_sent: bool = True
    raw: bytes | None = None


def to(*addresses: str) -> Reply:
    """
    An honest answer.
    """
    return Reply(addresses)


Zone = Reply | Callable[[int], Reply]
"""A name's reply, or one by the number of the question, from 1."""


@dataclass
class Names(asyncio.DatagramProtocol):
    """
    The server. A name that is not in the table has the default.
    """

    default: Zone
    table: dict[str, Zone] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    port: int = 0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        name, kind = _question(data)
        if kind == A:
            self.asked[name] = self.asked.get(name, 0) + 1
        zone = self.table.get(name, self.default)
        reply = zone if isinstance(zone, Reply) else zone(self.asked.get(name, 1))
        if reply.is_sent:
            self._transport.sendto(_packed(data, kind, reply) if reply.raw is None else reply.raw, addr)

    def lookup(self, host: str, port: int, *, family: int = 0, **_: Any) -> list[Any]:
        """
        Resolve a name by asking this server; in the form of `socket.getaddrinfo`, and blocking like it. An address is
        its own.
        """
        with suppress(ValueError):
            own = ip_address(host)
            return [(socket.AF_INET if own.version == 4 else socket.AF_INET6, socket.SOCK_STREAM, 6, "", (host, port))]
        found: list[Any] = []
        for kind, its_family in ((A, socket.AF_INET), (AAAA, socket.AF_INET6)):
            if family in {0, its_family}:
                addresses = list(self._ask(host, kind))
                tails: tuple[int, ...] = (port,) if kind == A else (port, 0, 0)
                found += [(its_family, socket.SOCK_STREAM, 6, "", (text, *tails)) for text in addresses]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return found

    def _ask(self, host: str, kind: int) -> Iterator[str]:
        question = b"".join(bytes([len(label)]) + label.encode() for label in host.split(".")) + b"\0"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(TIMEOUT_S)
            asking.connect(("127.0.0.1", self.port))
            asking.send(struct.pack("!6H", 7, 0x0100, 1, 0, 0, 0) + question + struct.pack("!2H", kind, 1))
            try:
                packet = asking.recv(65535)
                yield from _addresses(packet, kind)
            except (TimeoutError, IndexError, struct.error):
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution") from None


def _question(packet: bytes) -> tuple[str, int]:
    labels, place = [], 12
    while packet[place]:
        labels.append(packet[place + 1 : place + 1 + packet[place]].decode())
        place += 1 + packet[place]
    return ".".join(labels), struct.unpack_from("!H", packet, place + 1)[0]


def _encoded(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def _packed(question: bytes, kind: int, reply: Reply) -> bytes:
    """
    Question and answers; each alias leads to the next, the last to the addresses.
    """
    version = 4 if kind == A else 6
    owner, records = b"\xc0\x0c", []
    for alias in reply.aliases:
        target = _encoded(alias)
        records.append(owner + struct.pack("!HHIH", CNAME, 1, 0, len(target)) + target)
        owner = target
    for address in map(ip_address, reply.addresses):
        if address.version == version:
            packed = address.packed
            records.append(owner + struct.pack("!HHIH", kind, 1, 0, len(packed)) + packed)
    head = question[:2] + struct.pack("!5H", 0x8180 | reply.code, 1, len(records), 0, 0)
    return head + question[12:] + b"".join(records)


def _addresses(packet: bytes, kind: int) -> Iterator[str]:
    code, count = struct.unpack_from("!H", packet, 2)[0] & 15, struct.unpack_from("!H", packet, 6)[0]
    if code == NO_NAME:
        return
    if code != NO_ERROR:
        raise struct.error("the server failed")
    place = _after_name(packet, 12) + 4
    for _ in range(count):
        place = _after_name(packet, place)
        its_kind, _, _, length = struct.unpack_from("!HHIH", packet, place)
        if its_kind == kind:
            yield str(ip_address(packet[place + 10 : place + 10 + length]))
        place += 10 + length


def _after_name(packet: bytes, place: int) -> int:
    while packet[place]:
        if packet[place] >= 0xC0:
            return place + 2
        place += 1 + packet[place]
    return place + 1


@asynccontextmanager
async def naming(default: Zone) -> AsyncIterator[Names]:
    """
    The server, on a free port.
    """
    loop = asyncio.get_running_loop()
    transport, names = await loop.create_datagram_endpoint(lambda: Names(default), local_addr=("127.0.0.1", 0))
    names.port = transport.get_extra_info("sockname")[1]
    try:
        yield names
    finally:
        transport.close()
