"""
Where a restore writes a record.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from schemas import topics
from schemas.takedowns import Takedown
from services.cli.backup import _placed
from services.runtime.record import Record

NOW = datetime(2026, 4, 1, tzinfo=UTC)
ID = UUID(int=7)


def test_a_takedown_is_restored_to_every_partition() -> None:
    """
    Of any count: each task reads it in its own.
    """
    takedown = Takedown(takedown_id=ID, article_ids=[ID], reason="why", by="ada", began_at=NOW, changed_at=NOW)
    value, headers = takedown.to_wire()

    placed = _placed(Record(topics.TAKEDOWNS.name, 0, 5, NOW, str(ID).encode(), value, headers), 7)

    assert [(each.partition, each.key, each.value) for each in placed] == [
        (n, str(ID).encode(), value) for n in range(7)
    ]
