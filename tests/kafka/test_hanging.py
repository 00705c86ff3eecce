"""
Transactions that a broker forgets: aborted, and yet open where they had written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from deploy.local.broker import Broker, BrokerConfig
from schemas import topics
from services.runtime.kafka import access, admin
from services.runtime.kafka.reader import open_places
from services.runtime.kafka.writer import Writer
from services.runtime.record import Outgoing
from services.runtime.settings import KafkaSettings, RuntimeSettings
from tests.kafka.wiping import wipe

PARTITIONS = 12
GROUP = "stage"
READ = 7
TRANSACTION_S = 2.0
FORGETTING = {
    # Looks for transactions that are too old all the time, so that it finds them while it leads no partition yet.
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "20",
}
SINK, INPUT = topics.PAGE_FETCHED, topics.FETCH_REQUESTED
PLACES = [(SINK.name, number) for number in range(PARTITIONS)]


@pytest.fixture(scope="module")
def forgetful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """
    A broker of its own, to be killed.
    """
    own = Broker(BrokerConfig(tmp_path_factory.mktemp("kafka"), overrides=FORGETTING))
    asyncio.run(own.start())
    yield own
    asyncio.run(own.stop())


@pytest.fixture
async def kafka(forgetful: Broker) -> KafkaSettings:
    """
    The contract's topics on it, all of them empty.
    """
    settings = KafkaSettings(bootstrap_servers=forgetful.bootstrap_servers)
    await wipe(settings)
    await admin.create_topics(settings, PARTITIONS)
    await asyncio.gather(*(writer.stop() for writer in await writers(settings)))  # the first make Kafka's own topics
    return settings


async def writers(kafka: KafkaSettings, timeout_s: float = 20) -> list[Writer]:
    """
    One for each partition; the former ones of the same ids are fenced.
    """
    settings = RuntimeSettings(transaction_timeout_s=timeout_s)
    found = [Writer(f"{GROUP}-{number}", GROUP, kafka=kafka, settings=settings) for number in range(PARTITIONS)]
    await asyncio.gather(*(writer.start() for writer in found))
    return found


async def write_page(writer: Writer, number: int) -> None:
    """
    Write a page and its input's offset, and do not end that.
    """
    async with writer._transaction([Outgoing(SINK.name, number, b"k", b"page")], {(INPUT.name, number): READ}):
        pass


async def killed_with(
    kafka: KafkaSettings, broker: Broker, end: Callable[[Writer], Coroutine[Any, Any, None]] | None
) -> None:
    """
    Kill the broker when each partition has a page, its transaction open or just ended; return when it is back.
    """
    former = await writers(kafka, TRANSACTION_S)
    for number, writer in enumerate(former):
        await write_page(writer, number)
    if end is not None:
        ending = [asyncio.create_task(end(writer)) for writer in former]
        await asyncio.wait(ending, return_when=asyncio.FIRST_COMPLETED)
        broker.kill()
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
    broker.kill()
    await asyncio.gather(asyncio.sleep(TRANSACTION_S), *(writer.stop() for writer in former))
    await broker.start()


async def take_over(kafka: KafkaSettings) -> list[bool]:
    """
    What a task does when it opens, in each partition; return how the transactions before had ended.
    """
    owners = [
        Writer(f"{GROUP}-{number}", GROUP, kafka=kafka, settings=RuntimeSettings()) for number in range(PARTITIONS)
    ]
    ends = [bool(await owner.was_committed()) for owner in owners]
    await asyncio.gather(*(owner.start() for owner in owners))
    for number, (owner, is_commit) in enumerate(zip(owners, ends, strict=True)):
        unread = {(topics.DEAD_LETTERS.name, number): 0}
        await owner.end_hanging([], await open_places(kafka, PLACES), unread, commit=is_commit)
        await owner.commit([], unread)
    await asyncio.gather(*(owner.stop() for owner in owners))
    return ends


async def pages(kafka: KafkaSettings) -> set[int]:
    """
    The partitions in which a page can be read.
    """
    return {record.partition async for record in access.follow(kafka, SINK, from_start=True, until_end=True)}


async def read_inputs(kafka: KafkaSettings) -> set[int]:
    """
    The partitions whose input counts as read.
    """
    lag = await admin.lag(kafka, GROUP, INPUT)
    return {number for number, records in lag.items() if records == -READ}


@pytest.mark.e2e
async def test_what_a_killed_broker_aborts_stays_aborted(kafka: KafkaSettings, forgetful: Broker) -> None:
    """
    The broker dies with a transaction open in each partition, and aborts them while it comes back, nine times of ten
    without markers: the next commit of a new owner must not commit their offsets, for the inputs would be lost.
    """
    await killed_with(kafka, forgetful, None)

    ends = await take_over(kafka)

    assert not any(ends)
    assert await read_inputs(kafka) == set(), "an offset of an aborted transaction is committed"
    assert await pages(kafka) == set()
    assert await open_places(kafka, PLACES) == []


@pytest.mark.e2e
async def test_what_a_killed_broker_committed_stays_committed(kafka: KafkaSettings, forgetful: Broker) -> None:
    """
    The broker dies as transactions are committed, before all their markers are written: page and offset stay together.
    """
    await killed_with(kafka, forgetful, lambda writer: writer._producer.commit_transaction())

    ends = await take_over(kafka)

    committed = {number for number, is_commit in enumerate(ends) if is_commit}
    assert committed, "the broker was killed too early: this proves nothing"
    assert await pages(kafka) == committed
    assert await read_inputs(kafka) == committed
    assert await open_places(kafka, PLACES) == []
