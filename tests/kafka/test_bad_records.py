"""
One bad record harms itself only.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from aiokafka import AIOKafkaProducer

from schemas import topics
from schemas.dead_letters import DeadLettered
from services.runtime.kafka import access
from services.runtime.settings import KafkaSettings
from tests.kafka.fleet import Fleet
from tests.kafka.test_kill import missing, publish_over
from tests.kafka.watching import Subscriber

LATE_S = 30.0


async def test_bad_records_end_in_the_dead_letters_and_their_neighbours_pass_in_time(
    kafka: KafkaSettings, fleet: Fleet
) -> None:
    """
    A record that hangs its worker, one that kills it, one that raises and one that is no event: each is buried with its
    reason, origin and bytes, while 500 others pass and none of them is late by more than 30 s.
    """
    good = [f"https://site-{number % 40}.test/{number}" for number in range(500)]
    bad = {
        "https://a.test/?hang": "WORK_TIMEOUT",
        "https://b.test/?crash": "WORKER_DIED",
        "https://c.test/?raise": "STAGE_FAILED",
    }
    fleet.start("first", ["tests.kafka.stub_service", "first"], environ={"NEWS_RUNTIME_WORKERS": "2"})
    seen = Subscriber(kafka, topics.PAGE_FETCHED)
    await publish_over(kafka, [*good[:200], *bad], 0.2)
    await put_raw(kafka, b"{ not json")
    await publish_over(kafka, good[200:], 0.2)
    started = asyncio.get_running_loop().time()
    await seen.wait_for(len(good), LATE_S * 2)
    took = asyncio.get_running_loop().time() - started
    letters = await buried(kafka, len(bad) + 1)
    await seen.stop()

    assert missing(good, seen.seen) == []
    assert took < LATE_S
    by_subject = {letter.letter.subject: letter for letter in letters}
    for url, reason in bad.items():
        letter = by_subject[url]
        assert letter.letter.reason == reason
        assert letter.letter.stage == "first"
        assert letter.letter.attempts == 2
        assert letter.letter.origin.topic == topics.FETCH_REQUESTED.name
        assert url.encode() in letter.original
    [junk] = [letter for letter in letters if letter.letter.reason == "NOT_AN_EVENT"]
    assert junk.original == b"{ not json"


async def put_raw(kafka: KafkaSettings, value: bytes) -> None:
    """
    Write bytes that no contract knows.
    """
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    await producer.start()
    await producer.send_and_wait(topics.FETCH_REQUESTED.name, value, partition=0)
    await producer.stop()


async def buried(kafka: KafkaSettings, count: int, timeout_s: float = 60) -> list[DeadLettered]:
    """
    The dead letters, as soon as there are so many.
    """
    end = datetime.now(UTC).timestamp() + timeout_s
    letters: list[DeadLettered] = []
    while len(letters) < count and datetime.now(UTC).timestamp() < end:
        letters = [
            DeadLettered.from_wire(record.value or b"", record.headers)
            async for record in access.follow(kafka, topics.DEAD_LETTERS, from_start=True, until_end=True)
        ]
        await asyncio.sleep(0.3)
    return letters
