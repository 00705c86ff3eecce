"""
Following tagged articles: the subscriber that `tail` is.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from schemas.topics import ARTICLE_TAGGED
from services.cli.following import following
from services.cli.forms import formed
from services.cli.options import Format
from services.cli.output import remark, say
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings

NOTHING_CAME = """\
Nothing came.
  Is anything watched?        news-ingest sources list
  Are the services running?   news-ingest doctor
  Older articles are shown by --from-start."""


@dataclass(frozen=True)
class Limits:
    """
    Where to begin and when to end: with `until_end` at what is there now; without any, never.
    """

    from_start: bool = False
    until_end: bool = False
    count: int | None = None
    idle_s: float | None = None


async def show_tagged(kafka: KafkaSettings, limits: Limits, form: Format) -> int:
    """
    Show tagged articles until a limit is reached; return how many there were.
    """
    shown = 0
    begin_end = {"from_start": limits.from_start, "until_end": limits.until_end}
    async with following(kafka, ARTICLE_TAGGED, **begin_end) as records:
        async for record in until_idle(records, limits.idle_s):
            say(formed(record, form))
            shown += 1
            if shown == limits.count:
                break
    if not shown:
        remark(NOTHING_CAME)
    return shown


async def until_idle(records: AsyncIterator[Record], idle_s: float | None) -> AsyncIterator[Record]:
    """
    Pass records on until none has come for `idle_s` seconds.
    """
    try:
        while True:
            async with asyncio.timeout(idle_s):
                record = await anext(records)
            yield record
    except (TimeoutError, StopAsyncIteration):
        return
