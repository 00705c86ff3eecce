"""
The series as records, and their way into a topic of their own.
"""

from __future__ import annotations

import json
from dataclasses import replace

from schemas.envelope import seal
from schemas.topics import ARTICLE_TAGGED, DAY_MS, VERIFY_PREFIX, partition_of
from services.cli.kafka_errors import told_to_a_person
from services.cli.verifying.series import Write, series
from services.runtime.kafka.scratch import create_scratch, write_transactions
from services.runtime.record import Outgoing
from services.runtime.settings import KafkaSettings

KEPT_MS = 7 * DAY_MS


async def write_series(kafka: KafkaSettings, name: str, partitions: int) -> str:
    """
    Create a topic, write the series to it, and return what the topic is called.

    Raises:
        BrokerError: Kafka is away, or refuses.
        TopicsError: The topic is there already.
    """
    topic = VERIFY_PREFIX + name
    await create_scratch(kafka, topic, partitions, like=ARTICLE_TAGGED, retention_ms=str(KEPT_MS))
    steps = [([outgoing(write, topic, partitions) for write in step.writes], step.is_committed) for step in series()]
    with told_to_a_person("begin again under another name: what was written is not the whole series"):
        await write_transactions(kafka, f"cli-verify-{name}", steps)
    return topic


def outgoing(write: Write, topic: str, partitions: int) -> Outgoing:
    """
    A record of the series as it goes to its topic.
    """
    key, partition = write.key, partition_of(write.key, partitions)
    if write.event is None:
        return Outgoing(topic, partition, key.encode(), None)
    sealed = seal(replace(ARTICLE_TAGGED, name=topic), write.event, write.event_id, "verify-consumer")
    value, headers = sealed.value or b"", dict(sealed.headers)
    if write.more:
        value = json.dumps({**json.loads(value), **write.more["fields"]}, ensure_ascii=False).encode()
        headers |= {header: text.encode() for header, text in write.more["headers"].items()}
    return Outgoing(topic, partition, sealed.key, value, tuple(headers.items()))
