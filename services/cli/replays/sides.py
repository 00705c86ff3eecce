"""
A replay to a side topic: the code at hand makes the events here, and no service takes part, so the live output stays as
it is, byte for byte.

    news.page.fetched --chosen, at a rate--> [cleaner] --> [tagger] --> news.side.NAME, and with it news.replays

There is no ledger: every page that gives an article is an event, in the order of the pages, also one that is older than
the newest known page of its article, or reads the same.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from schemas import topics
from schemas.replays import Replay
from schemas.topics import SIDE_PREFIX, partition_of, side_topic
from services.cli.comparing.cases import PUBLISHED
from services.cli.comparing.rerun import Hands, Settings, hands
from services.cli.comparing.working import site_lines
from services.cli.replays.carrying import Made, Make
from services.cli.replays.copying import Making, marks
from services.runtime.kafka import admin
from services.runtime.kafka.connection import count_partitions
from services.runtime.record import Outgoing, Record
from services.runtime.settings import KafkaSettings

WITHDRAWAL = "withdrawal"
"""Why nothing is written for an article that is gone: without a ledger, nothing is known that could be withdrawn."""


def making(kafka: KafkaSettings, environ: Mapping[str, str]) -> Making:
    """
    Who makes the events of a replay to a side topic, which is created if need be.

    Raises:
        SettingsError: A variable of the services does not fit.
    """
    settings = Settings.from_environ(environ)

    @asynccontextmanager
    async def within(replay: Replay) -> AsyncIterator[Make[Record]]:
        await admin.create_topic(kafka, side_topic(replay.lane.removeprefix(SIDE_PREFIX)), topics.ARTICLE_TAGGED)
        what = "pages" if replay.topic == topics.PAGE_FETCHED.name else "articles"
        lines = await site_lines(kafka)
        count = await count_partitions(kafka, [replay.lane])
        async with hands(what, settings, lines) as at_hand:
            yield Side(at_hand, replay, count).make

    return within


class Side:
    """
    What one replay writes to its side topic, of so many partitions.
    """

    def __init__(self, at_hand: Hands, replay: Replay, partitions: int) -> None:
        self._hands, self._replay, self._partitions = at_hand, replay, partitions

    async def make(self, batch: Sequence[Record]) -> Made:
        """
        The events of some inputs, in their order; what is dropped or cannot be handled is only counted.

        Raises:
            PoolError: No worker can be started.
        """
        results = await asyncio.gather(*(self._hands.run(record) for record in batch))
        pairs = list(zip(batch, results, strict=True))
        events = [self._event(record, made.tagged) for record, made in pairs if made.tagged is not None]
        left = Counter(WITHDRAWAL if made.end == PUBLISHED else made.end for _, made in pairs if made.tagged is None)
        return Made(events, left)

    def _event(self, record: Record, tagged: Outgoing) -> Outgoing:
        """
        The event as it is on the live output, but for the partition count and two headers more.
        """
        partition = partition_of(tagged.key.decode(), self._partitions)
        headers = (*tagged.headers, *marks(record, self._replay.replay_id))
        return replace(tagged, topic=self._replay.lane, partition=partition, headers=headers)
