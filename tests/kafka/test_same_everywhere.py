"""
The same page through the command line, through the in-memory driver and through Kafka is the same event.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from schemas import topics
from schemas.base import rfc3339
from schemas.events import PageFetched
from services.cli.trial import Given, read_page, try_page
from services.runtime.kafka import access
from services.runtime.settings import KafkaSettings
from tests.kafka.fleet import Fleet
from tests.kafka.site import article
from tests.kafka.watching import Subscriber

URL = "https://news.example.org/reports/42"


async def test_command_line_driver_and_kafka_give_the_same_bytes_and_ids(
    kafka: KafkaSettings, fleet: Fleet, tmp_path: Path
) -> None:
    """
    Key, value and every `ce_` header are equal; the command line prints exactly the value.
    """
    file = tmp_path / "page.html"
    file.write_text(article(42), encoding="utf-8")
    page = read_page(file, Given(url=URL))
    assert isinstance(page, PageFetched)

    in_memory = try_page(page, {}).tagged
    printed = subprocess.run(
        [sys.executable, "-m", "services.cli", "try", str(file), "--url", URL, "--json"],
        capture_output=True,
        check=True,
    ).stdout
    fleet.start("cleaner", ["services.cleaner"])
    fleet.start("tagger", ["services.tagger"])
    seen = Subscriber(kafka, topics.ARTICLE_TAGGED)
    await access.publish(kafka, topics.PAGE_FETCHED, [(page, page.meta.page_id)], "fetcher")
    await seen.wait_for(1, 60)
    await seen.stop()

    assert in_memory is not None
    [record] = seen.records
    assert record.value == in_memory.value
    assert record.key == in_memory.key
    assert attributes(dict(record.headers)) == attributes(dict(in_memory.headers))
    assert printed.rstrip(b"\n") == record.value
    assert rfc3339(page.meta.fetched_at) == record.header("ce_time")


def attributes(headers: dict[str, bytes]) -> dict[str, bytes]:
    """
    The CloudEvents attributes.
    """
    return {name: value for name, value in headers.items() if name.startswith("ce_")}
