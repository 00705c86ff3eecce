"""
What is known of the inputs, on disk while a comparison runs: memory stays small, however long the stretch is. The file
has no name, so nothing is left behind, whatever happens; it lies where `TMPDIR` says.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from schemas.parts import Origin
from services.cli.comparing.cases import Entry

_TABLE = """
CREATE TABLE inputs (
    id TEXT PRIMARY KEY, article_id TEXT, site TEXT, url TEXT, partition INTEGER, offset INTEGER, origin TEXT,
    arrived REAL, end TEXT, cleaned BLOB, tagged BLOB,
    was_cleaned BLOB, was_cleaned_at TEXT, was_tagged BLOB, letter TEXT, is_followed INTEGER DEFAULT 0
) WITHOUT ROWID
"""

_PUT = """
INSERT INTO inputs (id, article_id, site, url, partition, offset, origin, arrived, end, cleaned, tagged)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    partition = excluded.partition, offset = excluded.offset, origin = excluded.origin, arrived = excluded.arrived,
    end = excluded.end, cleaned = excluded.cleaned, tagged = excluded.tagged
WHERE excluded.offset > inputs.offset
"""
"""Of inputs with the same id, which lie in one partition, the last one counts, whichever is worked off first."""

_ENTRY = "id, article_id, site, url, arrived, end, cleaned, tagged, was_cleaned, was_tagged, letter, is_followed"

MAX_CACHE_KIB = 64 * 1024


class Spool:
    """
    The inputs of a comparison, within a block.
    """

    def __init__(self) -> None:
        self._file = sqlite3.connect("")
        for line in ("synchronous = OFF", "journal_mode = OFF", "temp_store = FILE", f"cache_size = -{MAX_CACHE_KIB}"):
            self._file.execute(f"PRAGMA {line}")
        self._file.execute(_TABLE)
        for columns in ("article_id", "origin", "was_cleaned_at", "partition, offset"):
            self._file.execute(f"CREATE INDEX 'by {columns}' ON inputs ({columns})")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def put(self, entry: Entry, origin: Origin) -> None:
        """
        Keep an input, and what the code at hand makes of it.
        """
        place = origin.partition, origin.offset, str(origin)
        made = entry.end, _packed(entry.cleaned), _packed(entry.tagged)
        identity = entry.id, entry.article_id, entry.site, entry.url
        self._file.execute(_PUT, (*identity, *place, entry.arrived.timestamp(), *made))

    def knows(self, article_id: str) -> bool:
        """
        Whether any input is about an article.
        """
        found = self._file.execute("SELECT 1 FROM inputs WHERE article_id = ? LIMIT 1", (article_id,))
        return found.fetchone() is not None

    def was_cleaned(self, id_: str, value: bytes, origin: Origin) -> None:
        """
        An article was published by the cleaner; the last one that was counts.
        """
        self._file.execute(
            "UPDATE inputs SET was_cleaned = ?, was_cleaned_at = ? WHERE id = ?", (_packed(value), str(origin), id_)
        )

    def was_tagged(self, id_: str, value: bytes) -> None:
        """
        A version was published; the last one that was counts.
        """
        self._file.execute("UPDATE inputs SET was_tagged = ? WHERE id = ?", (_packed(value), id_))

    def was_followed(self, article_id: str, id_: str, at: datetime) -> None:
        """
        At a time, a page of an article was published: other ones that had come before it may be compacted away.
        """
        self._file.execute(
            "UPDATE inputs SET is_followed = 1 WHERE article_id = ? AND id <> ? AND arrived < ?",
            (article_id, id_, at.timestamp()),
        )

    def was_buried(self, origin: str, reason: str | None) -> None:
        """
        What lies at a place, or was cleaned into it, became a dead letter; None: the letter is gone.
        """
        self._file.execute(
            "UPDATE inputs SET letter = ? WHERE origin = ? OR was_cleaned_at = ?", (reason, origin, origin)
        )

    def forget(self, article_id: str) -> int:
        """
        An article was taken down: nothing of it may be shown; return how many inputs were about it.
        """
        return self._file.execute("DELETE FROM inputs WHERE article_id = ?", (article_id,)).rowcount

    def entries(self) -> Iterator[Entry]:
        """
        All inputs, in the order of their places.
        """
        return map(_entry, self._file.execute(f"SELECT {_ENTRY} FROM inputs ORDER BY partition, offset"))  # noqa: S608

    def entry(self, id_: str) -> Entry:
        """
        One of them.

        Raises:
            KeyError: There is none.
        """
        row = self._file.execute(f"SELECT {_ENTRY} FROM inputs WHERE id = ?", (id_,)).fetchone()  # noqa: S608
        if row is None:
            raise KeyError(id_)
        return _entry(row)


def _packed(value: bytes | None) -> bytes | None:
    return None if value is None else zlib.compress(value, 1)


def _unpacked(value: bytes | None) -> bytes | None:
    return None if value is None else zlib.decompress(value)


def _entry(row: tuple[Any, ...]) -> Entry:
    id_, article_id, site, url, arrived, end, cleaned, tagged, was_cleaned, was_tagged, letter, is_followed = row
    return Entry(
        id=id_,
        article_id=article_id,
        site=site,
        url=url,
        arrived=datetime.fromtimestamp(arrived, UTC),
        end=end,
        cleaned=_unpacked(cleaned),
        tagged=_unpacked(tagged),
        was_cleaned=_unpacked(was_cleaned),
        was_tagged=_unpacked(was_tagged),
        letter=letter,
        is_followed=bool(is_followed),
    )
