"""
Pages as a web archive: WARC 1.1, a gzip member for each record, for any reader of such files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID, uuid5

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from schemas.base import rfc3339
from schemas.events import PageFetched
from schemas.ids import NAMESPACE
from schemas.replays import Replay
from schemas.topics import PAGE_FETCHED
from services.cli.backfill.captures import ASKED
from services.cli.backup_file import release
from services.cli.errors import OutputFileError
from services.cli.replays.selection import refusal
from services.cli.replays.stretches import advanced, left_to_read
from services.cli.takedowns.known import taken_down
from services.runtime.kafka.stretches import read_stretches
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings

VERSION = "WARC/1.1"
CHUNK_RECORDS = 50
PART = ".part"

WRITTEN_ANEW = frozenset({"content-length", "content-type", "content-encoding", "transfer-encoding"})


@dataclass
class Archive:
    """
    A file that is being written.
    """

    writer: WARCWriter
    left: Counter[str] = field(default_factory=Counter)
    count: int = 0

    def add(self, page: PageFetched) -> None:
        """
        Write a page as the response that it was, as far as that is known: its body is what it was after decoding.
        """
        meta = page.meta
        status = f"{meta.status} {_phrase(meta.status)}".strip()
        record = self.writer.create_warc_record(
            meta.url,
            "response",
            payload=BytesIO(page.body),
            length=len(page.body),
            http_headers=StatusAndHeaders(status, http_headers(page), protocol="HTTP/1.1"),
            warc_headers_dict={
                "WARC-Record-ID": f"<urn:uuid:{meta.page_id}>",
                "WARC-Date": rfc3339(meta.fetched_at),
                **({ASKED: meta.request_url} if meta.request_url != meta.url else {}),
            },
        )
        self.writer.write_record(record)
        self.count += 1


def http_headers(page: PageFetched) -> list[tuple[str, str]]:
    """
    The headers that are known of an answer, and those that fit its body as it is kept.
    """
    meta = page.meta
    kept = [(_cased(name), _line(value)) for name, value in meta.headers.items() if name not in WRITTEN_ANEW]
    kind = [("Content-Type", _line(meta.content_type))] if meta.content_type else []
    return [*kind, ("Content-Length", str(len(page.body))), *kept]


def begin(file: BinaryIO, name: str, replay: Replay) -> Archive:
    """
    Begin an archive with what it is.
    """
    writer = WARCWriter(file, gzip=True, warc_version=VERSION)
    about = {
        "software": f"news-ingest {release()}",
        "format": "WARC File Format 1.1",
        "description": f"pages of {replay.topic}",
    }
    record = writer.create_warcinfo_record(name, about)
    record.rec_headers.replace_header("WARC-Date", rfc3339(replay.began_at))
    record.rec_headers.replace_header("WARC-Record-ID", f"<urn:uuid:{_id(name, replay.began_at)}>")
    writer.write_record(record)
    return Archive(writer)


async def export(kafka: KafkaSettings, replay: Replay, target: Path, report: Callable[[Replay, str], None]) -> Replay:
    """
    Write the pages of some stretches; the file has its name when it is whole.

    Raises:
        OutputFileError: It cannot be written.
        BrokerError, KafkaError, TimeoutError: Kafka is away.
    """
    part = target.with_name(target.name + PART)
    try:
        with part.open("wb") as file:
            archive = begin(file, target.name, replay)
            replay = await _write(kafka, replay, archive, report)
        part.replace(target)
    except OSError as error:
        raise OutputFileError(f"{target} cannot be written: {error.strerror or error}", "name another path") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return replay


async def _write(
    kafka: KafkaSettings, replay: Replay, archive: Archive, report: Callable[[Replay, str], None]
) -> Replay:
    positions: dict[int, int] = {}
    topic: Any = PAGE_FETCHED
    async with taken_down(kafka) as known, aclosing(_records(kafka, replay)) as records:
        async for record in records:
            why = refusal(topic, replay.selection, record) or known.refusal(topic, record)
            if why is None and record.value is not None:
                why = _add(archive, record)
            if why is not None:
                archive.left[why] += 1
            positions[record.partition] = record.offset + 1
            report(replay.model_copy(update={"stretches": advanced(replay, positions)}), "")
    return replay.model_copy(update={"copied": archive.count, "left": dict(archive.left)})


def _add(archive: Archive, record: Record) -> str | None:
    try:
        archive.add(PageFetched.from_wire(record.value or b"", record.headers))
    except ValueError:
        return "no event"
    return None


async def _records(kafka: KafkaSettings, replay: Replay) -> AsyncGenerator[Record, None]:
    async with aclosing(read_stretches(kafka, PAGE_FETCHED, left_to_read(replay), CHUNK_RECORDS)) as chunks:
        async for chunk in chunks:
            for record in chunk.records:
                yield record


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""


def _cased(name: str) -> str:
    return "-".join(part.capitalize() for part in name.split("-"))


def _line(value: str) -> str:
    """
    A value without line ends: nothing that a server said begins a header of its own.
    """
    return " ".join(value.split())


def _id(name: str, moment: datetime) -> UUID:
    return uuid5(NAMESPACE, f"warcinfo\n{name}\n{rfc3339(moment)}")
