from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from services.cli.backup_file import BackupWriter, read_backup, written_whole
from services.cli.errors import BackupError, OutputFileError
from services.runtime.record import Record

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

RAW = Record("news.page.fetched", 3, 7, NOW, "ключ".encode(), bytes(range(256)), {"page_meta": b"\xff{}", "a": b""})
DELETION = Record("news.page.fetched", 0, 8, NOW, b"gone", None)


def written(*records: Record) -> bytes:
    stream = BytesIO()
    file = BackupWriter(stream, 12, NOW)
    for record in records:
        file.add(record)
    file.end()
    return stream.getvalue()


def lines(backup: bytes) -> list[bytes]:
    return gzip.decompress(backup).splitlines(keepends=True)


def test_records_come_back_byte_for_byte() -> None:
    """
    Key, value, headers and their order; a deletion stays one.
    """
    first, second = read_backup(BytesIO(written(RAW, DELETION)))

    assert (first.topic, first.partition, first.key, first.value) == (RAW.topic, 3, RAW.key, RAW.value)
    assert list(first.headers.items()) == list(RAW.headers.items())
    assert (second.key, second.value) == (b"gone", None)


def test_equal_records_make_equal_files() -> None:
    """
    Nothing but the stated time tells two backups of the same apart.
    """
    assert written(RAW) == written(RAW)


def test_the_file_says_what_it_is() -> None:
    """
    Any tool can look into it.
    """
    head, _, end = map(json.loads, lines(written(RAW)))

    assert (head["format"], head["version"], head["partitions"]) == ("news-ingest-backup", 1, 12)
    assert end == {"records": {"news.page.fetched": 1}}


WHOLE = lines(written(RAW, DELETION))


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"no gzip",
        written(RAW)[:-20],
        bytes([*written(RAW)[:60], 0, *written(RAW)[61:]]),
        gzip.compress(b"".join(WHOLE[:-1])),
        gzip.compress(b"".join([WHOLE[0], *WHOLE[2:]])),
        gzip.compress(b"".join(WHOLE[1:])),
        gzip.compress(b"[1]\n"),
        gzip.compress(WHOLE[0].replace(b'"version":1', b'"version":2')),
        gzip.compress(WHOLE[0] + WHOLE[1].replace(b"news.page.fetched", b"news.no.topic")),
        gzip.compress(WHOLE[0] + b"null\n"),
    ],
    ids=[
        "empty",
        "other",
        "cut",
        "a-byte",
        "no-end",
        "a-record-less",
        "no-head",
        "other-json",
        "later",
        "topic",
        "null",
    ],
)
def test_what_is_no_whole_backup_is_refused(damaged: bytes) -> None:
    """
    With one error, whatever is wrong with it.
    """
    with pytest.raises(BackupError):
        list(read_backup(BytesIO(damaged)))


def test_a_file_is_there_only_when_it_is_whole(tmp_path: Path) -> None:
    """
    What was there before stays when writing fails, and nothing is left beside it.
    """
    path = tmp_path / "backup.gz"
    path.write_bytes(b"before")

    with pytest.raises(ZeroDivisionError), written_whole(path) as stream:
        stream.write(b"half" * (1 // 0))

    assert path.read_bytes() == b"before"
    assert [found.name for found in tmp_path.iterdir()] == ["backup.gz"]


def test_a_folder_that_is_not_there_is_an_error_for_a_person(tmp_path: Path) -> None:
    """
    It has a code and a next step.
    """
    with pytest.raises(OutputFileError, match="cannot be written"), written_whole(tmp_path / "none" / "backup.gz"):
        pass
