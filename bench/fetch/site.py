"""
A small web for measuring: many hosts, one process, every answer late by the same time: `python -m bench.fetch.site`.

It writes its port on a line, and serves until its standard input ends. Any 127.x address is one of its hosts.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import sys
import time
from functools import partial

HOSTS = 64
PAGE_BYTES = 40_000
FEED_NEWS_S = 300
FEED_PACES = 7
"""A feed has a new item every `FEED_NEWS_S`, or half as often, to once in five hours: by its number."""

ROBOTS = b"User-agent: *\nDisallow: /private/\nSitemap: /sitemap.xml\n"
HTML, TEXT, RSS = "text/html; charset=utf-8", "text/plain", "application/rss+xml"


def urls(port: int, count: int, hosts: int = HOSTS) -> list[str]:
    """
    Addresses of pages, one host after the other.
    """
    return [f"http://{host(number % hosts)}:{port}/news/{number}" for number in range(count)]


def host(number: int) -> str:
    """
    The address of a host by its number.
    """
    return f"127.1.{number // 250}.{number % 250 + 1}"


def page(title: str = "") -> bytes:
    """
    A page of some 40 KB, always the same but for its title: a head as publishers have it, scripts, links, paragraphs.
    """
    rng = random.Random(1)
    words = ["".join(rng.choices("aeinorstul", k=rng.randint(2, 9))) for _ in range(400)]
    metas = "".join(f'<meta property="og:{word}" content="{" ".join(rng.choices(words, k=8))}">' for word in words[:24])
    scripts = "".join(f"<script>var {word} = {{a: 1, b: '{word}'}};</script>" for word in words[24:48])
    links = "".join(f'<li><a href="/{word}/">{word}</a></li>' for word in words[:120])
    parts = [f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title>{metas}{scripts}</head>"]
    parts.append(f"<body><nav><ul>{links}</ul></nav><main><article><h1>{title}</h1>")
    room = PAGE_BYTES - sum(map(len, parts))
    while room > 0:
        parts.append(f"<p class=text>{' '.join(rng.choices(words, k=70))}.</p>")
        room -= len(parts[-1])
    return "".join([*parts, "</article></main></body></html>"]).encode()


def feed(path: str, items: int = 20) -> bytes:
    """
    A feed of that path, by what is newest in it.
    """
    newest = _newest(path)
    entries = "".join(
        f"<item><title>Report {number}</title><link>{path}/{number}</link><guid>{path}/{number}</guid></item>"
        for number in range(newest, newest - items, -1)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{path}</title>{entries}</channel></rss>'.encode()


_BEFORE, _BETWEEN, _AFTER = page("TITLE").split(b"TITLE")


def _newest(path: str) -> int:
    number = int(path.rpartition("/")[2])
    return int(time.time() / (FEED_NEWS_S << number % FEED_PACES) + number / 7)


def answer(path: str, known: bytes = b"") -> bytes:
    """
    The whole answer to a path, head included. `known`: the tag of what the client has of it; only feeds have one.
    """
    title = path.encode()
    if path.startswith("/news/"):
        return _with_head("200 OK", HTML, _BEFORE + title + _BETWEEN + title + _AFTER)
    if path.startswith("/feeds/"):
        tag = b'"%d"' % _newest(path)
        return (
            _with_head("304 Not Modified", RSS, b"", tag)
            if tag == known
            else _with_head("200 OK", RSS, feed(path), tag)
        )
    if path == "/robots.txt":
        return _with_head("200 OK", TEXT, ROBOTS)
    return _with_head("404 Not Found", TEXT, b"no such page")


def _with_head(status: str, content_type: str, body: bytes, tag: bytes = b"") -> bytes:
    lines = (
        f"HTTP/1.1 {status}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        "Server: measured",
        "Cache-Control: public",
        'Link: </style.css>; rel="preload"',
        *([f"ETag: {tag.decode()}"] if tag else []),
    )
    return "\r\n".join((*lines, "", "")).encode() + body


_KNOWN = re.compile(rb"\r\nif-none-match: *([^\r]+)", re.IGNORECASE)


class Connection(asyncio.Protocol):
    """
    One connection; requests are read for their paths only.
    """

    def __init__(self, latency_s: float) -> None:
        self._latency_s = latency_s
        self._unread = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """
        Keep the way back.
        """
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """
        Answer each request that is complete, late.
        """
        *heads, self._unread = (self._unread + data).split(b"\r\n\r\n")
        for head in heads:
            path, known = head.split(b" ", 2)[1].decode(), _KNOWN.search(head)
            asyncio.get_running_loop().call_later(self._latency_s, self._send, path, known[1] if known else b"")

    def _send(self, path: str, known: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer(path, known))


async def serve(latency_s: float) -> None:
    """
    Serve until the standard input ends.
    """
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(Connection, latency_s), "0.0.0.0", 0, backlog=4096)  # all of 127/8
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.05, help="seconds")
    asyncio.run(serve(parser.parse_args().latency))
