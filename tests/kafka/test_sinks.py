"""
Sinks that are killed again and again: each record counts once all the same.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from schemas.events import ArticleTagged
from schemas.takedowns import Takedown
from schemas.topics import ARTICLE_TAGGED, TAKEDOWNS
from services.cli.rows import COLUMNS
from services.cli.sinks.filling import Wish, fill, stretch_of
from services.cli.sinks.portions import Sink
from services.cli.sinks.sqlite import sqlite_sink
from services.cli.verifying.series import Write, tombstone, withdrawn, write
from services.cli.verifying.tables import read_table
from services.runtime.kafka import access
from services.runtime.kafka.scratch import create_scratch
from services.runtime.settings import KafkaSettings
from tests.kafka.test_dead_letters import NOW
from tests.sinks import server

ARTICLES, VERSIONS = 400, 3

TEXT = " ".join(hashlib.sha256(str(number).encode()).hexdigest() for number in range(200))
"""13 kB that do not become less when they are packed, so that a sink needs many portions."""

Rows = dict[str, dict[str, Any]]


def writes() -> list[Write]:
    """
    Three versions of many articles; every tenth is withdrawn at last.
    """
    turns = ((f"a-{n}", version) for version in range(1, VERSIONS + 1) for n in range(ARTICLES))
    return [
        withdrawn(case, version)
        if version == VERSIONS and case.endswith("0")
        else write(case, version, article_body=f"{version} {TEXT}")
        for case, version in turns
    ]


async def publish(kafka: KafkaSettings, name: str) -> Rows:
    """
    Write them to a topic, take one down, and return the table that has to come of it.
    """
    topic = replace(ARTICLE_TAGGED, name=name)
    await create_scratch(kafka, name, 4, like=ARTICLE_TAGGED)
    events = [(each.event, each.event_id) for each in writes() if each.event is not None]
    await access.publish(kafka, topic, events, "test")
    gone = tombstone("a-7").key
    await access.erase(kafka, topic, gone, lambda count: topic.partition(events[7][0], count))
    rows = {each.key: asdict(each.row) for each in writes() if each.row is not None}
    del rows[gone]
    return rows


async def killed_again_and_again(
    kafka: KafkaSettings, words: Sequence[str], progress: Callable[[], Awaitable[int]]
) -> int:
    """
    Start a sink; kill it whenever it has kept something more; return how often, when it came to its end.
    """
    environ = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers}
    kills = 0
    while True:
        before = await progress()
        sink = await asyncio.create_subprocess_exec(sys.executable, "-m", "services.cli", "sink", *words, env=environ)
        ending = asyncio.ensure_future(sink.wait())
        while not ending.done() and await progress() == before:
            await asyncio.wait({ending}, timeout=0.02)
        if ending.done() and await ending == 0:
            return kills
        assert not ending.done(), f"it ended by itself with {ending.result()}"
        sink.kill()
        await ending
        kills += 1


async def test_an_article_that_is_taken_down_leaves_a_sink_before_the_record_that_deletes_it(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    """
    Its row goes though nothing new is on the topic, and a later event of it is not kept.
    """
    wish = Wish(replace(ARTICLE_TAGGED, name=f"news.verify.{uuid4().hex}"), "beginning", until_end=True)
    await create_scratch(kafka, wish.topic.name, 4, like=ARTICLE_TAGGED)
    gone = event_of("gone")
    await access.publish(kafka, wish.topic, [gone, event_of("stays")], "test")
    async with sqlite_sink(tmp_path / "articles.db", wish.topic.name) as sink:
        await filled(kafka, sink, wish)
        before = urls(tmp_path / "articles.db")
        await access.publish(kafka, TAKEDOWNS, [(notice_of(gone[0]), uuid4())], "test")
        await filled(kafka, sink, wish)
        after = urls(tmp_path / "articles.db")
        await access.publish(kafka, wish.topic, [gone, event_of("new")], "test")
        counts = await filled(kafka, sink, wish)

    assert (before, after) == ({"gone", "stays"}, {"stays"})
    assert (counts["takenDown"], counts["written"]) == (1, 1)
    assert urls(tmp_path / "articles.db") == {"stays", "new"}


@pytest.mark.e2e
async def test_a_killed_sqlite_sink_ends_with_the_table_of_one_that_was_not(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    """
    SIGKILL in the middle, again and again.
    """
    name, file = f"news.verify.{uuid4().hex}", tmp_path / "articles.db"
    wanted = await publish(kafka, name)

    async def progress() -> int:
        if not file.exists():
            return 0
        with closing(sqlite3.connect(file, timeout=10)) as database:
            try:
                return int(database.execute("SELECT coalesce(sum(next), 0) FROM news_sink_offsets").fetchone()[0])
            except sqlite3.OperationalError:
                return 0

    kills = await killed_again_and_again(kafka, ["sqlite", str(file), "--until-end", "--topic", name], progress)

    assert kills >= 3
    assert ours(read_table(file, "articles")) == wanted


@pytest.mark.e2e
async def test_a_killed_jsonl_sink_has_each_record_in_one_line(kafka: KafkaSettings, tmp_path: Path) -> None:
    """
    In many files; what the lines tell, one after the other, is the table.
    """
    name, folder = f"news.verify.{uuid4().hex}", tmp_path / "lines"
    wanted = await publish(kafka, name)

    async def progress() -> int:
        return sum(file.stat().st_size for file in folder.glob("*.jsonl"))

    words = ["jsonl", str(folder), "--until-end", "--topic", name, "--max-mb", "3"]
    kills = await killed_again_and_again(kafka, words, progress)
    texts = [file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.jsonl"))]
    lines = [json.loads(line) for text in texts for line in text.split("\n") if line]
    last = {line["id"]: line.get("event") for line in lines}

    assert kills >= 3
    assert len(texts) > 3
    assert len(lines) == ARTICLES * VERSIONS + 1
    assert set(Counter((line["partition"], line["offset"]) for line in lines).values()) == {1}
    assert {key: event["version"] for key, event in last.items() if event} == {
        key: row["version"] for key, row in wanted.items()
    }


@pytest.mark.e2e
async def test_a_killed_postgresql_sink_ends_with_the_table_of_one_that_was_not(kafka: KafkaSettings) -> None:
    """
    On a real server.
    """
    asyncpg = pytest.importorskip("asyncpg", reason="NO ASYNCPG: set up anew, make test")
    name = f"news.verify.{uuid4().hex}"
    wanted = await publish(kafka, name)
    with server.running() as url:
        looking = await asyncpg.connect(url)

        async def progress() -> int:
            try:
                return int(await looking.fetchval("SELECT coalesce(sum(next), 0) FROM news_sink_offsets"))
            except asyncpg.UndefinedTableError:
                return 0

        kills = await killed_again_and_again(kafka, ["postgres", url, "--until-end", "--topic", name], progress)
        found = [dict(row) for row in await looking.fetch("SELECT * FROM articles")]
        await looking.close()

    assert kills >= 3
    assert ours(found) == wanted


@pytest.mark.e2e
async def test_a_sink_without_end_keeps_what_comes_and_ends_in_order(kafka: KafkaSettings, tmp_path: Path) -> None:
    """
    Only what came after its first start, as that was wished; and it goes on later with what came meanwhile.
    """
    folder = tmp_path / "lines"
    environ = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers}
    command = [sys.executable, "-m", "services.cli", "sink", "jsonl", str(folder), "--json"]
    await access.publish(kafka, ARTICLE_TAGGED, [event_of("before")], "test")
    sink = await asyncio.create_subprocess_exec(*command, "--from", "now", env=environ, stdout=PIPE)
    async with asyncio.timeout(60):
        while not (folder / "state.json").exists():
            await asyncio.sleep(0.1)
        await access.publish(kafka, ARTICLE_TAGGED, [event_of("live")], "test")
        while not told(folder):
            await asyncio.sleep(0.1)
        sink.send_signal(signal.SIGTERM)
        said, _ = await sink.communicate()
    await access.publish(kafka, ARTICLE_TAGGED, [event_of("later")], "test")
    again = await asyncio.create_subprocess_exec(*command, "--until-end", env=environ, stdout=PIPE)

    assert (sink.returncode, json.loads(said)["written"]) == (0, 1)
    assert await again.wait() == 0
    assert told(folder) == ["https://verify.example/live", "https://verify.example/later"]


def event_of(case: str) -> tuple[ArticleTagged, UUID]:
    """
    An article, to be published.
    """
    new = write(case)
    assert new.event is not None
    return new.event, new.event_id


async def filled(kafka: KafkaSettings, sink: Sink, wish: Wish) -> Counter[str]:
    """
    Fill a sink to the end; return what was kept.
    """
    counts = Counter[str]()
    await fill(kafka, sink, wish, await stretch_of(kafka, sink, wish), counts.update)
    return counts


def notice_of(article: ArticleTagged) -> Takedown:
    """
    What an operator would have written to take it down.
    """
    return Takedown(
        takedown_id=article.article_id,
        article_ids=[article.article_id],
        reason="a court's order",
        by="ada",
        began_at=NOW,
        changed_at=NOW,
    )


def urls(file: Path) -> set[str]:
    """
    The articles in a table, by the end of their URLs.
    """
    return {row["url"].rpartition("/")[2] for row in read_table(file, "articles")}


def told(folder: Path) -> list[str]:
    """
    The URLs of all lines.
    """
    texts = [file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.jsonl"))]
    return [json.loads(line)["event"]["url"] for text in texts for line in text.splitlines()]


def ours(rows: Sequence[dict[str, Any]]) -> Rows:
    """
    By id, the columns that are compared.
    """
    return {str(row["id"]): {column: row[column] for column in COLUMNS} for row in rows}
