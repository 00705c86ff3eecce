"""
What all clients share.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError, KafkaError, KafkaTimeoutError, NodeNotReadyError
from aiokafka.helpers import create_ssl_context

from schemas.topics import MAX_RECORD_BYTES, OWN_COUNTS
from services.runtime.errors import BrokerError, SettingsError, TopicsError
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings

T = TypeVar("T")

TransientError = KafkaError
"""What a task may meet while the broker is away; the task is started again from its committed offset."""

FETCH_BYTES = 1024 * 1024
"""Prefetched per partition; a larger record still comes, alone. This bounds what lies unread in memory."""

_log = logging.getLogger(__name__)

Place = tuple[str, int]
"""A topic and a partition."""

Offsets = Mapping[Place, int]
"""Next offset to read."""

CLOSE_TIMEOUT_S = 5.0
"""A client that cannot say goodbye within this is left behind."""

REQUEST_TIMEOUT_S = 10.0
"""
A connection that owes an answer for so long is thrown away. A network that came back under another address leaves old
connections open that never say another word, and several such waits come one after the other: aiokafka's 40 s are too
many. A JoinGroup may rightly wait longer, for other members; it is asked again, and keeps its place in the group.
"""

PATIENCE_S = 2 * REQUEST_TIMEOUT_S
"""For calls that aiokafka would repeat without end."""


def connection(kafka: KafkaSettings) -> dict[str, Any]:
    """
    The arguments that every client shares.

    Raises:
        SettingsError: A file that the settings name cannot be read.
    """
    protocol = kafka.security_protocol
    try:
        return {
            "bootstrap_servers": kafka.bootstrap_servers,
            "request_timeout_ms": int(REQUEST_TIMEOUT_S * 1000),
            "security_protocol": protocol,
            **({"ssl_context": create_ssl_context(cafile=kafka.ca_file or None)} if protocol.endswith("SSL") else {}),
            **(_password(kafka) if protocol.startswith("SASL") else {}),
        }
    except OSError as error:
        raise SettingsError(f"{error.filename or kafka.ca_file}: {error.strerror or error}", _FILES) from error


_FILES = "see KAFKA_CA_FILE and KAFKA_SASL_PASSWORD_FILE"


def _password(kafka: KafkaSettings) -> dict[str, str]:
    return {
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": kafka.sasl_username,
        "sasl_plain_password": Path(kafka.sasl_password_file).read_text(encoding="utf-8").strip(),
    }


BRIEF = {"fetch_max_wait_ms": 50}
"""For who leaves when the end is reached: a fetch that waits there for more, half a second by default, delays that."""


def consumer(kafka: KafkaSettings, **settings: Any) -> AIOKafkaConsumer:
    """
    A consumer that commits nothing by itself; of committed records, unless the settings say otherwise.
    """
    usual = {
        "isolation_level": "read_committed",
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "max_partition_fetch_bytes": FETCH_BYTES,
        "fetch_max_bytes": 2 * MAX_RECORD_BYTES,
    }
    return AIOKafkaConsumer(**connection(kafka), **usual | settings)


def record_of(message: Any) -> Record:
    """
    What aiokafka read, as a record.
    """
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        timestamp=datetime.fromtimestamp(message.timestamp / 1000, UTC),
        key=message.key,
        value=message.value,
        headers=dict(message.headers),
    )


async def bounded(call: Awaitable[T], timeout_s: float = PATIENCE_S) -> T:
    """
    Wait for a client, but not for ever.

    Raises:
        TimeoutError: It took longer.
        NodeNotReadyError: No broker is known: one that has fenced itself names none, which aiokafka rules out.
    """
    try:
        async with asyncio.timeout(timeout_s):
            return await call
    except AssertionError as error:
        raise NodeNotReadyError(str(error)) from error


async def close(client: AIOKafkaConsumer | AIOKafkaProducer | AIOKafkaAdminClient) -> None:
    """
    Stop a client, or leave it behind: its goodbye then goes on by itself, for aiokafka swallows cancellations.

    A producer's goodbye delivers what it still holds, and would try for ever where nobody takes it: that is given up.
    """
    await asyncio.sleep(0)  # stop() waits for tasks that it cancels; on Python 3.12 one without a turn would cancel us
    stop = client.close if isinstance(client, AIOKafkaAdminClient) else client.stop
    goodbye: asyncio.Task[None] = asyncio.create_task(stop())
    _goodbyes.add(goodbye)
    goodbye.add_done_callback(_gone)
    await asyncio.wait({goodbye}, timeout=CLOSE_TIMEOUT_S)
    if not goodbye.done() and isinstance(client, AIOKafkaProducer):
        client._message_accumulator.fail_all(KafkaTimeoutError("not taken in time"))  # noqa: SLF001 - stop() has no limit
        await asyncio.wait({goodbye}, timeout=CLOSE_TIMEOUT_S)


_goodbyes: set[asyncio.Task[None]] = set()
"""Of clients that are being stopped; an event loop alone would forget them."""


def _gone(goodbye: asyncio.Task[None]) -> None:
    _goodbyes.discard(goodbye)
    error = None if goodbye.cancelled() else goodbye.exception()
    if error is not None and not isinstance(error, KafkaError | TimeoutError):
        _log.error("a client did not stop in order: %r", error)


async def partition_counts(kafka: KafkaSettings, names: Iterable[str]) -> dict[str, int]:
    """
    How many partitions each topic has; 0 when it does not exist.

    Raises:
        KafkaError: The broker is away.
    """
    wanted = list(names)
    client = AIOKafkaAdminClient(**connection(kafka))
    try:
        await client.start()
        rows = {row["topic"]: row for row in await client.describe_topics(wanted)}
    finally:
        await close(client)
    return {name: len(rows.get(name, {}).get("partitions", ())) for name in wanted}


async def count_partitions(kafka: KafkaSettings, names: Iterable[str]) -> int:
    """
    The number of partitions that all these topics have, but those to which the contract gives a number of their own.

    Raises:
        TopicsError: One is missing, or their counts differ: a task reads and writes one number in all of them.
        KafkaError: The broker is away.
    """
    counts = await partition_counts(kafka, names)
    missing = sorted(name for name, count in counts.items() if not count)
    if missing:
        raise TopicsError(f"missing topics: {', '.join(missing)}{or_hidden(kafka)}", "run `news-ingest topics create`")
    shared = {count for name, count in counts.items() if name not in OWN_COUNTS}
    if len(shared) > 1 or any(counts[name] != OWN_COUNTS[name] for name in counts.keys() & OWN_COUNTS.keys()):
        raise TopicsError(f"partition counts differ: {counts}", "the count is one for all; see the drain procedure")
    return shared.pop() if shared else max(counts.values())


def or_hidden(kafka: KafkaSettings) -> str:
    """
    What else it may mean that a topic is not there: Kafka hides it from who has no right to it.
    """
    who = kafka.sasl_username
    return f", or user {who!r} may not see it" if kafka.security_protocol.startswith("SASL") else ""


def by_partition(offsets: Offsets) -> dict[TopicPartition, int]:
    """
    Offsets as aiokafka keys them.
    """
    return {TopicPartition(topic, partition): offset for (topic, partition), offset in offsets.items()}


async def reach(client: AIOKafkaConsumer | AIOKafkaProducer, kafka: KafkaSettings) -> None:
    """
    Connect a client, or say what to do.

    Raises:
        BrokerError: Kafka is away.
    """
    try:
        await client.start()
    except KafkaConnectionError as error:
        raise BrokerError(f"no Kafka at {kafka.bootstrap_servers}: {error}", _next_step(kafka)) from error


def _next_step(kafka: KafkaSettings) -> str:
    """
    The client says no more than that it cannot begin, whether nobody is there or nobody lets it in.
    """
    if kafka.security_protocol == "PLAINTEXT":
        return (
            "start one with `news-ingest up`, or set KAFKA_BOOTSTRAP_SERVERS; "
            "one that lets nobody in without TLS and a password wants KAFKA_SECURITY_PROTOCOL=SASL_SSL"
        )
    return f"is the address right, the certificate trusted, the password that of user {kafka.sasl_username!r}?"
