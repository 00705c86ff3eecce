"""
What an operator takes out of Kafka and puts back, and how he knows when.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pytest
from typer.testing import CliRunner

from schemas import topics
from schemas.envelope import seal
from schemas.events import ArticleCleaned
from schemas.state import Source
from services.cli import draining
from services.cli.app import app
from services.cli.backup import back_up, restore
from services.cli.backup_file import BackupWriter, read_backup
from services.cli.errors import ExitCode, RunningError, TargetError
from services.cli.flow import Input
from services.cli.offsets import unread
from services.cli.watching import publish_sources
from services.runtime.kafka import access, admin
from services.runtime.kafka.connection import TransientError
from services.runtime.kafka.writer import Writer
from services.runtime.record import Outgoing, Record
from services.runtime.settings import KafkaSettings, RuntimeSettings
from tests.kafka.conftest import PARTITIONS
from tests.kafka.fleet import Fleet
from tests.kafka.stubs import to_article
from tests.kafka.test_tasks import page_of, put
from tests.kafka.watching import Subscriber, settled
from tests.kafka.wiping import wipe

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

MORE = PARTITIONS + 3

TAGGER = ["tests.kafka.stub_tagger"]
"""Publishes each article once, by the ledger, in the tagger's group."""


def told(_topic: str, _count: int) -> None:
    """
    Nobody listens.
    """


def source(number: int, **fields: object) -> Source:
    """
    A source of a site of its own.
    """
    return Source.model_validate({"url": f"https://site-{number}.test/feed.xml", "changed_at": NOW} | fields)


async def clean(kafka: KafkaSettings, topic: topics.Topic[ArticleCleaned], urls: list[str]) -> None:
    """
    Write articles to an input of the tagger.
    """
    articles = [to_article(page_of(url)) for url in urls]
    await access.publish(kafka, topic, [(article, uuid5(NAMESPACE_URL, article.url)) for article in articles], "test")


async def taken(kafka: KafkaSettings) -> bytes:
    """
    A backup.
    """
    stream = BytesIO()
    await back_up(kafka, stream, NOW, articles=False, tell=told)
    return stream.getvalue()


def written(of: Source) -> bytes:
    """
    A backup of one source.
    """
    sealed = seal(topics.SOURCES, of, uuid5(NAMESPACE_URL, of.url), "cli")
    stream = BytesIO()
    file = BackupWriter(stream, PARTITIONS, NOW)
    file.add(Record(topics.SOURCES.name, 0, 0, NOW, sealed.key, sealed.value, dict(sealed.headers)))
    file.end()
    return stream.getvalue()


async def put_back(kafka: KafkaSettings, backup: bytes, partitions: int) -> None:
    """
    The same on an empty Kafka.
    """
    await wipe(kafka)
    await admin.create_topics(kafka, partitions)
    await restore(kafka, read_backup(BytesIO(backup)), merge=False, tell=told)


async def everything(kafka: KafkaSettings, topic: topics.Topic[Source]) -> list[Record]:
    """
    All committed records of a topic.
    """
    return [record async for record in access.follow(kafka, topic, from_start=True, until_end=True)]


@pytest.mark.e2e
async def test_another_partition_count_loses_no_article_and_doubles_none(kafka: KafkaSettings, fleet: Fleet) -> None:
    """
    Drained, stopped, backed up, created anew with three partitions more, restored, started: what was read is known,
    what was not is worked off, and each lies where the new count wants it.
    """
    read = [f"https://site-{number}.test/1" for number in range(20)]
    waiting = [f"https://site-{number}.test/2" for number in range(5)]
    await publish_sources(kafka, [source(number) for number in range(9)])
    await clean(kafka, topics.ARTICLE_CLEANED, read)
    fleet.start("tagger", TAGGER)
    await settled(kafka, "tagger", topics.ARTICLE_CLEANED)
    await fleet.stop()
    await clean(kafka, topics.ARTICLE_CLEANED, waiting)
    found = await draining.look(kafka, 0.2)

    await put_back(kafka, await taken(kafka), MORE)
    places = {record.key: record.partition for record in await everything(kafka, topics.SOURCES)}
    await clean(kafka, topics.ARTICLE_REPLAY, read)
    seen = Subscriber(kafka, topics.ARTICLE_TAGGED)
    fleet.start("tagger", TAGGER)
    await settled(kafka, "tagger", topics.ARTICLE_CLEANED)
    await settled(kafka, "tagger", topics.ARTICLE_REPLAY)
    await seen.wait_for(len(waiting), 10)
    await seen.stop()

    assert (found.is_over, {s.given.topic.name: s.unread for s in found.inputs if s.unread}) == (
        False,
        {topics.SOURCES.name: 9, topics.ARTICLE_CLEANED.name: 5},
    )
    assert places == {s.url.encode(): topics.SOURCES.partition(s, MORE) for s in map(source, range(9))}
    assert seen.seen == dict.fromkeys(waiting, 1)


async def test_a_backup_holds_the_last_committed_value_of_what_is_still_there(kafka: KafkaSettings) -> None:
    """
    Neither earlier values, nor what was removed, nor what was never committed; headers come along.
    """
    await publish_sources(kafka, [source(1), source(1, title="New"), source(2)])
    await access.erase(kafka, topics.SOURCES, source(2).url, lambda count: topics.SOURCES.partition(source(2), count))
    writer = Writer("open-0", "group", kafka=kafka, settings=RuntimeSettings(transaction_timeout_s=1))
    await writer.start()
    with pytest.raises((TransientError, TimeoutError)):
        await writer.commit([Outgoing(topics.SOURCES.name, 0, b"x", b"{}"), Outgoing("none", 0, b"x", b"x")], {})
    await writer.stop()

    headers = {record.value: dict(record.headers) for record in await everything(kafka, topics.SOURCES)}
    [kept] = read_backup(BytesIO(await taken(kafka)))

    assert kept.value is not None
    assert Source.from_wire(kept.value, {}) == source(1, title="New")
    assert dict(kept.headers) == headers[kept.value]


async def test_the_end_of_a_transaction_is_nothing_to_be_read(kafka: KafkaSettings) -> None:
    """
    A lane that was restored ends with a control record, which no reader ever commits past.
    """
    await restore(kafka, read_backup(BytesIO(written(source(1)))), merge=False, tell=told)
    given, here = Input("fetcher", topics.SOURCES), topics.SOURCES.partition(source(1), PARTITIONS)
    before = await unread(kafka, given)
    writer = Writer("fetcher-0", "fetcher", kafka=kafka, settings=RuntimeSettings())
    await writer.start()
    await writer.commit([], {(topics.SOURCES.name, here): 1})
    await writer.stop()

    assert before.count == 2
    assert before.oldest is not None
    assert sum((await admin.lag(kafka, "fetcher", topics.SOURCES)).values()) == 1
    assert (await unread(kafka, given)).count == 0


async def test_a_kafka_that_holds_something_is_restored_into_only_when_told(kafka: KafkaSettings) -> None:
    """
    Two states are not mixed by mistake; merged, the file wins.
    """
    backup = written(source(1, title="Kept"))
    await publish_sources(kafka, [source(1, title="Later")])

    with pytest.raises(TargetError, match=r"news\.sources"):
        await restore(kafka, read_backup(BytesIO(backup)), merge=False, tell=told)
    await restore(kafka, read_backup(BytesIO(backup)), merge=True, tell=told)

    last = (await everything(kafka, topics.SOURCES))[-1]
    assert Source.from_wire(last.value or b"", {}).title == "Kept"


async def test_nothing_is_restored_while_a_service_runs(kafka: KafkaSettings, fleet: Fleet) -> None:
    """
    Not even merged: it would not notice. Who runs is named, and when it has stopped, nothing is in the way.
    """
    backup = written(source(1))
    fleet.start("tagger", TAGGER)
    await clean(kafka, topics.ARTICLE_CLEANED, ["https://site-1.test/1"])
    await settled(kafka, "tagger", topics.ARTICLE_CLEANED)

    with pytest.raises(RunningError, match=r"still running: tagger \(1\)"):
        await restore(kafka, read_backup(BytesIO(backup)), merge=True, tell=told)
    await fleet.stop()
    assert await everything(kafka, topics.SOURCES) == []
    assert await restore(kafka, read_backup(BytesIO(backup)), merge=True, tell=told) == {topics.SOURCES.name: 1}


@pytest.mark.e2e
def test_an_operator_types_it(kafka: KafkaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The commands, with their exit codes; by standard input and output too.
    """
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap_servers)
    file = tmp_path / "news.backup.gz"
    asyncio.run(put(kafka, topics.PAGE_FETCHED, ["https://site-1.test/1"]))

    under_way = types("topics", "drained", "--interval", "0.2", "--json", expect=ExitCode.NOT_DRAINED)
    answer = json.loads(types("backup", str(file), "--json"))
    streamed = types("backup", "-")
    types("restore", str(file), expect=ExitCode.KAFKA)
    restored = json.loads(types("restore", "-", "--merge", "--json", given=streamed))

    assert json.loads(under_way)["drained"] is False
    assert {name: count for name, count in answer["records"].items() if count} == {"news.page.fetched": 1}
    assert (answer["bytes"], file.stat().st_mode & 0o777) == (file.stat().st_size, 0o600)
    assert restored == {"records": {"news.page.fetched": 1}}


def types(*words: str, given: bytes | None = None, expect: int = 0) -> bytes:
    """
    What a command answers.
    """
    done = CliRunner().invoke(app, list(words), input=given)
    assert done.exit_code == expect, done.output
    return done.stdout_bytes
