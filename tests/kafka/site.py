"""
A small web of loopback hosts: articles by number, and pages that misbehave.
"""

from __future__ import annotations

import asyncio
import gzip
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.typedefs import Handler

HOSTS = tuple(f"127.0.0.{number}" for number in range(2, 42))
"""Forty sites, for the registrable domain of an address is the address."""

MIB = 1024 * 1024

_WORDS = (
    "council",
    "harbour",
    "budget",
    "river",
    "station",
    "school",
    "minister",
    "bridge",
    "storm",
    "hospital",
    "festival",
    "museum",
    "ferry",
    "railway",
    "library",
    "factory",
    "island",
    "market",
    "tunnel",
)


def article(number: int, marker: str = "") -> str:
    """
    The page of an article, the same at every call; `marker` goes into its text.
    """
    rng = random.Random(number)
    sentences = [
        f"The {rng.choice(_WORDS)} of {rng.choice(_WORDS)} number {number} told the {rng.choice(_WORDS)} on day {day}"
        f" that the {rng.choice(_WORDS)} would open again before the {rng.choice(_WORDS)} returns."
        for day in range(1, 16)
    ]
    paragraphs = "".join(f"<p>{' '.join(sentences[start : start + 3])}</p>" for start in range(0, 15, 3))
    return (
        f"<!doctype html><html lang=en><head><title>Report {number} from the valley</title></head><body>"
        f"<a href='#main'>Skip to main content</a><nav><a href=/>Home</a> <a href=/x>World</a></nav>"
        f"<main id=main><article><h1>Report {number} from the valley</h1>{paragraphs}<p>{marker}</p></article></main>"
        f"<footer><a href=#>Back To Top</a></footer></body></html>"
    )


class Site:
    """
    Serves `/a/<number>`, and misbehaves under the paths of `routes`; counts every request by URL.
    """

    def __init__(self) -> None:
        self.port = 0
        self.asked: Counter[str] = Counter()

    def url(self, number: int) -> str:
        """
        The URL of an article; they are spread over the hosts.
        """
        return f"http://{HOSTS[number % len(HOSTS)]}:{self.port}/a/{number}"

    def bad(self, name: str) -> str:
        """
        The URL of a page that misbehaves.
        """
        return f"http://127.0.0.50:{self.port}/{name}"

    def application(self) -> web.Application:
        """
        The routes.
        """
        app = web.Application(middlewares=[self._count])
        app.router.add_get("/a/{number}", self._article)
        app.router.add_get("/huge", self._huge)
        app.router.add_get("/bomb", self._bomb)
        app.router.add_get("/invalid", self._invalid)
        app.router.add_get("/hang", self._marked)
        app.router.add_get("/crash", self._marked)
        app.router.add_get("/foreign", self._foreign)
        return app

    @web.middleware
    async def _count(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.asked[str(request.url)] += 1
        return await handler(request)

    async def _article(self, request: web.Request) -> web.Response:
        return web.Response(text=article(int(request.match_info["number"])), content_type="text/html")

    async def _huge(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/html", "Content-Length": str(50 * MIB)})
        await answer.prepare(request)
        try:
            for _ in range(50):
                await answer.write(b"x" * MIB)
        except ConnectionError:
            await asyncio.sleep(0)
        return answer

    async def _bomb(self, _request: web.Request) -> web.Response:
        packed = gzip.compress(b"\0" * (64 * MIB), compresslevel=6)
        return web.Response(body=packed, headers={"Content-Type": "text/html", "Content-Encoding": "gzip"})

    async def _invalid(self, _request: web.Request) -> web.Response:
        noise = random.Random(1).randbytes(20_000)
        return web.Response(body=noise, headers={"Content-Type": "text/html; charset=utf-8"})

    async def _marked(self, request: web.Request) -> web.Response:
        marker = f"please {request.path.strip('/')} the worker"
        return web.Response(text=article(9999, marker), content_type="text/html")

    async def _foreign(self, _request: web.Request) -> web.Response:
        page = article(8888).replace("<head>", f"<head><link rel=canonical href='{self.url(7)}'>")
        return web.Response(text=page, content_type="text/html")


@asynccontextmanager
async def served() -> AsyncIterator[Site]:
    """
    Serve the web on a free port of all its hosts.
    """
    site = Site()
    runner = web.AppRunner(site.application(), access_log=None)
    await runner.setup()
    try:
        first = web.TCPSite(runner, "127.0.0.50", 0)
        await first.start()
        site.port = runner.addresses[0][1]
        for host in HOSTS:
            await web.TCPSite(runner, host, site.port).start()
        yield site
    finally:
        await runner.cleanup()
