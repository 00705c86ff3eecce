"""
What an article costs: CPU seconds of each process, bytes on the broker's disk by topic, bytes of memory that stay.

    corpus --served on loopback--> fetcher --> cleaner --> tagger, on a local Kafka, as shipped

    python -m bench.footprint --data FOLDER [--pages 1000] [--json FILE]

The pages are those of the folder, the same every time, each on one of many hosts, so that nothing waits for politeness.
CPU counts from the moment when everything runs and is at rest, workers and all; Kafka's own is its process. Bytes are
those of the log files, after zstd, before compaction, for one copy. `bench.tables` then measures memory on what was
written to the tables.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from bench.fuzz.corpus import read_corpus
from bench.processes import Usage, usage_by_role
from bench.tables import Held, held
from deploy.demo.staging import loopback_environ
from schemas import topics
from schemas.state import Source
from services.cli.connection import SERVERS_VARIABLE
from services.cli.lifetimes import together
from services.cli.machine import kafka_here
from services.cli.outcomes import OutcomeReader
from services.cli.processes import Supervisor
from services.cli.watching import publish_sources
from services.runtime.kafka.admin import create_topics

HOSTS = 40
PARTITIONS = 4
REST_S = 15.0
"""After all services run: imports, models and the first rebalance are no cost of an article."""

STUCK_S = 60.0
"""Without any outcome for so long, it is over, or broken."""

ROLES = {
    "services.fetcher": "fetcher",
    "services.cleaner": "cleaner",
    "services.tagger": "tagger",
    "kafka.Kafka": "kafka",
}


@dataclass
class Footprint:
    """
    The result.

    Attributes:
        outcomes: Inputs by service, outcome and reason.
        cpu_ms: CPU milliseconds of each process for each page that was fetched.
        disk_bytes: By topic, for each page that was fetched.
        rss_mb: Of each service with its workers, at the end.
        tables: Memory of remembered entries.
    """

    pages: int
    page_bytes: int
    seconds: float = 0.0
    articles: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    cpu_ms: dict[str, float] = field(default_factory=dict)
    disk_bytes: dict[str, int] = field(default_factory=dict)
    rss_mb: dict[str, float] = field(default_factory=dict)
    tables: list[Held] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    """
    `/feed` lists the pages of this host, `/<number>` is one; its server holds them.
    """

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        pages: dict[str, bytes] = self.server.pages  # type: ignore[attr-defined]
        body = pages.get(self.path, b"")
        kind = "application/xml" if self.path == "/feed" else "text/html"
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """
        Nobody reads it.
        """


@contextmanager
def served(bodies: Sequence[bytes]) -> Iterator[tuple[list[str], set[int]]]:
    """
    The pages on loopback addresses of their own; the feeds' URLs, and the ports.
    """
    feeds: list[str] = []
    ports: set[int] = set()
    with ExitStack() as stack:
        for host in range(HOSTS):
            server = ThreadingHTTPServer((f"127.0.1.{host + 1}", min(ports, default=0)), _Handler)
            base, mine = f"http://{server.server_address[0]!s}:{server.server_port}", range(host, len(bodies), HOSTS)
            links = "".join(f"<item><link>{base}/{n}</link></item>" for n in mine)
            feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>f</title>{links}</channel></rss>'
            server.pages = {"/feed": feed.encode(), **{f"/{n}": bodies[n] for n in mine}}  # type: ignore[attr-defined]
            Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
            ports.add(server.server_port)
            feeds.append(f"{base}/feed")
        yield feeds, ports


async def measure(bodies: Sequence[bytes]) -> Footprint:
    """
    Take all pages through everything.

    Raises:
        NewsIngestError: Kafka cannot be started, or a service does not live.
    """
    found = Footprint(len(bodies), sum(map(len, bodies)) // len(bodies))
    with served(bodies) as (feeds, ports), tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        environ = {**loopback_environ(os.environ, ports), "NEWS_FETCHER_DELAY_S": "0"}
        async with kafka_here(folder / "kafka", environ, port=0) as kafka:
            await create_topics(kafka, PARTITIONS)
            supervisor = Supervisor({**environ, SERVERS_VARIABLE: kafka.bootstrap_servers}, folder / "logs", tell=print)

            async def course() -> None:
                await supervisor.running.wait()
                await asyncio.sleep(REST_S)
                before, began = usage_by_role(os.getpid(), ROLES), time.monotonic()
                now = datetime.now(UTC)
                await publish_sources(kafka, [Source(url=url, changed_at=now, min_interval_s=3600) for url in feeds])
                logs = [folder / "logs" / f"{name}.log" for name in supervisor.names]
                counts, took_s = await _worked_off(OutcomeReader(logs, from_start=True), len(bodies), began)
                _weigh(found, before, usage_by_role(os.getpid(), ROLES), counts)
                found.seconds = round(took_s, 1)
                for topic, size in _disk(folder / "kafka").items():
                    found.disk_bytes[topic] = size // len(bodies)
                found.tables = [await held(kafka, topic) for topic in (topics.FRONTIER, topics.LEDGER)]

            await together(supervisor.run(), course())
    return found


async def _worked_off(outcomes: OutcomeReader, pages: int, began: float) -> tuple[Counter[str], float]:
    """
    Wait until each page has come to its end; return what became of them, and after how many seconds.
    """
    counts: Counter[str] = Counter()
    moved = time.monotonic()
    while time.monotonic() - moved < STUCK_S:
        for one in outcomes.poll():
            counts[f"{one.service} {one.outcome} {one.reason}"] += 1
            moved = time.monotonic()
        cleaned, done = _of(counts, "cleaner emit"), _of(counts, "tagger")
        if _of(counts, "cleaner") >= pages and done >= cleaned:
            break
        await asyncio.sleep(0.2)
    return counts, moved - began


def _of(counts: Counter[str], start: str) -> int:
    return sum(count for name, count in counts.items() if name.startswith(start))


def _weigh(found: Footprint, before: dict[str, Usage], after: dict[str, Usage], counts: Counter[str]) -> None:
    found.articles = _of(counts, "tagger emit")
    found.outcomes = dict(counts.most_common())
    for role, usage in after.items():
        found.cpu_ms[role] = round((usage.cpu_s - before[role].cpu_s) * 1000 / found.pages, 1)
        found.rss_mb[role] = round(usage.rss_bytes / 1e6, 1)


def _disk(folder: Path) -> dict[str, int]:
    """
    Bytes of log files by topic, the largest first.
    """
    sizes: Counter[str] = Counter()
    for log in folder.rglob("*.log"):
        if match := re.fullmatch(r"(.+)-\d+", log.parent.name):
            sizes[match[1]] += log.stat().st_size
    return dict(sizes.most_common())


def main(arguments: list[str]) -> int:
    """
    Measure and tell; return the exit status.
    """
    parser = argparse.ArgumentParser(prog="python -m bench.footprint", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with html.zip files or *.html files")
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result there too")
    options = parser.parse_args(arguments)
    entries = read_corpus(options.data)
    chosen = entries[:: max(1, len(entries) // options.pages)][: options.pages]
    load = os.getloadavg()[0]
    found = asyncio.run(measure([entry.read() for entry in chosen]))
    result = {
        "benchmark": "footprint",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "command": f"python -m bench.footprint --data <sets> --pages {options.pages}",
        "machine": f"{os.cpu_count()} cores ({platform.machine()}), Linux, Python {platform.python_version()}",
        "load_before": round(load, 2),
        **asdict(found),
    }
    print(json.dumps(result, indent=1))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0 if found.articles else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
