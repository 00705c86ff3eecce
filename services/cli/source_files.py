"""
Sources in a file: YAML with all their settings, or OPML with what feed readers know; read, written, and kept in step.

    defaults: {language: en, labels: {desk: world}}
    sources:
      - https://example.org/feed.xml
      - {url: https://example.org/sitemap.xml, deny: [/video/], min_interval_s: 600}
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.sites import site_of
from schemas.state import Source
from schemas.topics import SOURCES, partition_of
from services.cli.addresses import checked_url
from services.cli.connection import kafka_settings
from services.cli.errors import InputFileError, UrlError
from services.cli.opml import write_opml
from services.cli.output import printable, say, say_json
from services.cli.parts import needing
from services.cli.watching import STDIN, Wish, from_opml, publish_sources, watched
from services.fetcher.source_rules import problem_of
from services.runtime.kafka.access import erase
from services.runtime.settings import KafkaSettings

MAX_FILE_BYTES = 20 * 1024 * 1024

NEXT = "docs/sources.md shows what a file of sources may hold"

YAML_SUFFIXES = {".yaml", ".yml"}

MERGED = ("labels", "headers")
"""Settings of which a source has its own beside the defaults; any other replaces the default."""


@dataclass(frozen=True)
class FullWish(Wish):
    """
    A source with all of its settings.
    """

    kind: Literal["feed", "page"] = "feed"
    headers: dict[str, str] = field(default_factory=dict)
    allow: list[str] = field(default_factory=list)
    deny: list[str] = field(default_factory=list)
    max_age_s: int | None = None

    def source(self, now: datetime) -> Source:
        """
        The record's value.

        Raises:
            UrlError: It cannot be fetched, or not with these settings.
        """
        names = {each.name for each in fields(self)} - {each.name for each in fields(Wish)}
        own = {name: getattr(self, name) for name in names}
        source = super().source(now).model_copy(update=own)
        if (problem := problem_of(source)) is not None:
            raise UrlError(f"{source.url}: {problem}", NEXT)
        return source


class _Settings(BaseModel):
    """
    What may be said of a source, in the file's words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    kind: Literal["feed", "page"] = "feed"
    title: str | None = None
    language: str | None = None
    labels: dict[str, str] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    allow: list[str] = Field(default_factory=list)
    deny: list[str] = Field(default_factory=list)
    max_age_s: int | None = Field(None, ge=0)
    min_interval_s: int = Field(300, ge=1)
    max_interval_s: int = Field(6 * 3600, ge=1)
    paused: bool = False


class _Listed(_Settings):
    url: str = Field(min_length=1, max_length=4096)


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    defaults: dict[str, Any] = Field(default_factory=dict)
    sources: list[dict[str, Any] | str]


def read_yaml(data: bytes) -> list[FullWish]:
    """
    Return the wishes of a YAML file, in its order.

    Raises:
        InputFileError: It is too large, not YAML, or says what no source can be; the message names the place.
        UrlError: A URL cannot be fetched.
        MissingPartError: PyYAML is not installed.
    """
    with needing("cli"):
        import yaml  # noqa: PLC0415 - only who has such a file needs it
    if len(data) > MAX_FILE_BYTES:
        raise InputFileError(f"the file has {len(data)} bytes", f"at most {MAX_FILE_BYTES} are read")
    try:
        file = _File.model_validate(yaml.safe_load(data) or {})
        _Settings.model_validate(file.defaults)
    except (yaml.YAMLError, UnicodeError, RecursionError) as error:
        raise InputFileError(f"the file is not YAML: {error}", NEXT) from None
    except ValidationError as error:
        raise InputFileError(f"the file is no list of sources: {_explain(error)}", NEXT) from None
    return [_wish(number, stated, file.defaults) for number, stated in enumerate(file.sources)]


def _wish(number: int, stated: dict[str, Any] | str, defaults: Mapping[str, Any]) -> FullWish:
    own: dict[str, Any] = {"url": stated} if isinstance(stated, str) else stated
    merged = {name: {**defaults.get(name, {}), **own[name]} for name in MERGED if isinstance(own.get(name), dict)}
    try:
        listed = _Listed.model_validate({**defaults, **own, **merged})
    except ValidationError as error:
        place = f"sources[{number}]" + (f" ({own['url']})" if isinstance(own.get("url"), str) else "")
        raise InputFileError(f"{place}: {_explain(error)}", NEXT) from None
    return FullWish(**{**listed.model_dump(), "url": checked_url(listed.url)})


def _explain(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors()[:5])


def write_yaml(sources: list[Source]) -> bytes:
    """
    Write sources as a YAML file that reads back as the same; what is as by default is left away.

    Raises:
        MissingPartError: PyYAML is not installed.
    """
    with needing("cli"):
        import yaml  # noqa: PLC0415
    listed = [
        {"url": source.url, **_Settings.model_validate(_stated(source)).model_dump(exclude_defaults=True)}
        for source in sources
    ]
    text: str = yaml.safe_dump({"sources": listed}, allow_unicode=True, sort_keys=False, width=120)
    return text.encode()


def _stated(source: Source) -> dict[str, Any]:
    return {name: getattr(source, name) for name in _Settings.model_fields}


def from_file(file: Path, labels: dict[str, str], written: str | None = None) -> tuple[list[Wish], list[str]]:
    """
    Read the wishes of a file, YAML or OPML by its name unless `written` says it, and say in words which feeds of an
    OPML file cannot be watched.

    Raises:
        InputFileError: It cannot be read.
        OpmlError: It is not OPML, or names no feed.
    """
    if (written or ("yaml" if file.suffix.lower() in YAML_SUFFIXES else "opml")) == "opml":
        return from_opml(file, labels)
    try:
        data = sys.stdin.buffer.read() if file == STDIN else file.read_bytes()
    except OSError as error:
        raise InputFileError(f"{file} cannot be read: {error.strerror}", "look at the path and its rights") from None
    wishes = read_yaml(data)
    own = [{each.name: getattr(wish, each.name) for each in fields(wish)} for wish in wishes]
    return [FullWish(**{**known, "labels": {**known["labels"], **labels}}) for known in own], []


def export(written: Literal["opml", "yaml"], *, as_json: bool) -> None:
    """
    Write all that is watched to standard output.
    """
    sources = sorted(asyncio.run(watched(kafka_settings(os.environ))).values(), key=lambda source: source.url)
    if as_json:
        for source in sources:
            say_json(source.model_dump(mode="json", by_alias=True, exclude_none=True))
        return
    say((write_opml(sources) if written == "opml" else write_yaml(sources)).decode().rstrip("\n"))


def set_paused(url: str, *, paused: bool, now: datetime, as_json: bool) -> None:
    """
    Pause the polls of a source, or resume them; its settings stay as they are.

    Raises:
        UrlError: It is not watched.
    """
    source = asyncio.run(_set_paused(kafka_settings(os.environ), checked_url(url), paused=paused, now=now))
    if as_json:
        say_json(source.model_dump(mode="json", by_alias=True, exclude_none=True))
    else:
        say(f"{'paused' if paused else 'watching'}  {printable(source.url)}")


async def _set_paused(kafka: KafkaSettings, url: str, *, paused: bool, now: datetime) -> Source:
    known = (await watched(kafka)).get(url)
    if known is None:
        raise UrlError(f"{url} is not watched", "`news-ingest sources list` shows what is")
    changed = known.model_copy(update={"paused": paused, "changed_at": now})
    await publish_sources(kafka, [changed])
    return changed


def remove_others(wishes: list[Wish], *, as_json: bool, dry_run: bool) -> None:
    """
    Stop watching what a file does not name.
    """
    others = asyncio.run(_remove_others(kafka_settings(os.environ), {wish.url for wish in wishes}, dry_run=dry_run))
    for url in others:
        if as_json:
            say_json({"removed": url})
        else:
            say(f"{'would stop' if dry_run else 'no longer watched'}  {printable(url)}")


async def _remove_others(kafka: KafkaSettings, named: set[str], *, dry_run: bool) -> list[str]:
    others = sorted(set(await watched(kafka)) - named)
    for url in [] if dry_run else others:
        await erase(kafka, SOURCES, url, partial(partition_of, site_of(url)))
    return others
