from __future__ import annotations

import asyncio
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from schemas.events import ArticleTagged
from schemas.parts import Subject, Timeline
from schemas.topics import ARTICLE_TAGGED
from services.runtime.kafka.access import publish
from services.runtime.settings import KafkaSettings

ROOT = Path(__file__).parents[2]


async def test_the_subscriber_of_the_readme_reads_an_article(kafka: KafkaSettings) -> None:
    """
    A stranger copies it and is done.
    """
    await tag(kafka)

    assert await first_line(kafka, ROOT / "README.md") == "Ferry returns ['economy']"


async def test_the_reader_of_the_page_on_replay_begins_at_a_time(kafka: KafkaSettings) -> None:
    """
    Copied like the other; it ends by itself.
    """
    await tag(kafka)

    assert (await first_line(kafka, ROOT / "docs" / "replay.md")).endswith(" Ferry returns")


async def tag(kafka: KafkaSettings) -> None:
    """
    Publish an article.
    """
    at = datetime(2026, 3, 14, tzinfo=UTC)
    article = ArticleTagged(
        article_id=UUID(int=1),
        page_id=UUID(int=2),
        url="https://a.example/x",
        site="a.example",
        headline="Ferry returns",
        article_body="Text.",
        timeline=Timeline(fetched_at=at),
        version=1,
        revised_at=at,
        word_count=1,
        reading_time_s=1,
        subjects=[Subject(id="medtop:04000000", name="economy", score=0.9, source="s")],
    )
    await publish(kafka, ARTICLE_TAGGED, [(article, UUID(int=3))], source="test")


async def first_line(kafka: KafkaSettings, page: Path) -> str:
    """
    What the script of a page prints first.
    """
    [script] = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    script = script.replace("127.0.0.1:9092", kafka.bootstrap_servers)
    reader = await asyncio.create_subprocess_exec(sys.executable, "-u", "-c", script, stdout=asyncio.subprocess.PIPE)
    assert reader.stdout is not None
    try:
        line = await asyncio.wait_for(reader.stdout.readline(), 30)
    finally:
        reader.kill()
        await reader.wait()
    return line.decode().strip()
