"""
How the last transaction of a transactional id ended, by the broker's own record of it.
"""

from __future__ import annotations

import asyncio

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import CoordinationType
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Int64,
    Schema,
    TaggedFields,
)

from services.runtime.kafka.connection import bounded, close, connection
from services.runtime.settings import KafkaSettings

NOT_FOUND = 105
"""Kafka's TRANSACTIONAL_ID_NOT_FOUND, which aiokafka has no name for."""

RETRY_S = 0.1

_ENDS = {
    "PrepareCommit": True,
    "CompleteCommit": True,
    "Ongoing": False,
    "PrepareAbort": False,
    "PrepareEpochFence": False,
    "CompleteAbort": False,
}


async def was_committed(kafka: KafkaSettings, transactional_id: str) -> bool | None:
    """
    Whether the last transaction of an id was committed; None when there was none since the id was last taken over.

    One that is still open counts as aborted: whoever takes the id over next aborts it.

    Raises:
        KafkaError, TimeoutError: The broker is away, or not ready to tell.
    """
    admin = AIOKafkaAdminClient(**connection(kafka))
    try:
        await bounded(admin.start())
        return _ENDS.get(await bounded(_state(admin, transactional_id)))
    finally:
        await close(admin)


async def _state(admin: AIOKafkaAdminClient, transactional_id: str) -> str:
    """
    Ask until there is an answer: a coordinator that has just begun has to read its log first.
    """
    while True:
        try:
            return await _ask(admin, transactional_id)
        except KafkaError as error:
            if not error.retriable:
                raise
        await asyncio.sleep(RETRY_S)


async def _ask(admin: AIOKafkaAdminClient, transactional_id: str) -> str:
    client = admin._client  # noqa: SLF001 - aiokafka has no call for this request, which is of KIP-664 (Kafka 3.0)
    node = await client.coordinator_lookup(CoordinationType.TRANSACTION, transactional_id)
    request = _DescribeTransactions(transactional_id)
    answer = await admin._send_request_to_node(node, request)  # noqa: SLF001
    [[code, _, state, *_]] = answer.states
    if code == NOT_FOUND:
        return ""
    if code:
        raise for_code(code)
    return str(state)


class _Response(Response):  # type: ignore[misc]
    API_KEY = 65
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "states",
            CompactArray(
                ("error_code", Int16),
                ("transactional_id", CompactString("utf-8")),
                ("state", CompactString("utf-8")),
                ("timeout_ms", Int32),
                ("start_time_ms", Int64),
                ("producer_id", Int64),
                ("producer_epoch", Int16),
                (
                    "topics",
                    CompactArray(
                        ("topic", CompactString("utf-8")), ("partitions", CompactArray(Int32)), ("tags", TaggedFields)
                    ),
                ),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _Struct(RequestStruct):  # type: ignore[misc]
    API_KEY = 65
    API_VERSION = 0
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = _Response
    SCHEMA = Schema(("ids", CompactArray(CompactString("utf-8"))), ("tags", TaggedFields))


class _DescribeTransactions(Request[_Struct]):  # type: ignore[misc]
    API_KEY = 65

    def __init__(self, transactional_id: str) -> None:
        self._id = transactional_id

    def build(self, request_struct_class: type[_Struct]) -> _Struct:
        return request_struct_class([self._id], {})
