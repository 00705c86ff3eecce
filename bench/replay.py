"""
A replay beside live traffic: what live pages notice of it, and whether it is the same again.

    pages --> first run --> live pages, and the replay, killed again and again --> live pages, in turns alone and beside

`python -m bench.replay [--pages 5000] [--kills 10] [--rate 10] [--live 4] [--turns 10] [--turn 20]` starts a broker of
its own, the cleaner and the tagger. The replay that is killed with SIGKILL and resumed is `news-ingest replay`, in
processes of its own; latency is measured beside another one, which runs and rests in turns, so that whatever else the
machine does is in both. It is from a page's arrival on `news.page.fetched` to its article's on `news.article.tagged`,
both by the broker's clock. The exit status is 0 when every page was copied once, gave the same bytes and ids, and no
key of the live output went backwards; the result, latencies too, is written to `bench/results/replay-<date>.json`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiokafka import AIOKafkaProducer

from bench.ground import fleet_over_kafka, keep
from schemas import topics
from schemas.base import rfc3339
from schemas.envelope import seal
from schemas.events import ArticleTagged, PageFetched, PageMeta
from schemas.ids import article_id, sha256_hex
from schemas.replays import Replay, Selection
from services.cli.flow import Input
from services.cli.offsets import unread
from services.cli.replays.control import begin, go_on, put
from services.cli.replays.selection import WAYS
from services.cli.replays.stretches import resolve
from services.runtime.kafka import access
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings
from tests.kafka.fleet import Fleet
from tests.kafka.site import article
from tests.kafka.watching import Subscriber

Span = tuple[datetime, datetime]

PARTITIONS = 6
EPOCH = datetime(2026, 6, 30, tzinfo=UTC)
SITES = 200
FIRST_LIVE = 1_000_000
PATIENCE_S = 1800.0
SETTLE_S = 10.0
"""Between the last page that is cleaned and its article, at most."""

NAME = "bench"


@dataclass
class Latency:
    """
    Of live pages, seconds.
    """

    pages: int
    p50_s: float
    p95_s: float


@dataclass
class Report:
    """
    What was done and what was seen.
    """

    pages: int
    kills: int
    rate: float
    live_per_s: float
    date: str = ""
    load: list[float] = field(default_factory=list)
    replay_s: float = 0.0
    copied_once: bool = False
    same_cleaned: bool = False
    same_tagged: bool = False
    never_backwards: bool = False
    latency: dict[str, Latency] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """
        Whether it was the same again, once.
        """
        return self.copied_once and self.same_cleaned and self.same_tagged and self.never_backwards


def page_of(number: int) -> PageFetched:
    """
    A page of one of the sites, the same on every call.
    """
    body, url = article(number).encode(), f"https://site-{number % SITES}.test/a/{number}"
    moment = EPOCH + timedelta(seconds=number)
    meta = PageMeta.of(
        sha256_hex(body), url=url, article_id=article_id(url), fetched_at=moment, content_type="text/html"
    )
    return PageFetched(meta=meta, body=body)


async def write(kafka: KafkaSettings, numbers: range, per_s: float | None = None) -> None:
    """
    Write pages to the live input, at once or so many a second.
    """
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    await producer.start()
    try:
        for number in numbers:
            page = page_of(number)
            sealed = seal(topics.PAGE_FETCHED, page, page.meta.page_id, "fetcher")
            where = topics.PAGE_FETCHED.partition(page, PARTITIONS)
            name, headers = topics.PAGE_FETCHED.name, list(sealed.headers)
            sent = await producer.send(name, sealed.value, sealed.key, partition=where, headers=headers)
            if per_s is not None:
                await sent
                await asyncio.sleep(1 / per_s)
        await producer.flush()
    finally:
        await producer.stop()


async def replay(kafka: KafkaSettings, report: Report, until: datetime) -> None:
    """
    Run the command to its end, killed as often as asked at even distances.
    """
    copied = Subscriber(kafka, topics.PAGE_REPLAY, name=lambda record: record.header("replayed_from") or "")
    words = ["start", "pages", "--all", "--to", rfc3339(until), "--rate", str(report.rate), "--name", NAME]
    for kill in range(1, report.kills + 1):
        process = await command(kafka, words)
        await copied.wait_for(kill * report.pages // (report.kills + 1), PATIENCE_S)
        process.send_signal(signal.SIGKILL)
        await process.wait()
        words = ["resume", NAME]
    process = await command(kafka, words)
    status = await process.wait()
    await copied.stop()
    if status:
        raise SystemExit(f"the replay ended with {status}")


async def command(kafka: KafkaSettings, words: list[str]) -> asyncio.subprocess.Process:
    """
    The command, in a process of its own.
    """
    environ = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers}
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "services.cli", "replay", *words, env=environ)


async def everything(kafka: KafkaSettings, topic: topics.Topic[Any]) -> list[Record]:
    """
    All committed records of a topic.
    """
    return [record async for record in access.follow(kafka, topic, from_start=True, until_end=True)]


def is_same_again(records: list[Record], wanted: set[str], name: str) -> bool:
    """
    Whether each page that was replayed stands there twice, equal to the byte, headers too.
    """
    found: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for record in records:
        page = json.loads(record.value or b"{}").get("pageId", "")
        if page in wanted:
            found[page].append((record.key, record.value, sorted(record.headers.items())))
    bad = [page for page in wanted if len(found[page]) != 2 or found[page][0] != found[page][1]]
    if bad:
        print(f"{name}: {len(bad)} of {len(wanted)} are not the same again, e.g. {bad[:3]}", file=sys.stderr)
    return not bad


def goes_backwards(tagged: list[Record]) -> bool:
    """
    Whether a key's version ever falls.
    """
    last: dict[bytes, int] = {}
    for record in tagged:
        version = ArticleTagged.from_wire(record.value or b"", record.headers).version
        if version < last.get(record.key or b"", 0):
            return True
        last[record.key or b""] = version
    return False


async def judge(kafka: KafkaSettings, report: Report, until: datetime) -> None:
    """
    Look at all that was written.
    """
    pages = [record for record in await everything(kafka, topics.PAGE_FETCHED) if record.timestamp < until]
    copies = Counter(record.header("replayed_from") for record in await everything(kafka, topics.PAGE_REPLAY))
    wanted = {(record.key or b"").decode() for record in pages}
    report.copied_once = copies == Counter(str(record.origin) for record in pages) and len(pages) == report.pages
    report.same_cleaned = is_same_again(await everything(kafka, topics.ARTICLE_CLEANED), wanted, "cleaned")
    report.same_tagged = is_same_again(await everything(kafka, topics.ARTICLE_TAGGED), wanted, "tagged")


async def latency(kafka: KafkaSettings, spans: dict[str, list[Span]]) -> dict[str, Latency]:
    """
    By name, how long live pages that arrived in its spans took.
    """
    arrived = {(r.key or b"").decode(): r.timestamp for r in await everything(kafka, topics.PAGE_FETCHED)}
    took: dict[str, float] = {}
    for record in await everything(kafka, topics.ARTICLE_TAGGED):
        page = str(ArticleTagged.from_wire(record.value or b"", record.headers).page_id)
        took.setdefault(page, (record.timestamp - arrived[page]).total_seconds())
    found = {}
    for name, own in spans.items():
        within = [page for page, moment in arrived.items() if any(start <= moment < end for start, end in own)]
        values = sorted(took[page] for page in within if page in took)
        found[name] = Latency(len(values), values[len(values) // 2], values[int(0.95 * len(values))])
    return found


async def tagged(kafka: KafkaSettings, count: int) -> None:
    """
    Wait until so many articles are there.
    """
    seen = Subscriber(kafka, topics.ARTICLE_TAGGED)
    await seen.wait_for(count, PATIENCE_S)
    await seen.stop()
    if len(seen.seen) < count:
        raise SystemExit(f"only {len(seen.seen)} of {count} articles came")


async def worked_off(kafka: KafkaSettings) -> None:
    """
    Wait until nothing is under way.
    """
    inputs = [Input("cleaner", topics.PAGE_REPLAY), Input("tagger", topics.ARTICLE_CLEANED)]
    while any([(await unread(kafka, given)).count for given in inputs]):
        await asyncio.sleep(1)


def quiet(_replay: Replay, _why: str) -> None:
    """
    Nobody is told.
    """


async def in_turns(kafka: KafkaSettings, rate: float, turns: int, turn_s: float) -> dict[str, list[Span]]:
    """
    Let a replay rest and run; return when it did which.
    """
    spans: dict[str, list[Span]] = {"alone": [], "beside": []}
    stretches = await resolve(kafka, WAYS["pages"], Selection())
    now = datetime.now(UTC)
    fresh = Replay(
        replay_id="turns",
        topic=topics.PAGE_FETCHED.name,
        lane=topics.PAGE_REPLAY.name,
        began_at=now,
        changed_at=now,
        stretches=stretches,
        rate=rate,
    )
    for turn in range(turns):
        began = datetime.now(UTC)
        await asyncio.sleep(turn_s)
        spans["alone"].append((began, datetime.now(UTC)))
        work = begin(kafka, fresh, quiet) if turn == 0 else go_on(kafka, "turns", None, quiet)
        copying = asyncio.create_task(work)
        began = datetime.now(UTC)
        await asyncio.sleep(turn_s)
        if copying.done():
            raise SystemExit("the replay was over before the turns were: more --pages")
        spans["beside"].append((began, datetime.now(UTC)))
        copying.cancel()
        await asyncio.gather(copying, return_exceptions=True)
        await put(kafka, "turns", "paused")
        await worked_off_lane(kafka)
    return spans


async def run(report: Report, kafka: KafkaSettings, fleet: Fleet, options: argparse.Namespace) -> None:
    """
    All phases.
    """
    environ = {"NEWS_RUNTIME_WORKERS": "2", "NEWS_RUNTIME_RECORD_TIMEOUT_S": "30"}
    await write(kafka, range(report.pages))
    for name in ("cleaner", "tagger"):
        fleet.start(name, [f"services.{name}"], environ=environ)
    await tagged(kafka, report.pages)
    await asyncio.sleep(1)
    until = datetime.now(UTC)
    report.load.append(os.getloadavg()[0])
    live = asyncio.create_task(write(kafka, range(FIRST_LIVE, 2 * FIRST_LIVE), report.live_per_s))
    await replay(kafka, report, until)
    await worked_off_lane(kafka)
    report.replay_s = round((datetime.now(UTC) - until).total_seconds(), 1)
    await asyncio.sleep(SETTLE_S)
    await judge(kafka, report, until)
    report.load.append(os.getloadavg()[0])
    spans = await in_turns(kafka, report.rate, options.turns, options.turn)
    report.load.append(os.getloadavg()[0])
    live.cancel()
    await asyncio.gather(live, return_exceptions=True)
    await worked_off(kafka)
    report.latency = await latency(kafka, spans)
    report.never_backwards = not goes_backwards(await everything(kafka, topics.ARTICLE_TAGGED))


async def worked_off_lane(kafka: KafkaSettings) -> None:
    """
    Wait until the lane is empty; the live input never quite is.
    """
    while (await unread(kafka, Input("cleaner", topics.PAGE_REPLAY))).count:
        await asyncio.sleep(0.5)


async def main(options: argparse.Namespace) -> int:
    """
    Run it; return the exit status.
    """
    report = Report(options.pages, options.kills, options.rate, options.live)
    async with fleet_over_kafka(PARTITIONS) as (kafka, fleet):
        await run(report, kafka, fleet, options)
    report.date = datetime.now(UTC).date().isoformat()
    print(keep(f"replay-{report.date}", asdict(report)))
    return 0 if report.holds else 1


def parse(arguments: list[str]) -> argparse.Namespace:
    """
    Read the command line.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--rate", type=float, default=10.0, help="of the replay, records a second")
    parser.add_argument("--live", type=float, default=4.0, help="live pages a second")
    parser.add_argument("--turns", type=int, default=10, help="in which latency is measured")
    parser.add_argument("--turn", type=float, default=20.0, help="seconds without, and seconds with a replay")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(parse(sys.argv[1:]))))
