"""
Records in the portions of one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from services.runtime.record import Record

BATCH_RECORDS, BATCH_BYTES = 1000, 8 * 1024 * 1024


def batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    """
    Cut records into portions; one that is large alone is a portion alone, or the last of one.
    """
    batch: list[Record] = []
    size = 0
    for record in records:
        batch.append(record)
        size += record.size
        if len(batch) == BATCH_RECORDS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
