"""
Adding, listing and removing sources: from an operator's wish to a record of `news.sources`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import typer

from schemas.ids import state_id
from schemas.sites import site_of
from schemas.state import Source
from schemas.topics import SOURCES, partition_of
from services.cli.addresses import checked_url
from services.cli.connection import kafka_settings
from services.cli.errors import InputFileError, OpmlError, UrlError
from services.cli.following import following
from services.cli.opml import read_opml
from services.cli.output import printable, remark, say, say_json, say_table
from services.runtime.kafka.access import erase, publish
from services.runtime.settings import KafkaSettings

STDIN = Path("-")


@dataclass(frozen=True)
class Wish:
    """
    A source as an operator asks for it; the URL is not looked at yet.
    """

    url: str
    title: str | None = None
    language: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    min_interval_s: int = 300
    max_interval_s: int = 6 * 3600
    paused: bool = False

    def source(self, now: datetime) -> Source:
        """
        The record's value.

        Raises:
            UrlError: It cannot be fetched.
        """
        return Source(
            url=checked_url(self.url),
            title=self.title,
            changed_at=now,
            paused=self.paused,
            min_interval_s=self.min_interval_s,
            max_interval_s=max(self.max_interval_s, self.min_interval_s),
            language=self.language,
            labels=self.labels,
        )


def labels_of(written: list[str]) -> dict[str, str]:
    """
    Read `NAME=VALUE` options.

    Raises:
        typer.BadParameter: One has no `=`.
    """
    pairs = [text.partition("=") for text in written]
    if wrong := [text for text, (name, sign, _) in zip(written, pairs, strict=True) if not (sign and name.strip())]:
        raise typer.BadParameter(f"a label is NAME=VALUE, not {wrong[0]!r}")
    return {name.strip(): value.strip() for name, _, value in pairs}


def from_opml(file: Path, labels: dict[str, str]) -> tuple[list[Wish], list[str]]:
    """
    Read the wishes of an OPML file, and say in words which feeds cannot be watched.

    Raises:
        InputFileError: The file is not there.
        OpmlError: It is not OPML, or names no feed.
    """
    feeds = read_opml(_read(file))
    if not feeds:
        raise OpmlError(f"{file} names no feed", "its <outline> elements need an xmlUrl")
    wishes, refused = [], []
    for feed in feeds:
        folder = {"folder": feed.folder} if feed.folder else {}
        try:
            wishes.append(Wish(checked_url(feed.url), title=feed.title, labels={**folder, **labels}))
        except UrlError as error:
            refused.append(f"left out: {printable(str(error))}")
    return wishes, refused


def _read(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == STDIN else file.read_bytes()
    except OSError as error:
        raise InputFileError(f"{file} cannot be read: {error.strerror}", "look at the path and its rights") from None


def add(wishes: list[Wish], *, as_json: bool, dry_run: bool = False) -> None:
    """
    Publish sources, and say which.
    """
    now = datetime.now(UTC)
    sources = list({source.url: source for source in (wish.source(now) for wish in wishes)}.values())
    if not dry_run:
        asyncio.run(publish_sources(kafka_settings(os.environ), sources))
    if as_json:
        for source in sources:
            say_json(_as_json(source))
        return
    for source in sources:
        say(f"{'would watch' if dry_run else 'watching'}  {printable(source.url)}")
    if sources and not dry_run:
        say("Its articles will show up in: news-ingest tail")


async def publish_sources(kafka: KafkaSettings, sources: list[Source]) -> None:
    """
    Write sources to their topic; the same source again has the same event id.
    """
    await publish(kafka, SOURCES, [(source, _event_id(source)) for source in sources], source="cli")


def _event_id(source: Source) -> UUID:
    return state_id(SOURCES.name, source.url, source.to_wire()[0])


async def watched(kafka: KafkaSettings) -> dict[str, Source]:
    """
    The sources by URL, as the topic stands now.
    """
    found: dict[str, Source] = {}
    async with following(kafka, SOURCES, from_start=True, until_end=True) as records:
        async for record in records:
            key = (record.key or b"").decode()
            found.pop(key, None)
            if record.value is not None:
                found[key] = Source.from_wire(record.value, record.headers)
    return found


def show(*, as_json: bool) -> None:
    """
    List the sources.
    """
    sources = sorted(asyncio.run(watched(kafka_settings(os.environ))).values(), key=lambda source: source.url)
    if as_json:
        for source in sources:
            say_json(_as_json(source))
    elif sources:
        say_table(("source", "title", "every", "labels"), [_row(source) for source in sources])
    else:
        remark("Nothing is watched yet, so no article will come by itself.")
        remark("  next: news-ingest sources add URL    (a feed), or: news-ingest fetch URL    (one page)")


def _row(source: Source) -> tuple[str, ...]:
    every = "paused" if source.paused else f"{source.min_interval_s} to {source.max_interval_s} s"
    labels = " ".join(f"{name}={value}" for name, value in sorted(source.labels.items()))
    return printable(source.url), printable(source.title or "-"), every, printable(labels) or "-"


def _as_json(source: Source) -> object:
    return source.model_dump(mode="json", by_alias=True, exclude_none=True)


def remove(url: str, *, as_json: bool) -> None:
    """
    Stop watching a source.

    Raises:
        UrlError: It is not watched.
    """
    key = checked_url(url)
    asyncio.run(_remove(kafka_settings(os.environ), key))
    if as_json:
        say_json({"removed": key})
    else:
        say(f"no longer watched  {printable(key)}")


async def _remove(kafka: KafkaSettings, url: str) -> None:
    if url not in await watched(kafka):
        raise UrlError(f"{url} is not watched", "`news-ingest sources list` shows what is")
    await erase(kafka, SOURCES, url, lambda count: partition_of(site_of(url), count))
