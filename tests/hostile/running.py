"""
Runs all cases at once, through one client and the fetcher's own decisions, and writes down what came of it.

    cases --> driver each --> one client --> web and DNS --> conclusions
"""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

from schemas import topics
from schemas.events import FetchRequested
from schemas.ids import request_id
from services.fetcher import feeds
from services.fetcher.answers import Fetch, Refuse
from services.fetcher.client import Client
from services.fetcher.responses import Meaning, interpret
from services.fetcher.settings import FetcherSettings
from services.fetcher.topology import fetcher_topology
from services.runtime.processor import Conclusion
from services.runtime.testing import TopologyDriver
from services.runtime.topology import Topology
from tests.hostile.case import PAGE, Case
from tests.hostile.names import naming, to
from tests.hostile.server import PUBLIC, PUBLIC_NETWORK, TRAP, Web, served
from tests.hostile.tls import AUTHORITY

PASSING = {"ACCEPTED", "ROBOTS_READ", "ROBOTS_NOT_MODIFIED", "ROBOTS_REDIRECTED", "REDIRECTED", "FORGOTTEN"}
"""Conclusions on the way to an end."""

AT_ONCE = 8
"""Of the cases that end at once; those that keep one waiting all run meanwhile."""

MAX_TURNS = 60

WORKERS = 2


@dataclass(frozen=True)
class Ended:
    """
    What a case came to.
    """

    ends: tuple[str, ...]
    published: tuple[bytes, ...]
    asked: tuple[str, ...]
    seconds: float


@dataclass
class Report:
    """
    What all came to.

    Attributes:
        calm_s: How long each request to well-behaved hosts took meanwhile, in seconds; None for one that failed.
        dialled: Every address that a socket of this process was connected to.
    """

    ended: dict[str, Ended] = field(default_factory=dict)
    calm_s: list[float | None] = field(default_factory=list)
    dialled: set[tuple[str, int]] = field(default_factory=set)
    trapped: int = 0


class Clock:
    """
    The real time, and whatever was slept through.
    """

    def __init__(self) -> None:
        self.skipped = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.skipped


def run(cases: Sequence[Case]) -> Report:
    """
    Run all cases at once.
    """
    with mock.patch("certifi.where", return_value=str(AUTHORITY)), watching() as dialled:
        report = asyncio.run(_run(cases))
    report.dialled = dialled
    return report


async def _run(cases: Sequence[Case]) -> Report:
    async with served() as web, naming(to(PUBLIC)) as names:
        _LOCAL.add(names.port)
        settings = FetcherSettings(
            allowed_networks=(PUBLIC_NETWORK,),
            allowed_ports=(web.port, web.tls_port),
            delay_s=0.01,
            connect_timeout_s=4.0,
            idle_timeout_s=5.0,
            total_timeout_s=8.0,
            max_body_bytes=100_000,
            max_attempts=3,
            reserved_pages="fetch",
        )
        client = Client(settings, lookup=names.lookup)
        workers = ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn"), feeds.warm)
        names.table["localhost"] = to(TRAP, "::1")
        for case in cases:
            web.sites[case.host_name] = case.script()
            if case.zone is not None:
                names.table[case.host_name] = case.zone
        report = Report()
        world = World(_topology(settings, client, workers), web, report, asyncio.Semaphore(AT_ONCE))
        await asyncio.gather(*(asyncio.wrap_future(workers.submit(feeds.warm)) for _ in range(WORKERS)))
        calm = asyncio.create_task(_stay_calm(world))
        await asyncio.gather(*(_end(case, world) for case in cases))
        calm.cancel()
        await asyncio.gather(calm, return_exceptions=True)
        await client.close()
        workers.shutdown()
        report.trapped = web.trapped
        return report


@dataclass(frozen=True)
class World:
    """
    What a case is run in.
    """

    topology: Topology
    web: Web
    report: Report
    gate: asyncio.Semaphore


def _topology(settings: FetcherSettings, client: Client, workers: ProcessPoolExecutor) -> Topology:
    """
    The fetcher, whose answers are read in worker processes, as they are in the service: none holds up another.
    """

    async def act(action: Fetch | Refuse) -> Meaning | Refuse:
        if isinstance(action, Refuse):
            return action
        fetched = await client.fetch(action)
        return await asyncio.wrap_future(workers.submit(interpret, fetched))

    topology = fetcher_topology(settings, client)
    return replace(topology, stage=replace(topology.stage, act=act, call_of=None))


async def _end(case: Case, world: World) -> None:
    async with nullcontext() if case.is_slow else world.gate:
        began = time.monotonic()
        ends, published = await _ends(case, world)
        asked = tuple(world.web.asked.get(case.host_name, ()))
        world.report.ended[case.name] = Ended(ends, published, asked, time.monotonic() - began)


async def _ends(case: Case, world: World) -> tuple[tuple[str, ...], tuple[bytes, ...]]:
    clock = Clock()
    driver = TopologyDriver(world.topology, clock=clock)
    ends: list[str] = []
    for turn in range(MAX_TURNS):
        conclusions = list(await driver.run_due())
        if not conclusions:
            if driver.due_at is None or turn == 0:
                conclusions = [_ask(case, world, driver, turn)]
            else:
                clock.skipped += max(driver.due_at - clock(), timedelta(0))
        ends += _said(driver, conclusions)
        if len(ends) >= len(case.ends):
            break
    return tuple(ends), tuple(page.body for page in driver.events(topics.PAGE_FETCHED))


def _ask(case: Case, world: World, driver: TopologyDriver, turn: int) -> Conclusion:
    url = case.url.format(host=case.host_name, port=world.web.port, tls=world.web.tls_port)
    request = FetchRequested(url=url, kind=case.kind, requested_at=driver.now)
    return driver.pipe(request, event_id=request_id(str(turn), url))


def _said(driver: TopologyDriver, conclusions: Iterable[Conclusion]) -> Iterator[str]:
    """
    The ends among conclusions, in words. What redirects and lists lead to is taken in.
    """
    for conclusion in conclusions:
        if conclusion.reason == "REDIRECTED":
            yield from _said(driver, driver.pipe_outgoing(conclusion.records))
        elif conclusion.reason not in PASSING:
            yield _in_words(conclusion)
            driver.pipe_outgoing(conclusion.records)


def _in_words(conclusion: Conclusion) -> str:
    said = f"letter {conclusion.reason}" if conclusion.outcome == "deadletter" else conclusion.reason
    if conclusion.reason in {"TRY_AGAIN", "ROBOTS_UNREACHABLE", "FETCH_FAILED"}:
        said += f" {(conclusion.detail or '').partition(':')[0].partition(';')[0]}"
    if conclusion.reason == "FEED_READ":
        said += f" {sum(record.topic == topics.FETCH_REQUESTED.name for record in conclusion.records)}"
    return said


async def _stay_calm(world: World) -> None:
    """
    Ask well-behaved hosts, each of them new, for as long as the others misbehave.
    """
    number = 0
    while True:
        number += 1
        host = f"calm-{number}.hostile.test"
        world.web.sites[host] = {"/a": PAGE, "/robots.txt": PAGE}
        driver = TopologyDriver(world.topology, clock=Clock())
        driver.pipe(FetchRequested(url=world.web.url(host, "/a"), requested_at=driver.now))
        began = time.monotonic()
        await driver.run_due()
        ends = [conclusion.reason for conclusion in driver.conclusions]
        world.report.calm_s.append(time.monotonic() - began if ends == ["ACCEPTED", "ROBOTS_READ"] else None)
        await asyncio.sleep(0.05)


_DIALLED: set[tuple[str, int]] = set()
_LOCAL: set[int] = set()
"""Ports of the tests' own DNS."""


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][1] not in _LOCAL:
        _DIALLED.add(arguments[1][:2])


@contextmanager
def watching() -> Iterator[set[tuple[str, int]]]:
    """
    Every address that any socket of this process is connected to, as the interpreter itself tells it.
    """
    if not _LOCAL:
        sys.addaudithook(_note)
        _LOCAL.add(0)
    _DIALLED.clear()
    yield _DIALLED
