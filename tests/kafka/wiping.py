"""
Empties a broker between tests: deletes the contract's topics, and with them the groups' offsets.
"""

from __future__ import annotations

import asyncio

from aiokafka.admin import AIOKafkaAdminClient

from schemas import topics
from services.runtime.kafka.connection import partition_counts
from services.runtime.settings import KafkaSettings


async def wipe(kafka: KafkaSettings) -> None:
    """
    Delete the topics, and wait until they are gone.
    """
    names = [topic.name for topic in topics.ALL]
    present = [name for name, count in (await partition_counts(kafka, names)).items() if count]
    if not present:
        return
    client = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await client.start()
    try:
        await client.delete_topics(present)
    finally:
        await client.close()
    while any((await partition_counts(kafka, names)).values()):
        await asyncio.sleep(0.1)
