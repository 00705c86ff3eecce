"""
Fifty loopback hosts that note when each request comes and goes, and fetchers that are killed and frozen while they ask.

    a feed of each host --> its pages --> what was asked for too soon, twice, or never
"""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

from aiohttp import web
from aiohttp.typedefs import Handler

from schemas import topics
from schemas.state import Source
from services.cli.watching import publish_sources
from services.runtime.settings import KafkaSettings
from tests.kafka.fleet import Fleet
from tests.kafka.site import article
from tests.kafka.watching import Subscriber

HOSTS = tuple(f"127.0.1.{number}" for number in range(1, 51))

DELAY_S = 0.5

SLOW_DELAY_S = 2.0
"""Crawl-delay of every fifth host."""

RETRY_AFTER_S = 3.0
"""What every seventh host asks for once, with a 429."""

FREEZE_S = (4.0, 9.0)
"""How long a process stands still: longer than its session, so that others take over what it had."""

WAKING_S = 5.0
"""After it goes on a process may still send what it had checked before: one request a host that it was at."""


@dataclass
class Visit:
    """
    One request, in seconds of the server's clock. `rest_s`: what its host was told to be left alone for after it.
    """

    path: str
    by: str
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
        woken: Requests among those two kinds that a process sent which had just been frozen; they count there no more.
        extra: Requests for what had been answered before, though nobody asked to be asked again.
        most_extra: The most of them at one host.
    """

    hosts: int = 0
    requests: int = 0
    kills: int = 0
    restarts: int = 0
    freezes: int = 0
    pages: int = 0
    smallest_gap_s: float = 0.0
    smallest_slow_gap_s: float = 0.0
    breaches: list[tuple[str, str, float, float]] = field(default_factory=list)
    overlaps: int = 0
    woken: int = 0
    extra: int = 0
    most_extra: int = 0

    @property
    def is_kept(self) -> bool:
        """
        Whether the promises hold: no request too soon, never two at once, none again but one a host for each process
        that was killed or frozen; of those that were frozen one request a host may come late.
        """
        ends = self.kills + self.freezes
        return not self.breaches and not self.overlaps and self.most_extra <= ends and self.woken <= self.freezes * 2


@dataclass
class Disturbance:
    """
    What was done to the fetchers: how often each; when they were stopped, and when frozen ones went on, by their names.
    """

    done: Counter[str] = field(default_factory=Counter)
    stopped_at: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    woken_at: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def is_waking(self, visit: Visit) -> bool:
        """
        Whether a request was sent by a process that had just been frozen.
        """
        return any(0 <= visit.came_at - at < WAKING_S for at in self.woken_at[visit.by])

    def rest_s(self, first: Visit, second: Visit) -> float:
        """
        How long a host was to be left alone after a request; what it said to a process that was stopped before the next
        one is known to nobody.
        """
        is_lost = any(first.came_at <= at <= second.came_at for at in self.stopped_at[first.by])
        return 0.0 if is_lost else first.rest_s


class Crowd:
    """
    The hosts, and what they saw.
    """

    def __init__(self, pages: int) -> None:
        self.port = 0
        self._pages = pages
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
        app.router.add_get("/feed", self._feed)
        app.router.add_get("/a/{number}", self._page)
        return app

    @web.middleware
    async def _note(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        clock = asyncio.get_running_loop().time
        visit = Visit(request.path, request.headers["User-Agent"], clock())
        self.visits[request.host.partition(":")[0]].append(visit)
        try:
            return await handler(request)
        finally:
            visit.went_at = clock()

    async def _robots(self, given: web.Request) -> web.Response:
        host = given.host.partition(":")[0]
        stated = f"Crawl-delay: {SLOW_DELAY_S}" if self.delay_s(host) == SLOW_DELAY_S else "Disallow:"
        return web.Response(text=f"User-agent: *\n{stated}\n")

    async def _feed(self, given: web.Request) -> web.Response:
        links = "".join(f"<item><link>http://{given.host}/a/{number}</link></item>" for number in range(self._pages))
        text = f"<rss version='2.0'><channel><title>{given.host}</title>{links}</channel></rss>"
        return web.Response(text=text, content_type="application/rss+xml")

    async def _page(self, given: web.Request) -> web.Response:
        host, number = given.host.partition(":")[0], int(given.match_info["number"])
        await asyncio.sleep(0.05 * (number % 5))
        log = self.visits[host]
        if HOSTS.index(host) % 7 == 0 and not any(visit.rest_s for visit in log):
            log[-1].rest_s = RETRY_AFTER_S
            return web.Response(status=429, headers={"Retry-After": str(int(RETRY_AFTER_S))})
        return web.Response(text=article(number), content_type="text/html")

    def judge(self, disturbance: Disturbance) -> Report:
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
                is_overlap = first.went_at is None or second.came_at < first.went_at
                owed_s = max(delay_s, disturbance.rest_s(first, second))
                is_breach = gap_s < owed_s
                if (is_overlap or is_breach) and any(disturbance.is_waking(visit) for visit in (first, second)):
                    report.woken += 1
                    continue
                gaps[delay_s].append(gap_s)
                report.overlaps += is_overlap
                if is_breach:
                    report.breaches.append((host, first.path, gap_s, owed_s))
            extra = _extra(log)
            report.extra, report.most_extra = report.extra + extra, max(report.most_extra, extra)
        report.smallest_gap_s = min(gaps[DELAY_S], default=0.0)
        report.smallest_slow_gap_s = min(gaps[SLOW_DELAY_S], default=0.0)
        return report


def _extra(log: list[Visit]) -> int:
    """
    How many requests of a host were for what had been asked for before, and was not refused then.
    """
    asked = Counter(visit.path for visit in log if not visit.rest_s)
    return sum(times - 1 for times in asked.values())


@asynccontextmanager
async def crowded(pages: int) -> AsyncIterator[Crowd]:
    """
    Serve all hosts on one free port, with so many pages each.
    """
    crowd = Crowd(pages)
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
    Let three fetchers watch a feed of each host, with so many pages, while they are killed, frozen and restarted; say
    what the hosts saw.
    """
    async with crowded(pages) as crowd:
        for number in range(3):
            fleet.start(f"fetcher-{number}", ["services.fetcher"], environ=_environ(crowd, number))
        seen = Subscriber(kafka, topics.PAGE_FETCHED)
        now = datetime.now(UTC)
        feeds = [f"http://{host}:{crowd.port}/feed" for host in HOSTS]
        await publish_sources(kafka, [Source(url=url, changed_at=now, min_interval_s=3600) for url in feeds])
        disturbance = await disturb(fleet, seconds, seed)
        await seen.wait_for(len(HOSTS) * pages, 240)
        await seen.stop()
        report, done = crowd.judge(disturbance), disturbance.done
        report.kills, report.restarts, report.freezes = done["kill"], done["restart"], done["freeze"]
        report.pages = len(seen.seen)
        return report


def _environ(crowd: Crowd, number: int) -> dict[str, str]:
    return {
        "NEWS_FETCHER_USER_AGENT": _name(number),
        "NEWS_FETCHER_ALLOWED_NETWORKS": "127.0.0.0/8",
        "NEWS_FETCHER_ALLOWED_PORTS": str(crowd.port),
        "NEWS_FETCHER_DELAY_S": str(DELAY_S),
        "NEWS_FETCHER_RETRY_BASE_S": "1",
    }


def _name(number: int) -> str:
    return f"news-ingest/0.1 (+https://example.org/bot; fetcher {number})"


async def disturb(fleet: Fleet, seconds: float, seed: int) -> Disturbance:
    """
    Kill, freeze or stop in order a random replica, which its keeper starts again; say what was done.
    """
    rng, disturbance, clock = random.Random(seed), Disturbance(), asyncio.get_running_loop().time
    end = clock() + seconds
    await asyncio.sleep(8)
    while clock() < end:
        what, number = rng.choice(["kill", "restart", "freeze"]), rng.randrange(len(fleet.replicas))
        victim = fleet.replicas[number]
        disturbance.stopped_at[_name(number)].append(clock())
        victim.signal(_SIGNALS[what])
        disturbance.done[what] += 1
        if what == "freeze":
            await asyncio.sleep(rng.uniform(*FREEZE_S))
            disturbance.woken_at[_name(number)].append(clock())
            victim.signal(signal.SIGCONT)
        await asyncio.sleep(rng.uniform(2.0, 8.0))
    return disturbance


_SIGNALS = {"kill": signal.SIGKILL, "restart": signal.SIGTERM, "freeze": signal.SIGSTOP}
