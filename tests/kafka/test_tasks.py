"""
What only a broker can show of a task: fencing, restore, lanes, an orderly end.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from schemas import topics
from schemas.events import FetchRequested, PageFetched
from schemas.ids import request_id
from services.runtime.errors import TaskFenced, TopicsError
from services.runtime.kafka import access, admin
from services.runtime.kafka.writer import Writer
from services.runtime.outcome import Emit
from services.runtime.record import Outgoing
from services.runtime.settings import KafkaSettings, RuntimeSettings
from tests.kafka.conftest import PARTITIONS
from tests.kafka.fleet import Fleet
from tests.kafka.stubs import to_page
from tests.kafka.test_kill import publish_over
from tests.kafka.watching import Subscriber, counted, settled

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def page_of(url: str) -> PageFetched:
    """
    The page that the first stub makes of a request.
    """
    outcome = to_page(FetchRequested(url=url, requested_at=NOW))
    assert isinstance(outcome, Emit)
    page = outcome.events[0].event
    assert isinstance(page, PageFetched)
    return page


async def put(kafka: KafkaSettings, topic: topics.Topic[PageFetched], urls: list[str]) -> None:
    """
    Write pages to an input of the second stub.
    """
    pages = [page_of(url) for url in urls]
    await access.publish(kafka, topic, [(page, page.meta.page_id) for page in pages], "test")


async def test_a_new_owner_fences_the_old_one_and_its_open_transaction_is_never_seen(kafka: KafkaSettings) -> None:
    """
    Two writers under one transactional id: the first can commit nothing any more once the second has started.
    """
    settings = RuntimeSettings(transaction_timeout_s=5)
    old = Writer("owner-0", "group", kafka=kafka, settings=settings)
    new = Writer("owner-0", "group", kafka=kafka, settings=settings)
    name = topics.ARTICLE_CLEANED.name
    await old.start()
    await old.commit([Outgoing(name, 0, b"a", b"1", (("ce_subject", b"old"),))], {})
    await new.start()

    with pytest.raises(TaskFenced):
        await old.commit([Outgoing(name, 0, b"a", b"2", (("ce_subject", b"zombie"),))], {})
    await new.commit([Outgoing(name, 0, b"a", b"3", (("ce_subject", b"new"),))], {})
    await asyncio.gather(old.stop(), new.stop())

    assert dict(await counted(kafka, topics.ARTICLE_CLEANED)) == {"old": 1, "new": 1}


async def test_a_restarted_service_remembers_what_its_table_holds(kafka: KafkaSettings, fleet: Fleet) -> None:
    """
    The second stub emits an article once; after a restart, the same page on the replay lane is known from the table.
    """
    urls = [f"https://site-{number}.test/1" for number in range(20)]
    await put(kafka, topics.PAGE_FETCHED, urls)
    fleet.start("second", ["tests.kafka.stub_service", "second"])
    seen = Subscriber(kafka, topics.ARTICLE_CLEANED)
    await seen.wait_for(20, 30)
    statuses = await fleet.stop()

    await put(kafka, topics.PAGE_REPLAY, [*urls, "https://site-99.test/new"])
    fleet.start("second", ["tests.kafka.stub_service", "second"])
    await seen.wait_for(21, 30)
    lag = await settled(kafka, "second", topics.PAGE_REPLAY)
    await seen.stop()

    assert statuses == [0]
    assert sorted(seen.seen) == sorted([*urls, "https://site-99.test/new"])
    assert set(seen.seen.values()) == {1}
    assert sum(lag.values()) == 0


async def test_a_large_memory_costs_no_place_in_the_group(kafka: KafkaSettings, fleet: Fleet) -> None:
    """
    To make a stage's state takes longer than a session; the member is confirmed meanwhile, and serves then.
    """
    await put(kafka, topics.PAGE_FETCHED, ["https://site-1.test/1"])
    fleet.start("second", ["tests.kafka.stub_service", "second"], environ={"STUB_OPEN_S": "3"})
    seen = Subscriber(kafka, topics.ARTICLE_CLEANED)
    await seen.wait_for(1, 30)
    await seen.stop()

    assert "not recognized" not in fleet.logs()


async def test_sigterm_commits_what_is_under_way_and_ends_with_zero(kafka: KafkaSettings, fleet: Fleet) -> None:
    """
    A service that is told to stop in the middle of a backlog leaves nothing half done: what was read and is not
    committed is read again by the next, and every record comes out once.
    """
    urls = [f"https://site-{number % 9}.test/{number}" for number in range(400)]
    await publish_over(kafka, urls, 0.1)
    slow = {"STUB_WORK_S": "0.05", "NEWS_RUNTIME_BATCH_RECORDS": "10"}
    fleet.start("first", ["tests.kafka.stub_service", "first"], environ=slow)
    seen = Subscriber(kafka, topics.PAGE_FETCHED)
    await seen.wait_for(50, 30)
    statuses = await fleet.stop()
    in_between = len(seen.seen)

    fleet.start("first", ["tests.kafka.stub_service", "first"])
    await seen.wait_for(400, 30)
    lag = await settled(kafka, "first", topics.FETCH_REQUESTED)
    await seen.stop()

    assert statuses == [0]
    assert in_between < 400
    assert seen.seen == dict.fromkeys(urls, 1)
    assert sum(lag.values()) == 0


async def test_topics_are_created_as_the_contract_says_and_another_count_is_refused(kafka: KafkaSettings) -> None:
    """
    Creating twice changes nothing; asking for another number of partitions says what to do.
    """
    again = await admin.create_topics(kafka, PARTITIONS)
    states = await admin.describe_topics(kafka)

    assert again == []
    assert {state.topic.name for state in states} == {topic.name for topic in topics.ALL}
    assert {state.partitions for state in states if state.topic.partitions is None} == {PARTITIONS}
    assert {state.partitions for state in states if state.topic.partitions is not None} == {1}
    assert {state.differences for state in states} == {()}
    with pytest.raises(TopicsError, match="partitions"):
        await admin.create_topics(kafka, PARTITIONS + 1)


async def test_publishing_to_a_broker_without_topics_says_what_to_do(kafka: KafkaSettings) -> None:
    """
    A missing topic is an error for a person, not a trace.
    """
    from tests.kafka.wiping import wipe

    await wipe(kafka)
    event = FetchRequested(url="https://a.test/", requested_at=NOW)

    with pytest.raises(TopicsError) as caught:
        await access.publish(kafka, topics.FETCH_REQUESTED, [(event, request_id("test", event.url))], "test")

    assert "topics create" in caught.value.next_step
