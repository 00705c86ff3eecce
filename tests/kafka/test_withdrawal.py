"""
A withdrawal on the wire.
"""

from __future__ import annotations

from datetime import UTC, datetime

from schemas import topics
from schemas.events import PageFetched, PageMeta
from schemas.ids import article_id, sha256_hex
from services.runtime.kafka import access
from services.runtime.settings import KafkaSettings

URL = "https://paper.example/story"


async def test_a_withdrawal_is_a_record_with_an_empty_value_and_no_tombstone(kafka: KafkaSettings) -> None:
    """
    Compaction keeps it, and a reader gets an event.
    """
    meta = PageMeta.of(
        sha256_hex(b""),
        url=URL,
        fetched_at=datetime(2026, 3, 1, tzinfo=UTC),
        article_id=article_id(URL),
        status=410,
        pub_status="withdrawn",
    )
    event = PageFetched(meta=meta, body=b"")
    await access.publish(kafka, topics.PAGE_FETCHED, [(event, meta.page_id)], "test")
    [record] = [r async for r in access.follow(kafka, topics.PAGE_FETCHED, from_start=True, until_end=True)]

    assert record.value == b""
    assert PageFetched.from_wire(record.value, record.headers) == event
