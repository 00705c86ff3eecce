"""
An internet of its own, in a network namespace of this process: public and private addresses that are all this machine,
port 80, the system's resolver and a DNS that answers it. Nothing here is set but what is set by default.

    unshare ... sh island.sh <folder> python -m tests.hostile.island  -->  JSON on standard output
"""

from __future__ import annotations

import asyncio
import json
import sys

from schemas.parts import Origin
from services.fetcher.answers import Answer, Fetch
from services.fetcher.client import Client
from services.fetcher.settings import FetcherSettings
from services.fetcher.urls import normalise
from services.runtime.stage import RecordFacts
from tests.hostile.case import PAGE
from tests.hostile.names import Names, Reply, to

PUBLIC_4, PUBLIC_6 = "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
PRIVATE = ("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00:ec2::254")
RESOLVER = "127.0.0.53"

NAMES = {
    "public.test": to(PUBLIC_4),
    "public-6.test": to(PUBLIC_6),
    "loopback.test": to("127.0.0.1"),
    "private.test": to("10.0.0.1"),
    "metadata.test": to("169.254.169.254"),
    "metadata-6.test": to("fd00:ec2::254"),
    "mapped.test": to("::ffff:10.0.0.1"),
    "both.test": to("10.0.0.1", "127.0.0.1", PUBLIC_4),
    "alias.test": Reply(("169.254.169.254",), aliases=("www.public.test",)),
}

ASKED = (
    *(f"http://{name}/" for name in NAMES),
    *(f"http://{host}/" for host in (PUBLIC_4, f"[{PUBLIC_6}]", "localhost", "127.1", "0", "[::1]", "2852039166")),
    "http://nowhere.test/",
)

FACTS = RecordFacts(Origin(topic="t", partition=0, offset=0), "e", None)


async def main() -> None:
    """
    Ask for everything; say what came of it, and who was visited.
    """
    visits = dict.fromkeys((PUBLIC_4, PUBLIC_6, *PRIVATE), 0)

    def served_at(address: str) -> object:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            visits[address] += 1
            await reader.readuntil(b"\r\n\r\n")
            writer.write(PAGE)
            writer.close()

        return asyncio.start_server(serve, address, 80)

    for address in visits:
        await served_at(address)  # type: ignore[misc]
    names = Names(Reply(code=3), dict(NAMES))
    await asyncio.get_running_loop().create_datagram_endpoint(lambda: names, local_addr=(RESOLVER, 53))
    client = Client(FetcherSettings())
    results = {url: (await client.fetch(Fetch(normalise(url), FACTS, "page"))).result for url in ASKED}
    await client.close()
    ends = {url: "page" if isinstance(result, Answer) else result.reason for url, result in results.items()}  # type: ignore[union-attr]
    json.dump({"ends": ends, "visits": visits}, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
