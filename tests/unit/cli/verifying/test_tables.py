from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from services.cli.errors import InputFileError
from services.cli.verifying.tables import read_table

ROWS = [{"id": "a", "version": 1}, {"id": "b", "version": 2}]


@pytest.mark.parametrize(
    "text", [json.dumps(ROWS), json.dumps(ROWS, indent=2), "\n".join(json.dumps(row) for row in ROWS) + "\n"]
)
def test_json_is_read_as_an_array_or_as_lines(tmp_path: Path, text: str) -> None:
    """
    As databases export it.
    """
    (tmp_path / "table.json").write_text(text)

    assert read_table(tmp_path / "table.json", "articles") == ROWS


def test_a_sqlite_file_is_known_by_its_content_and_read_by_table(tmp_path: Path) -> None:
    """
    Whatever it is called.
    """
    file = tmp_path / "mine.data"
    database = sqlite3.connect(file)
    database.execute('CREATE TABLE "my ""news""" (id TEXT, version INTEGER)')
    database.executemany('INSERT INTO "my ""news""" VALUES (:id, :version)', ROWS)
    database.commit()
    database.close()

    assert read_table(file, 'my "news"') == ROWS
    with pytest.raises(InputFileError, match="no such table"):
        read_table(file, "articles")


@pytest.mark.parametrize("text", ["no table", "{", '[{"version": 1}]', "[1]", "3"])
def test_what_is_no_table_is_told(tmp_path: Path, text: str) -> None:
    """
    With the forms that are read.
    """
    (tmp_path / "table.json").write_text(text)

    with pytest.raises(InputFileError) as told:
        read_table(tmp_path / "table.json", "articles")
    assert "SQLite" in told.value.next_step


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """
    As everywhere.
    """
    with pytest.raises(InputFileError, match="No such file"):
        read_table(tmp_path / "none", "articles")
