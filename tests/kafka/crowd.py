"""
Fifty loopback hosts that note when each request comes and goes, and fetchers that are killed while they ask.
"""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise

from aiohttp import web
from aiohttp.typedefs import Handler

from schemas import topics
from services.runtime.settings import KafkaSettings
from tests.kafka.fleet import Fleet
from tests.kafka.site import article
from tests.kafka.test_pipeline import request as ask_for
from tests.kafka.watching import Subscriber

HOSTS = tuple(f"127.0.1.{number}" for number in range(1, 51))

DELAY_S = 0.5

SLOW_DELAY_S = 2.0
"""Crawl-delay of every fifth host."""

RETRY_AFTER_S = 3.0
"""What every seventh host asks for once, with a 429."""


@dataclass
class Visit:
    """
    One request, in seconds of the server's clock. `rest_s`: what its host was told to be left alone for after it.
    """

    path: str
    came_at: float
    went_at: float | None = None
    rest_s: float = 0.0


@dataclass
class Report:
    """
    What the hosts saw.

    Attributes:
        breaches: Requests that came sooner after the one before than the host's delay: host, path of the one before,
            gap and delay in seconds.
        overlaps: Requests that came while another of the host was being answered.
    """

    hosts: int = 0
    requests: int = 0
    kills: int = 0
    restarts: int = 0
    pages: int = 0
    smallest_gap_s: float = 0.0
    smallest_slow_gap_s: float = 0.0
    breaches: list[tuple[str, str, float, float]] = field(default_factory=list)
    overlaps: int = 0


class Crowd:
    """
    The hosts, and what they saw.
    """

    def __init__(self) -> None:
        self.port = 0
        self.visits: defaultdict[str, list[Visit]] = defaultdict(list)

    def delay_s(self, host: str) -> float:
        """
        The pause that a host is owed.
        """
        return SLOW_DELAY_S if HOSTS.index(host) % 5 == 0 else DELAY_S

    def application(self) -> web.Application:
        """
        The routes.
        """
        app = web.Application(middlewares=[self._note])
        app.router.add_get("/robots.txt", self._robots)
        app.router.add_get("/a/{number}", self._page)
        return app

    @web.middleware
    async def _note(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        clock = asyncio.get_running_loop().time
        visit = Visit(request.path, clock())
        self.visits[request.host.partition(":")[0]].append(visit)
        try:
            return await handler(request)
        finally:
            visit.went_at = clock()

    async def _robots(self, given: web.Request) -> web.Response:
        host = given.host.partition(":")[0]
        stated = f"Crawl-delay: {SLOW_DELAY_S}" if self.delay_s(host) == SLOW_DELAY_S else "Disallow:"
        return web.Response(text=f"User-agent: *\n{stated}\n")

    async def _page(self, given: web.Request) -> web.Response:
        host, number = given.host.partition(":")[0], int(given.match_info["number"])
        await asyncio.sleep(0.05 * (number % 5))
        log = self.visits[host]
        if HOSTS.index(host) % 7 == 0 and not any(visit.rest_s for visit in log):
            log[-1].rest_s = RETRY_AFTER_S
            return web.Response(status=429, headers={"Retry-After": str(int(RETRY_AFTER_S))})
        return web.Response(text=article(number), content_type="text/html")

    def judge(self) -> Report:
        """
        Compare what came with what was owed.
        """
        report = Report(hosts=len(self.visits), requests=sum(map(len, self.visits.values())))
        gaps: defaultdict[float, list[float]] = defaultdict(list)
        for host, log in self.visits.items():
            for first, second in pairwise(log):
                # Whoever asks for a robots.txt, which is fresh for a day here, does not know the host's own delay yet.
                delay_s = DELAY_S if first.path == "/robots.txt" else self.delay_s(host)
                gap_s = round(second.came_at - first.came_at, 3)
                gaps[delay_s].append(gap_s)
                report.overlaps += first.went_at is None or second.came_at < first.went_at
                if gap_s < max(delay_s, first.rest_s):
                    report.breaches.append((host, first.path, gap_s, max(delay_s, first.rest_s)))
        report.smallest_gap_s = min(gaps[DELAY_S], default=0.0)
        report.smallest_slow_gap_s = min(gaps[SLOW_DELAY_S], default=0.0)
        return report


@asynccontextmanager
async def crowded() -> AsyncIterator[Crowd]:
    """
    Serve all hosts on one free port.
    """
    crowd = Crowd()
    runner = web.AppRunner(crowd.application(), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOSTS[0], 0).start()
        crowd.port = runner.addresses[0][1]
        for host in HOSTS[1:]:
            await web.TCPSite(runner, host, crowd.port).start()
        yield crowd
    finally:
        await runner.cleanup()


async def watch(kafka: KafkaSettings, fleet: Fleet, *, pages: int, seconds: float, seed: int) -> Report:
    """
    Let three fetchers ask for so many pages of each host while they are killed and restarted; say what the hosts saw.
    """
    async with crowded() as crowd:
        environ = {
            "NEWS_FETCHER_ALLOWED_NETWORKS": "127.0.0.0/8",
            "NEWS_FETCHER_ALLOWED_PORTS": str(crowd.port),
            "NEWS_FETCHER_DELAY_S": str(DELAY_S),
            "NEWS_FETCHER_RETRY_BASE_S": "1",
        }
        fleet.start("fetcher", ["services.fetcher"], replicas=3, environ=environ)
        seen = Subscriber(kafka, topics.PAGE_FETCHED)
        urls = [f"http://{host}:{crowd.port}/a/{number}" for host in HOSTS for number in range(pages)]
        await ask_for(kafka, urls)
        done = await disturb(fleet, seconds, seed)
        await seen.wait_for(len(urls), 240)
        await seen.stop()
        report = crowd.judge()
        report.kills, report.restarts, report.pages = done["kill"], done["restart"], len(seen.seen)
        return report


async def disturb(fleet: Fleet, seconds: float, seed: int) -> Counter[str]:
    """
    Kill or stop in order a random replica, which its keeper starts again; say how often.
    """
    rng, done = random.Random(seed), Counter[str]()
    end = asyncio.get_running_loop().time() + seconds
    await asyncio.sleep(8)
    while asyncio.get_running_loop().time() < end:
        what = rng.choice(["kill", "restart"])
        rng.choice(fleet.replicas).signal(signal.SIGKILL if what == "kill" else signal.SIGTERM)
        done[what] += 1
        await asyncio.sleep(rng.uniform(2.0, 8.0))
    return done
