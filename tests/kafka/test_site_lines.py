"""
What a site repeats outlives the process that learned it.
"""

from __future__ import annotations

import json
import signal
from datetime import UTC, datetime, timedelta

from schemas import topics
from schemas.events import PageFetched
from services.runtime.kafka import access
from services.runtime.settings import KafkaSettings
from tests.kafka.fleet import Fleet
from tests.kafka.watching import Subscriber, settled
from tests.topology.test_site_lines import HOUSE, SITE, page


async def put(kafka: KafkaSettings, *pages: PageFetched) -> None:
    """
    Write pages as the fetcher does.
    """
    await access.publish(kafka, topics.PAGE_FETCHED, [(each, each.meta.page_id) for each in pages], "fetcher")


async def test_a_killed_cleaner_knows_again_what_it_had_learned(kafka: KafkaSettings, fleet: Fleet) -> None:
    """
    The line that eight articles taught is cut by the process that comes after; it lies in the partition of the site.
    """
    now = datetime.now(UTC)
    fleet.start("cleaner", ["services.cleaner"])
    learned, cleaned = Subscriber(kafka, topics.SITE_LINES), Subscriber(kafka, topics.ARTICLE_CLEANED)
    await put(kafka, *(page(number, at=now) for number in range(8)))
    await learned.wait_for(1, 60)
    await settled(kafka, "cleaner", topics.PAGE_FETCHED)

    fleet.replicas[0].signal(signal.SIGKILL)
    await put(kafka, page(90, at=now + timedelta(hours=2)))
    await cleaned.wait_for(9, 60)
    await learned.stop()
    await cleaned.stop()

    bodies = [json.loads(record.value or b"")["articleBody"] for record in cleaned.records]
    assert fleet.replicas[0].starts == 2
    assert [HOUSE in body for body in bodies] == [*[True] * 8, False]
    [snapshot] = [record for record in learned.records if record.value is not None]
    assert snapshot.partition == topics.partition_of(SITE, 4)
