"""
Following tagged articles: the subscriber that `tail` is.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from schemas.events import ArticleTagged
from schemas.topics import ARTICLE_TAGGED
from services.cli.following import following
from services.cli.lines import article_line
from services.cli.output import remark, say, say_json
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
    Where to begin and when to end; without `count` and `idle_s`, never.
    """

    from_start: bool = False
    count: int | None = None
    idle_s: float | None = None


async def show_tagged(kafka: KafkaSettings, limits: Limits, *, as_json: bool) -> int:
    """
    Show tagged articles until a limit is reached; return how many there were.
    """
    shown = 0
    async with following(kafka, ARTICLE_TAGGED, from_start=limits.from_start) as records:
        async for record in until_idle(records, limits.idle_s):
            show(record, as_json=as_json)
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


def show(record: Record, *, as_json: bool) -> None:
    """
    Show one record: the value's own bytes, or a line; a tombstone says that the article was taken down.
    """
    if record.value is None:
        key = (record.key or b"").decode()
        if as_json:
            say_json({"articleId": key, "pubStatus": "canceled"})
        else:
            say(f"{record.timestamp.astimezone():%H:%M:%S}  taken down: {key}")
    elif as_json:
        say(record.value.decode())
    else:
        say(article_line(ArticleTagged.from_wire(record.value, record.headers), record.timestamp).text())
