"""
A backup made and restored from the command line: files and standard streams, and what is told meanwhile.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from services.cli.backup import back_up, restore
from services.cli.backup_file import read_backup, written_whole
from services.cli.errors import InputFileError, OutputFileError
from services.cli.output import remark, say, say_json
from services.runtime.settings import KafkaSettings

STDIO = Path("-")


def write_backup(kafka: KafkaSettings, file: Path, *, articles: bool, as_json: bool) -> None:
    """
    Write the file, and say what is in it: on standard error where the file itself goes to standard output.
    """
    told: dict[str, int] = {}

    def tell(topic: str, count: int) -> None:
        told[topic] = count
        remark(f"{topic}  {count} records")

    with _target(file) as stream:
        asyncio.run(back_up(kafka, stream, datetime.now(UTC), articles=articles, tell=tell))
    if file == STDIO:
        return
    if as_json:
        say_json({"file": str(file), "bytes": file.stat().st_size, "records": told})
    else:
        say(f"{file}: {sum(told.values())} records, {file.stat().st_size} bytes")


@contextmanager
def _target(file: Path) -> Iterator[BinaryIO]:
    if file == STDIO:
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BrokenPipeError as error:
            raise OutputFileError("whoever reads the backup went away", "what it has is cut off: ask again") from error
    else:
        with written_whole(file) as stream:
            yield stream


def read_and_restore(kafka: KafkaSettings, file: Path, *, merge: bool, as_json: bool) -> None:
    """
    Restore the file, and say what was written. A file is read to its end before anything is; a stream cannot be.
    """

    def tell(topic: str, count: int) -> None:
        remark(f"{topic}  {count} records")

    with _source(file) as stream:
        if file != STDIO:
            for _ in read_backup(stream):
                pass
            stream.seek(0)
        done = asyncio.run(restore(kafka, read_backup(stream), merge=merge, tell=tell))
    if as_json:
        say_json({"records": done})
    else:
        say(f"restored {sum(done.values())} records; the services may start")


@contextmanager
def _source(file: Path) -> Iterator[BinaryIO]:
    if file == STDIO:
        yield sys.stdin.buffer
        return
    try:
        stream = file.open("rb")
    except OSError as error:
        raise InputFileError(f"{file} cannot be read: {error.strerror}", "look at the path and its rights") from None
    with stream:
        yield stream
