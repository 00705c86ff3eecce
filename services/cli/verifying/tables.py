"""
A stranger's table, as a file: SQLite, or JSON.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from services.cli.errors import InputFileError

SQLITE = b"SQLite format 3\0"

FORMS = "give a SQLite file with the table, a JSON array of rows, or one JSON object a line; each row with an `id`"


def read_table(file: Path, table: str) -> list[dict[str, Any]]:
    """
    The rows of a table in a SQLite file, or of a file of JSON.

    Raises:
        InputFileError: The file cannot be read, or holds neither.
    """
    try:
        with file.open("rb") as stream:
            is_sqlite = stream.read(len(SQLITE)) == SQLITE
        rows = _of_sqlite(file, table) if is_sqlite else _of_json(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputFileError(f"{file} cannot be read: {error.strerror}", "look at the path and its rights") from None
    except (ValueError, sqlite3.Error) as error:
        raise InputFileError(f"{file} holds no table {table!r}: {error}", FORMS) from None
    if not all(isinstance(row, dict) and "id" in row for row in rows):
        raise InputFileError(f"{file}: a row without an `id`", FORMS)
    return rows


def _of_sqlite(file: Path, table: str) -> list[dict[str, Any]]:
    name = '"' + table.replace('"', '""') + '"'
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(f"SELECT * FROM {name}")]  # noqa: S608 - quoted above


def _of_json(text: str) -> list[Any]:
    if text.lstrip().startswith("["):
        return list(json.loads(text))
    return [json.loads(line) for line in text.splitlines() if line.strip()]
