"""
How long topics that are there keep their records, changed without touching anything else that is set on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code

from services.runtime.errors import TopicsError
from services.runtime.kafka.admin import admin_client
from services.runtime.settings import KafkaSettings

RETENTION = "retention.ms"

SET_ON_TOPIC = 1
"""Kafka's word for where a value comes from: set on this very topic, not a default of the broker."""


async def apply_retention(kafka: KafkaSettings, wanted_ms: Mapping[str, int]) -> list[str]:
    """
    Have topics keep records for as long as wanted; return the names of those that did not. Topics that are not there
    are left out.

    Raises:
        BrokerError: Kafka is away.
        TopicsError: It refuses.
    """
    async with admin_client(kafka) as client:
        present = {row["topic"] for row in await client.describe_topics(list(wanted_ms)) if row["partitions"]}
        own = await set_on_topics(client, sorted(present))
        others = [name for name, configs in own.items() if configs.get(RETENTION) != str(wanted_ms[name])]
        # What is not named here goes back to its default: aiokafka 0.14 knows the older request only, which sets all.
        changes = [_resource(name, {**own[name], RETENTION: str(wanted_ms[name])}) for name in others]
        answers = await client.alter_configs(changes) if changes else []
    _raise_refusals(answers)
    return others


async def set_on_topics(client: AIOKafkaAdminClient, names: list[str]) -> dict[str, dict[str, str]]:
    """
    What is set on topics themselves, by their names; what they have of the broker is left out.

    Raises:
        TopicsError: The broker does not tell it of one of them: what is not known cannot be kept.
    """
    answers = await client.describe_configs([_resource(name) for name in names]) if names else []
    _raise_refusals(answers)
    return {
        resource[3]: {name: value for name, value, _, source, *_ in resource[4] if source == SET_ON_TOPIC}
        for answer in answers
        for resource in answer.resources
    }


def _resource(name: str, configs: dict[str, str] | None = None) -> ConfigResource:
    return ConfigResource(ConfigResourceType.TOPIC, name, configs=configs)


def _raise_refusals(answers: Iterable[Any]) -> None:
    for code, message, _, name, *_ in (resource for answer in answers for resource in answer.resources):
        if code:
            raise TopicsError(f"{name}: {for_code(code).__name__} {message or ''}".strip(), "see the broker's log")
