"""
The kill test in its long form: the real services, a real web, a real broker, and somebody who kills at random.

    python -m bench.chaos [--seed N] [--seconds N] [--pages N] [--no-broker]   (`make chaos SEED=...`)

Three replicas of each service; SIGKILL and SIGSTOP (past the session) for at least a minute while pages flow from forty
loopback sites; the broker is killed for ten seconds too, in the middle. A subscriber reads during all
of it, another at the end: each article exactly once, no lag left. Exit status 0 when that holds, else 1; the result is
written to `bench/results/`.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.ground import keep
from deploy.local.broker import Broker, BrokerConfig
from schemas import topics
from services.runtime.kafka import admin
from services.runtime.settings import KafkaSettings
from tests.kafka.fleet import Fleet
from tests.kafka.site import Site, served
from tests.kafka.test_kill import doubled, missing
from tests.kafka.test_pipeline import request_over, start_real
from tests.kafka.watching import Subscriber, counted, settled

PARTITIONS = 6
REPLICAS = 3
AWAY_S = 10.0
SETTLE_S = 180.0


@dataclass
class Report:
    """
    What was done and what was seen.
    """

    seed: int
    seconds: float
    pages: int
    broker_killed: bool
    kills: int = 0
    freezes: int = 0
    starts: int = 0
    missing: int = 0
    doubled: int = 0
    late_reader_agrees: bool = False
    lag: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    extra_requests: int = 0
    date: str = ""

    @property
    def holds(self) -> bool:
        """
        Whether every promise was kept.
        """
        return not self.missing and not self.doubled and self.late_reader_agrees and not any(self.lag.values())


async def main(options: argparse.Namespace) -> int:
    """
    Run it; return the exit status.
    """
    report = Report(options.seed, options.seconds, options.pages, options.broker)
    with tempfile.TemporaryDirectory() as folder:
        broker = Broker(BrokerConfig(Path(folder) / "kafka"))
        await broker.start()
        try:
            async with served() as site:
                await run(report, broker, site, Path(folder))
        finally:
            await broker.stop()
    report.date = datetime.now(UTC).date().isoformat()
    print(keep(f"chaos-{report.date}-seed{report.seed}", asdict(report)))
    return 0 if report.holds else 1


async def run(report: Report, broker: Broker, site: Site, folder: Path) -> None:
    """
    Torment the services while pages flow, then count.
    """
    kafka = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
    await admin.create_topics(kafka, PARTITIONS)
    fleet, urls = Fleet(kafka, folder), [site.url(number) for number in range(report.pages)]
    during = Subscriber(kafka, topics.ARTICLE_TAGGED)
    start_real(fleet, site, replicas=REPLICAS)
    try:
        flow = asyncio.create_task(request_over(kafka, urls, report.seconds * 0.8))
        outage = asyncio.create_task(lose_broker(broker, report.seconds / 2)) if report.broker_killed else None
        done = await fleet.torment(report.seconds, report.seed)
        await asyncio.gather(flow, *([outage] if outage else []))
        await during.wait_for(len(urls), SETTLE_S)
        report.kills, report.freezes = done.count("kill"), done.count("stop")
        report.starts = sum(replica.starts for replica in fleet.replicas)
        await judge(report, kafka, during, urls)
        report.requests = sum(count for url, count in site.asked.items() if "/a/" in url)
        report.extra_requests = report.requests - len(urls)
    finally:
        await during.stop()
        await fleet.stop()
        if not report.holds:
            print(fleet.logs()[-20000:], file=sys.stderr)


async def judge(report: Report, kafka: KafkaSettings, during: Subscriber, urls: list[str]) -> None:
    """
    Compare what both readers saw with what was asked for.
    """
    for group, topic in (
        ("fetcher", topics.FETCH_REQUESTED),
        ("cleaner", topics.PAGE_FETCHED),
        ("tagger", topics.ARTICLE_CLEANED),
    ):
        report.lag[group] = sum((await settled(kafka, group, topic, 60)).values())
    report.missing, report.doubled = len(missing(urls, during.seen)), len(doubled(during.seen))
    report.late_reader_agrees = await counted(kafka, topics.ARTICLE_TAGGED) == during.seen


async def lose_broker(broker: Broker, after_s: float) -> None:
    """
    Kill the broker once, and start it again after ten seconds.
    """
    await asyncio.sleep(after_s)
    broker.kill()
    await asyncio.sleep(AWAY_S)
    await broker.start()


def parse(arguments: list[str]) -> argparse.Namespace:
    """
    Read the command line.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument(
        "--broker", action=argparse.BooleanOptionalAction, default=True, help="kill the broker for ten seconds too"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(parse(sys.argv[1:]))))
