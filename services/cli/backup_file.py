"""
The file of a backup: gzip around lines of JSON, so that any tool can look into it.

    {"format": "news-ingest-backup", "version": 1, "release": "0.1.0", "takenAt": "...", "partitions": 12}
    {"topic": "...", "partition": 3, "key": "...", "value": "base64", "headers": [["ce_id", "base64"], ...]}
    ...
    {"records": {"news.sources": 12, ...}}

A record of a deletion has no value. The last line tells a whole file from one that was cut off.
"""

from __future__ import annotations

import gzip
import json
import os
import tempfile
import zlib
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, BinaryIO

from schemas import topics
from schemas.base import rfc3339
from services.cli.errors import BackupError, OutputFileError
from services.runtime.record import Record

FORMAT, VERSION = "news-ingest-backup", 1

NEVER = datetime.fromtimestamp(0, UTC)
"""When a record was written is Kafka's to say; in a file nobody asks."""

DAMAGED = "copy it again; nothing can be restored of a damaged file but what comes before the damage"


class BackupWriter:
    """
    Writes records into a stream; `end` makes the file whole.
    """

    def __init__(self, stream: BinaryIO, partitions: int, now: datetime) -> None:
        self._file = gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0)
        self.records: Counter[str] = Counter()
        head = {"release": release(), "takenAt": rfc3339(now), "partitions": partitions}
        self._write({"format": FORMAT, "version": VERSION, **head})

    def add(self, record: Record) -> None:
        """
        Write one record.
        """
        value = {} if record.value is None else {"value": _text(record.value)}
        headers = [[name, _text(raw)] for name, raw in record.headers.items()]
        key = (record.key or b"").decode()
        self._write({"topic": record.topic, "partition": record.partition, "key": key, **value, "headers": headers})
        self.records[record.topic] += 1

    def end(self) -> None:
        """
        Write how many there were.
        """
        self._write({"records": self.records})
        self._file.close()

    def _write(self, line: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def release() -> str:
    """
    The release that runs here.
    """
    try:
        return version("news-ingest")
    except PackageNotFoundError:  # an image holds the code, not the distribution
        return "unknown"


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()


def read_backup(stream: BinaryIO) -> Iterator[Record]:
    """
    The records of a backup, in the order in which they were written.

    Raises:
        BackupError: It is none, is damaged or cut off, or is of a version that is not known here.
    """
    try:
        lines = (json.loads(line) for line in gzip.GzipFile(fileobj=stream, mode="rb"))
        _insist(next(lines, None))
        counts: Counter[str] = Counter()
        for line in lines:
            if "topic" not in line:
                if line["records"] != counts:
                    raise BackupError("the backup does not hold as many records as it says", DAMAGED)
                return
            counts[line["topic"]] += 1
            yield _record(line)
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"the backup cannot be read: {error or type(error).__name__}", DAMAGED) from error
    raise BackupError("the backup is cut off", DAMAGED)


def _insist(head: Any) -> None:
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise BackupError("this is no backup of news-ingest", "`news-ingest backup FILE` makes one")
    if head["version"] != VERSION:
        raise BackupError(f"a backup of version {head['version']}", f"release {head['release']} reads it")


def _record(line: Mapping[str, Any]) -> Record:
    topics.by_name(line["topic"])
    return Record(
        topic=line["topic"],
        partition=line["partition"],
        offset=0,
        timestamp=NEVER,
        key=line["key"].encode(),
        value=b64decode(line["value"], validate=True) if "value" in line else None,
        headers={name: b64decode(raw, validate=True) for name, raw in line["headers"]},
    )


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """
    A file that is there when the block has ended well, and is as it was when it has not. Only its owner may read it:
    sources may carry passwords.

    Raises:
        OutputFileError: It cannot be written.
    """
    try:
        number, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(number, "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).replace(path)
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()
    except OSError as error:
        raise OutputFileError(f"{path} cannot be written: {error.strerror}", "name another path") from error
