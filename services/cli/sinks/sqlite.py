"""
Articles as a table of SQLite. Rows and offsets are one transaction, so each record counts once, whatever is killed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

from services.cli.errors import SinkTargetError
from services.cli.sinks import tables
from services.cli.sinks.portions import Change, Places, Portion

UPSERT = tables.upsert("?" * len(tables.ARTICLE_COLUMNS))
DELETE = f"DELETE FROM {tables.ARTICLES} WHERE id = ?"  # noqa: S608 - our own name
PLACES = f"SELECT partition, next FROM {tables.OFFSETS} WHERE topic = ?"  # noqa: S608
BEGIN = f"INSERT INTO {tables.OFFSETS} VALUES (?, ?, ?)"  # noqa: S608
MOVE = f"UPDATE {tables.OFFSETS} SET next = ? WHERE topic = ? AND partition = ? AND next = ?"  # noqa: S608

LOCK_TIMEOUT_S = 10.0
"""A reader of the file may keep it locked for a moment."""


class SqliteSink:
    """
    One file, of one topic.
    """

    def __init__(self, database: sqlite3.Connection, topic: str, where: str) -> None:
        self._database, self._topic, self._where = database, topic, where

    async def places(self) -> Places:
        """
        Read the offsets that are kept.
        """
        with self._transaction():
            return dict(self._database.execute(PLACES, (self._topic,)).fetchall())

    async def begin(self, places: Places) -> None:
        """
        Keep the first offsets.
        """
        with self._transaction():
            self._database.executemany(BEGIN, [(self._topic, number, at) for number, at in places.items()])

    async def write(self, portion: Portion) -> None:
        """
        Write rows and offsets.
        """
        with self._transaction():
            for number, (before, after) in portion.moved.items():
                if self._database.execute(MOVE, (after, self._topic, number, before)).rowcount != 1:
                    raise tables.in_use(self._where)
            self._database.executemany(DELETE, [(gone,) for gone in portion.erased])
            for change in portion.changes:
                self._apply(change)

    def _apply(self, change: Change) -> None:
        if change.row is None:
            self._database.execute(DELETE, (change.id,))
        else:
            self._database.execute(UPSERT, (*vars(change.row).values(), change.event))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with told(self._where), self._database:
            self._database.execute("BEGIN IMMEDIATE")
            yield


@asynccontextmanager
async def sqlite_sink(file: Path, topic: str) -> AsyncIterator[SqliteSink]:
    """
    Open a file, with its tables in it.

    Raises:
        SinkTargetError: It cannot be opened or written.
        SinkStateError: Its tables are somebody else's.
    """
    where = str(file)
    with told(where):
        database = sqlite3.connect(file, timeout=LOCK_TIMEOUT_S, isolation_level=None)
    with closing(database):
        with told(where):
            database.execute(tables.create_articles("TEXT"))
            database.execute(tables.CREATE_OFFSETS)
            columns = [name for _, name, *_ in database.execute(f"PRAGMA table_info({tables.ARTICLES})")]
            topics = [name for (name,) in database.execute(f"SELECT topic FROM {tables.OFFSETS}")]  # noqa: S608
        tables.check_shape(columns, where)
        tables.check_topic(topics, topic, where)
        yield SqliteSink(database, topic, where)


@contextmanager
def told(where: str) -> Iterator[None]:
    """
    Explain what SQLite raises inside the block.

    Raises:
        SinkTargetError: The file cannot be opened or written.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise SinkTargetError(f"{where}: {error}", "look at the path, its rights and the space on the disk") from error
