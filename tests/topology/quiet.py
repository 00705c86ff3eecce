"""
Cleans and tags a page in this process while every look-up and connection is watched; prints those that happened.
`python -m tests.topology.quiet`
"""

from __future__ import annotations

import sys

WATCHED = ("socket.getaddrinfo", "socket.gethostbyname", "socket.connect", "socket.sendto", "urllib.Request")
met: list[str] = []


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """
    Keep what touches the network.
    """
    if event in WATCHED:
        met.append(f"{event} {arguments!r}")


if __name__ == "__main__":
    sys.addaudithook(watch)

    from tests.topology import site
    from tests.topology.chain import Chain

    chain = Chain()
    chain.pipe(site.html())
    assert chain.articles, "nothing was tagged"
    print("\n".join(met))
