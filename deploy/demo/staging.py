"""
Everything that the demo runs on: a Kafka of its own in a temporary folder, its topics, and the three services as
processes. All of it ends with the demo, whatever ends the demo.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from services.cli.connection import SERVERS_VARIABLE
from services.cli.machine import kafka_here
from services.cli.output import say
from services.cli.processes import Supervisor
from services.runtime.kafka.admin import create_topics
from services.runtime.settings import KafkaSettings

PARTITIONS = 4
"""A third of the default: lighter on a laptop, and still more than one."""

LIGHT = {
    "NEWS_RUNTIME_WORKERS": "1",
    # Before a new owner asks a host for anything, it waits for the time in which an old one may still do so.
    "NEWS_RUNTIME_SESSION_TIMEOUT_S": "4",
}

SETTINGS = ("NEWS_FETCHER_", "NEWS_CLEANER_", "NEWS_TAGGER_", "NEWS_RUNTIME_", "KAFKA_")


@dataclass(frozen=True)
class Staging:
    """
    What is there to play on. The services run while `supervisor.run()` does; they write to `logs`.
    """

    kafka: KafkaSettings
    supervisor: Supervisor
    logs: tuple[Path, ...]


@asynccontextmanager
async def staged(environ: Mapping[str, str]) -> AsyncIterator[Staging]:
    """
    Start Kafka and create the topics; remove all of it at the end.

    Raises:
        NewsIngestError: Kafka cannot be started.
    """
    with tempfile.TemporaryDirectory(prefix="news-ingest-demo-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        own = {name: text for name, text in environ.items() if name != SERVERS_VARIABLE}
        async with kafka_here(folder / "kafka", own, port=0) as kafka:
            await create_topics(kafka, PARTITIONS)
            given = {**own, SERVERS_VARIABLE: kafka.bootstrap_servers}
            supervisor = Supervisor(given, folder / "logs", tell=say)
            yield Staging(kafka, supervisor, tuple(folder / "logs" / f"{name}.log" for name in supervisor.names))


def loopback_environ(environ: Mapping[str, str], ports: Iterable[int]) -> dict[str, str]:
    """
    What the services need to fetch from this machine; settings of the shell are left out, so that every demo is alike.
    """
    kept = {name: text for name, text in environ.items() if not name.startswith(SETTINGS)}
    return {
        **kept,
        **LIGHT,
        "NEWS_FETCHER_ALLOWED_NETWORKS": "127.0.0.0/8",
        "NEWS_FETCHER_ALLOWED_PORTS": ",".join(map(str, ports)),
        "NEWS_FETCHER_DELAY_S": "0.2",
    }
