"""
The linker over a broker: killed, and started again from its table.
"""

from __future__ import annotations

import asyncio
import signal
from uuid import UUID

from schemas import topics
from schemas.ids import state_id
from schemas.stories import StoryLinked
from services.runtime.kafka import access
from services.runtime.settings import KafkaSettings
from tests.kafka.fleet import Fleet
from tests.kafka.watching import Subscriber, settled
from tests.unit.tagger.linking.conftest import fingerprint

ARTICLES = 60
LINKER = ["services.tagger", "linker"]


async def test_each_link_is_told_once_and_a_story_outlives_a_kill(kafka: KafkaSettings, fleet: Fleet) -> None:
    """
    SIGKILL while fingerprints come: none is missing, none doubled, and what comes after joins what was before.
    """
    seen = Subscriber(kafka, topics.STORY_LINKED)
    fleet.start("linker", LINKER)
    await publish(kafka, range(1, ARTICLES // 2))
    await seen.wait_for(1, 20)
    fleet.replicas[0].signal(signal.SIGKILL)
    await publish(kafka, range(ARTICLES // 2, ARTICLES + 1))
    await seen.wait_for(ARTICLES, 30)
    lag = await settled(kafka, "linker", topics.ARTICLE_FINGERPRINTS)
    await asyncio.sleep(0.3)
    await seen.stop()
    links = [StoryLinked.from_wire(record.value or b"", record.headers) for record in seen.records]
    stories = {link.article_id.int % 3: set[UUID]() for link in links}
    for link in links:
        stories[link.article_id.int % 3].add(link.story.story_id)

    assert seen.seen == {f"https://paper.example/{number}": 1 for number in range(1, ARTICLES + 1)}
    assert [len(found) for found in stories.values()] == [1, 1, 1]
    assert {record.partition for record in seen.records} > {0}
    assert lag == {0: 0}


async def publish(kafka: KafkaSettings, numbers: range) -> None:
    """
    Fingerprints of articles of three stories.
    """
    about = ("Quill Ribadeo dam burst mud", "Nordlyset Bergen ferry rocks fog", "Okello Zambia vote term count")
    told = [fingerprint(n, about=about[n % 3], hours=n / 10) for n in numbers]
    topic = topics.ARTICLE_FINGERPRINTS
    await access.publish(kafka, topic, [(e, state_id(topic.name, topic.key(e), e.to_wire()[0])) for e in told], "test")
