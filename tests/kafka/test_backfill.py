"""
Pages from elsewhere, on a real Kafka: each once, whatever happens to whoever brings them.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition
from typer.testing import CliRunner

from schemas import topics
from schemas.replays import Replay, Selection
from services.cli.app import app
from services.cli.backfill.files import WarcFile, open_warc
from services.cli.backfill.importing import Wish, bring, is_news, planned
from services.cli.backfill.pages import Terms
from services.cli.errors import ExitCode
from services.fetcher.settings import FetcherSettings
from services.runtime.kafka import access
from services.runtime.kafka.connection import consumer
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings
from tests.fixtures.archives import crawl, url_of
from tests.kafka.conftest import PARTITIONS
from tests.kafka.watching import Subscriber

PAGES = 60
TERMS = Terms.of(FetcherSettings())
AT_ONCE = Wish(Selection(), is_at_once=True)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """
    A file as a crawler writes it.
    """
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(b"".join(crawl(PAGES)))
    return path


async def pages(kafka: KafkaSettings) -> list[Record]:
    """
    What stands on the topic.
    """
    return [r async for r in access.follow(kafka, topics.PAGE_FETCHED, from_start=True, until_end=True)]


def quiet(_replay: Replay, _why: str) -> None:
    """
    Nobody is told.
    """


async def run(kafka: KafkaSettings, file: WarcFile, wish: Wish) -> tuple[Replay, bool]:
    """
    Import a file; tell what came of it, and whether there was anything to do.
    """
    fresh = await planned(file, wish)
    last = await bring(kafka, file, fresh, wish, quiet)
    return last, is_news(last, fresh)


@asynccontextmanager
async def cleaner(kafka: KafkaSettings) -> AsyncIterator[None]:
    """
    Somebody who works the live input off, in the cleaner's name.
    """
    reader = consumer(kafka, group_id="cleaner")
    await reader.start()
    reader.assign([TopicPartition(topics.PAGE_FETCHED.name, number) for number in range(PARTITIONS)])
    await reader.seek_to_beginning()

    async def work() -> None:
        while True:
            await reader.getmany(timeout_ms=50)
            await reader.commit()

    working = asyncio.create_task(work())
    yield
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    await reader.stop()


async def test_an_import_that_was_cut_off_goes_on_and_brings_each_page_once(
    kafka: KafkaSettings, archive: Path
) -> None:
    """
    At rest after some pages, cut off in the middle, given again, given once more: every page of the file stands on the
    topic once.
    """
    file = open_warc(archive, TERMS, Selection())
    rested, _ = await run(kafka, file, replace(AT_ONCE, limit=20))
    async with cleaner(kafka):
        seen = Subscriber(kafka, topics.PAGE_FETCHED)
        cut_off = asyncio.create_task(run(kafka, file, Wish(Selection(), rate=10)))
        await seen.wait_for(24, 10)
        cut_off.cancel()
        await asyncio.gather(cut_off, return_exceptions=True)
        before = len(await pages(kafka))
        ended, is_new = await run(kafka, file, Wish(Selection(), rate=500))
        await seen.stop()
    once_more, is_new_then = await run(kafka, file, AT_ONCE)

    assert (rested.state, rested.copied) == ("paused", 20)
    assert 24 <= before < PAGES
    assert (ended.state, ended.copied, is_new) == ("done", PAGES, True)
    assert (once_more.copied, is_new_then) == (PAGES, False)
    assert ended.left == {"WARCINFO": 1, "REQUEST": PAGES, "REVISIT": 6, "BROKEN_RECORD": 2}
    assert Counter(record.header("ce_subject") for record in await pages(kafka)) == Counter(map(url_of, range(PAGES)))


@pytest.mark.e2e
async def test_an_import_that_nobody_works_off_stands_still(kafka: KafkaSettings, archive: Path) -> None:
    """
    Live pages are never far behind those that it brought: it says what it waits for.
    """
    told: list[str] = []
    file = open_warc(archive, TERMS, Selection())
    wish = Wish(Selection(), rate=40)
    work = bring(kafka, file, await planned(file, wish), wish, lambda _, why: told.append(why))
    waiting = asyncio.create_task(work)
    while not any(told) and not waiting.done():
        await asyncio.sleep(0.1)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    assert next(filter(None, told)) == "waits: the cleaner is behind its live input, which comes first"


def test_an_operator_types_it(
    kafka: KafkaSettings, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A rehearsal writes nothing; what was imported is exported, and is the same pages to who reads it; URLs are requests.
    """
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap_servers)
    target, urls = tmp_path / "out.warc.gz", tmp_path / "urls.txt"
    urls.write_text("# a list\nhttps://a.test/1\n\nftp://a.test/2\nhttps://b.test/3\n")

    rehearsed = told("import", "warc", str(archive), "--dry-run", "--json")
    empty = asyncio.run(pages(kafka))
    first = told("import", "warc", str(archive), "--host", "site-1.test", "--at-once", "--json")
    second = told("import", "warc", str(archive), "--host", "site-1.test", "--at-once", "--json")
    types("replay", "resume", str(first["replayId"]), expect=ExitCode.INPUT)
    exported = told("export", "warc", str(target), "--all", "--json")
    types("export", "warc", str(target), "--all", expect=ExitCode.INPUT)
    back = told("import", "warc", str(target), "--at-once", "--json")
    topic = ["import", "topic", kafka.bootstrap_servers, "--all", "--at-once", "--json"]
    copied = told(*topic)
    asked = told("import", "urls", str(urls), "--json")
    listed = types("replay", "list", "--json").decode()

    assert (rehearsed["copied"], rehearsed["state"], empty) == (PAGES, "rehearsed", [])
    assert (first["copied"], first["isNew"], second["isNew"]) == (2, True, False)
    assert (exported["copied"], back["copied"], copied["copied"]) == (2, 2, 4)
    assert (asked["requested"], asked["left"]) == (2, {"NO_URL": 1})
    assert [json.loads(line)["state"] for line in listed.splitlines()] == ["done"] * 3
    records = asyncio.run(pages(kafka))
    by_key = {(r.key, r.value, r.header("ce_id"), r.header("ce_time"), r.header("page_meta")) for r in records}
    assert (len(records), len(by_key)) == (8, 2)


def told(*words: str) -> dict[str, Any]:
    """
    What a command answers in JSON.
    """
    answer: dict[str, Any] = json.loads(types(*words))
    return answer


def types(*words: str, expect: int = 0) -> bytes:
    """
    What a command answers.
    """
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == expect, (done.output, done.exception)
    return done.stdout_bytes
