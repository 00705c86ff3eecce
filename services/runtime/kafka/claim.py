"""
A transactional id that is no task's: what a person does to a topic, which nobody else may do at the same time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from services.runtime.kafka.connection import Place
from services.runtime.kafka.reader import open_places
from services.runtime.kafka.writer import Writer
from services.runtime.settings import KafkaSettings, RuntimeSettings


@asynccontextmanager
async def claimed(
    kafka: KafkaSettings, transactional_id: str, *, log: Place, sinks: Iterable[Place]
) -> AsyncIterator[Writer]:
    """
    Hold a transactional id within a block. Whoever held it is fenced, and what he began is ended before the block
    begins, as the broker had decided; so what he has done is found in the log, by who reads it to its written end.

    Args:
        kafka: Where.
        transactional_id: The one writer's name.
        log: What tells what was done; it gets a tombstone of no key, for it must have taken a write before it is read.
        sinks: Where else the holder of this id writes.

    Raises:
        TaskFenced: Somebody else claims it at the same time.
        KafkaError, TimeoutError: The broker is away.
    """
    writer = Writer(transactional_id, transactional_id, kafka=kafka, settings=RuntimeSettings())
    try:
        is_commit = await writer.was_committed()
        await writer.start()
        await writer.end_hanging([log], await open_places(kafka, sinks), {}, commit=bool(is_commit))
        yield writer
    finally:
        await writer.stop()
