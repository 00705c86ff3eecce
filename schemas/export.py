"""
Writes what is made from the contract: the JSON Schemas, the AsyncAPI document, and the table of topics in the docs.
`python -m schemas.export` (`make schemas`).
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from schemas import asyncapi, topics
from schemas.base import Event
from schemas.envelope import schema_name

FOLDER = Path(__file__).parent / "json"
ASYNCAPI = FOLDER.parent / "asyncapi.json"
TOPICS_PAGE = Path(__file__).parent.parent / "docs" / "topics.md"

_PAGE_HEAD = f"""# Topics

Made from `schemas/topics.py` by `make schemas`. All have one partition count, fixed at creation (default
{topics.DEFAULT_PARTITIONS}), but for those that have one partition for all; the partition of a record is the first 8
bytes of SHA-256 of what it is placed by, modulo the count. Timestamps are the broker's (LogAppendTime): "from ... to"
by Kafka's time means when a record arrived. Records are up to {topics.MAX_RECORD_BYTES // 2**20} MiB. Values are JSON,
but for pages and dead letters, which carry the original bytes and are described in a header. What holds text can be
kept for less (`NEWS_TOPICS_*`, [copyright.md](copyright.md)). For programs the same is
[schemas/asyncapi.json](../schemas/asyncapi.json); what of it is stable says [contract.md](contract.md).

A replay to a side topic creates one more, `{topics.SIDE_PREFIX}NAME`: events as on `news.article.tagged`, kept for
30 days ([replay.md](replay.md)). Golden events for a consumer to be tested with stand on `{topics.VERIFY_PREFIX}NAME`,
for a week ([subscribing.md](subscribing.md)).

| topic | event | key | placed by | cleanup | kept | writers | readers |
|---|---|---|---|---|---|---|---|
"""


def render(event: type[Event]) -> str:
    """
    Return an event type's JSON Schema (2020-12) as text, the same on every run.
    """
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **event.wire_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def rendered() -> dict[str, str]:
    """
    All schemas by file name.
    """
    return {schema_name(topic.event): render(topic.event) for topic in topics.ALL}


def described() -> str:
    """
    The AsyncAPI document of this release.
    """
    return asyncapi.render(version("news-ingest"))


def topics_page() -> str:
    """
    The documentation of all topics, as Markdown.
    """
    return _PAGE_HEAD + "".join(_row(topic) for topic in topics.ALL)


def _row(topic: topics.Topic[Any]) -> str:
    kept = "for ever" if topic.retention_ms is None else f"{topic.retention_ms // topics.DAY_MS} days"
    event = f"[{topic.event.__name__}](../schemas/json/{schema_name(topic.event)})"
    cells = (
        f"`{topic.name}`",
        event,
        topic.keyed_by,
        topic.placed_by,
        topic.cleanup.replace(",", ", "),
        kept,
        ", ".join(topic.writers),
        ", ".join(topic.readers),
    )
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in rendered().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    ASYNCAPI.write_text(described(), encoding="utf-8")
    TOPICS_PAGE.write_text(topics_page(), encoding="utf-8")
