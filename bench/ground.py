"""
What measurements over a real broker stand on, and where their results are kept.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from deploy.local.broker import Broker, BrokerConfig
from services.runtime.kafka import admin
from services.runtime.settings import KafkaSettings
from tests.kafka.fleet import Fleet

RESULTS = Path(__file__).parent / "results"


@asynccontextmanager
async def fleet_over_kafka(partitions: int) -> AsyncIterator[tuple[KafkaSettings, Fleet]]:
    """
    A broker of its own with all topics, and processes over it; both end with the block.
    """
    with tempfile.TemporaryDirectory() as folder:
        broker = Broker(BrokerConfig(Path(folder) / "kafka"))
        await broker.start()
        kafka = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
        await admin.create_topics(kafka, partitions)
        fleet = Fleet(kafka, Path(folder))
        try:
            yield kafka, fleet
        finally:
            await fleet.stop()
            await broker.stop()


def keep(name: str, result: Mapping[str, Any], indent: int = 2) -> str:
    """
    Keep a result as `results/<name>.json`, and return its text.
    """
    text = json.dumps(result, indent=indent)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(text + "\n")
    return text
