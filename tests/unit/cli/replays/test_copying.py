from __future__ import annotations

from datetime import UTC, datetime

from services.cli.replays.copying import copy_of
from services.runtime.record import Record

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_copy_is_the_record_and_two_headers_more() -> None:
    """
    The event id travels, so that what comes of it has the ids that it had; the task of the same number reads it.
    """
    headers = {"ce_id": b"7", "page_meta": b"{}"}
    copy = copy_of(Record("news.page.fetched", 3, 17, NOW, b"key", b"value", headers), "news.page.replay", "x")

    assert (copy.topic, copy.partition, copy.key, copy.value) == ("news.page.replay", 3, b"key", b"value")
    assert dict(copy.headers) == {**headers, "replay_id": b"x", "replayed_from": b"news.page.fetched/3/17"}
