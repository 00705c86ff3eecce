"""
Whole web archives: through the whole pipeline, and by an import that is killed again and again. It takes minutes.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from schemas import topics
from services.cli.errors import ExitCode
from services.runtime.settings import KafkaSettings
from tests.fixtures.archives import crawl, url_of
from tests.kafka.fleet import Fleet
from tests.kafka.importing import imported
from tests.kafka.watching import Subscriber, counted

PAGES = 4720
"""With their requests, the revisits and the broken ones more than 10,000 records."""

RATE = "200"
MEMORY_MIB = 160
PATIENCE_S = 1200


@pytest.mark.e2e
async def test_an_archive_of_ten_thousand_records_gives_one_event_an_article(
    kafka: KafkaSettings, fleet: Fleet, tmp_path: Path
) -> None:
    """
    Imported twice, in memory that does not grow with the file: each article once, and nothing else.
    """
    path = tmp_path / "crawl.warc.gz"
    with path.open("wb") as file:
        file.writelines(crawl(PAGES))
    for name in ("cleaner", "tagger"):
        fleet.start(name, [f"services.{name}"], environ={"NEWS_RUNTIME_RECORD_TIMEOUT_S": "30"})
    seen = Subscriber(kafka, topics.ARTICLE_TAGGED)
    few = await imported(kafka, "warc", str(path), "--limit", "200", "--rate", RATE)
    rest = await imported(kafka, "warc", str(path), "--rate", RATE)
    again = await imported(kafka, "warc", str(path), "--rate", RATE)
    await seen.wait_for(PAGES, PATIENCE_S)
    await seen.stop()

    assert (few.told["copied"], rest.told["copied"], again.told["isNew"]) == (200, PAGES, False)
    assert sum(rest.told["left"].values()) + PAGES > 10_000
    assert rest.told["left"]["BROKEN_RECORD"] == 95
    assert max(few.memory_mib, rest.memory_mib) < MEMORY_MIB
    assert rest.memory_mib < few.memory_mib + 32
    wanted = Counter(map(url_of, range(PAGES)))
    assert await counted(kafka, topics.PAGE_FETCHED) == wanted
    assert await counted(kafka, topics.ARTICLE_TAGGED) == wanted


@pytest.mark.e2e
async def test_an_import_that_is_killed_again_and_again_brings_each_page_once(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    """
    Interrupted once and killed four times, wherever it is; given again it goes on.
    """
    path = tmp_path / "crawl.warc.gz"
    with path.open("wb") as file:
        file.writelines(crawl(PAGES))
    seen = Subscriber(kafka, topics.PAGE_FETCHED)
    environ = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers}
    command = [sys.executable, "-m", "services.cli", "import", "warc", str(path), "--at-once"]
    for number, status in ((signal.SIGINT, ExitCode.INTERRUPTED), *[(signal.SIGKILL, -signal.SIGKILL)] * 4):
        process = await asyncio.create_subprocess_exec(*command, env=environ)
        await seen.wait_for(len(seen.seen) + 300, 60)
        process.send_signal(number)
        assert await process.wait() == status
    last = await imported(kafka, "warc", str(path), "--at-once")
    await seen.stop()

    assert (last.told["copied"], last.told["state"]) == (PAGES, "done")
    assert await counted(kafka, topics.PAGE_FETCHED) == Counter(map(url_of, range(PAGES)))
