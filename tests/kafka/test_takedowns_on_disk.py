"""
Of an article that was taken down nothing is left on disk, when compaction has been; and nothing brings it back.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy.local.broker import Broker, BrokerConfig
from schemas import topics
from schemas.ids import article_id
from services.cli.takedowns.control import Wish, take_down
from services.cli.takedowns.finding import LOOKED_AT, trail_of
from services.runtime.kafka import admin
from services.runtime.settings import KafkaSettings
from tests.kafka.conftest import PARTITIONS
from tests.kafka.fleet import Fleet
from tests.kafka.site import served
from tests.kafka.test_dead_letters import bury, everything, letter
from tests.kafka.test_pipeline import request, start_real
from tests.kafka.watching import Subscriber, settled

SOON = {
    "min.compaction.lag.ms": "0",
    "max.compaction.lag.ms": "1",
    "min.cleanable.dirty.ratio": "0",
    "segment.ms": "300",
    "delete.retention.ms": "0",
    "file.delete.delay.ms": "0",
}
"""What takes ten days by default."""

PLAIN = {"compression.type": "uncompressed"}
"""To be looked for in the files."""

NOWHERE = {topics.SOURCES.name, topics.ARTICLE_REPLAY.name}
"""Where the test writes nothing of it."""

ROUNDS, PAUSE_S = 60, 1.0


@pytest.fixture
async def hasty(tmp_path: Path) -> AsyncIterator[Broker]:
    """
    A broker of its own, which compacts as soon as it can.
    """
    overrides = {"log.cleaner.backoff.ms": "200", "log.retention.check.interval.ms": "500"}
    broker = Broker(BrokerConfig(tmp_path / "kafka", overrides=overrides))
    await broker.start()
    yield broker
    await broker.stop()


async def configure(kafka: KafkaSettings, more: Mapping[str, str], retention_ms: int | None = None) -> None:
    """
    Set limits of all topics; retention only where nothing else deletes.
    """
    client = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await client.start()
    for topic in topics.ALL:
        short = {"retention.ms": str(retention_ms)} if topic.cleanup == "delete" and retention_ms else {}
        configs = {**topic.settings(), **PLAIN, **more, **short}
        await client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, configs)])
    await client.close()


async def let_time_pass(kafka: KafkaSettings) -> None:
    """
    Write something of no meaning to every partition: a segment is closed by the next record, never by itself.
    """
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    await producer.start()
    for topic in topics.ALL:
        for number in range(PARTITIONS):
            await producer.send(topic.name, None, b"https://nobody.test/", partition=number)
    await producer.stop()


def traces(folder: Path, *words: str) -> set[str]:
    """
    Where on the disk some words stand, as topic and word.
    """
    return {
        f"{path.parent.name.rpartition('-')[0]}: {word}"
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name.startswith("news.")
        for word in words
        if word.encode() in path.read_bytes()
    }


@pytest.mark.e2e
async def test_nothing_is_left_on_disk_and_no_replay_brings_it_back(hasty: Broker, tmp_path: Path) -> None:
    """
    Neither id, URL nor headline, in any file of any topic, but the id in the takedown itself; others are as they were.
    """
    kafka = KafkaSettings(bootstrap_servers=hasty.bootstrap_servers)
    await admin.create_topics(kafka, PARTITIONS)
    await configure(kafka, {})
    fleet = Fleet(kafka, tmp_path)
    async with served() as site:
        urls = [site.url(number) for number in range(1, 6)]
        start_real(fleet, site)
        seen = Subscriber(kafka, topics.ARTICLE_TAGGED)
        await request(kafka, urls)
        await seen.wait_for(5, 90)
        [page] = [p for p in await everything(kafka, topics.PAGE_FETCHED) if p.header("ce_subject") == urls[0]]
        await bury(kafka, letter(page.origin, page.value or b"", dict(page.headers), subject=urls[0]))
        await replay(kafka, "before")
        await settled(kafka, "cleaner", topics.PAGE_REPLAY)
        words = (urls[0].removeprefix("http://"), "Report 1 from the valley", str(article_id(urls[0])))
        before = traces(tmp_path / "kafka", *words)
        await configure(kafka, SOON, retention_ms=1000)

        ordered = await take_down(kafka, Wish(trail_of(urls[0]), "a court's order", "ada", 2.0), lambda _: None)
        published = sum(len(record.value or b"") > 0 for record in seen.records)
        await replay(kafka, "after")
        await request(kafka, [urls[0]])
        await settled(kafka, "fetcher", topics.FETCH_REQUESTED)
        await settled(kafka, "cleaner", topics.PAGE_REPLAY)
        await asyncio.sleep(3)
        await seen.stop()
        statuses = await fleet.stop()
        print(fleet.logs())

    left = {"not looked at"}
    for _ in range(ROUNDS):
        await let_time_pass(kafka)
        await asyncio.sleep(PAUSE_S)
        left = traces(tmp_path / "kafka", *words)
        if left == {f"news.takedowns: {words[2]}"}:
            break
    standing = {record.key: record.value for record in await everything(kafka, topics.ARTICLE_TAGGED)}

    assert {trace.partition(":")[0] for trace in before} == {topic.name for topic in LOOKED_AT} - NOWHERE
    assert statuses == [0, 0, 0]
    assert ordered.unheard == ()
    assert left == {f"news.takedowns: {words[2]}"}
    late = [record.header("ce_subject") for record in seen.records[published:] if record.value is not None]
    assert urls[0] not in late
    assert {key.decode() for key, value in standing.items() if key and value} == {str(article_id(u)) for u in urls[1:]}


async def replay(kafka: KafkaSettings, name: str) -> None:
    """
    All pages once more, to the end.
    """
    environ = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers}
    words = ("replay", "start", "pages", "--all", "--rate", "100", "--name", name)
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "services.cli", *words, env=environ)

    assert await process.wait() == 0
