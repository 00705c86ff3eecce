"""
Articles as a table of PostgreSQL. Rows and offsets are one transaction, so each record counts once, whatever is killed.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg

from services.cli.errors import SinkTargetError
from services.cli.sinks import tables
from services.cli.sinks.portions import Change, Places, Portion

UPSERT = tables.upsert(f"${number}" for number in range(1, len(tables.ARTICLE_COLUMNS) + 1))
DELETE = f"DELETE FROM {tables.ARTICLES} WHERE id = $1"  # noqa: S608 - our own name
PLACES = f"SELECT partition, next FROM {tables.OFFSETS} WHERE topic = $1"  # noqa: S608
BEGIN = f"INSERT INTO {tables.OFFSETS} VALUES ($1, $2, $3)"  # noqa: S608
MOVE = f"UPDATE {tables.OFFSETS} SET next = $1 WHERE topic = $2 AND partition = $3 AND next = $4"  # noqa: S608
TOPICS = f"SELECT DISTINCT topic FROM {tables.OFFSETS}"  # noqa: S608
COLUMNS = "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped"

CONNECT_TIMEOUT_S, COMMAND_TIMEOUT_S = 10.0, 60.0

NUL, STAND_IN = "\x00", "�"
"""PostgreSQL keeps no character NUL, in texts as in JSON."""


class PostgresSink:
    """
    One database, or one schema of it, of one topic.
    """

    def __init__(self, connection: Any, topic: str, where: str) -> None:
        self._connection, self._topic, self._where = connection, topic, where

    async def places(self) -> Places:
        """
        Read the offsets that are kept.
        """
        with told(self._where):
            return {row["partition"]: row["next"] for row in await self._connection.fetch(PLACES, self._topic)}

    async def begin(self, places: Places) -> None:
        """
        Keep the first offsets.
        """
        with told(self._where):
            await self._connection.executemany(BEGIN, [(self._topic, number, at) for number, at in places.items()])

    async def write(self, portion: Portion) -> None:
        """
        Write rows and offsets.
        """
        with told(self._where):
            async with self._connection.transaction():
                for number, (before, after) in portion.moved.items():
                    if await self._connection.execute(MOVE, after, self._topic, number, before) != "UPDATE 1":
                        raise tables.in_use(self._where)
                await self._connection.executemany(DELETE, [(gone,) for gone in portion.erased])
                for change in portion.changes:
                    await self._apply(change)

    async def _apply(self, change: Change) -> None:
        if change.row is None:
            await self._connection.execute(DELETE, change.id)
        else:
            values = [_kept(value) for value in vars(change.row).values()]
            await self._connection.execute(UPSERT, *values, _kept_json(change.event))


def _kept(value: Any) -> Any:
    return value.replace(NUL, STAND_IN) if isinstance(value, str) else value


def _kept_json(text: str) -> str:
    if "\\u0000" not in text:
        return text
    return json.dumps(_without_nul(json.loads(text)), ensure_ascii=False)


def _without_nul(value: Any) -> Any:
    if isinstance(value, dict):
        return {_kept(name): _without_nul(each) for name, each in value.items()}
    return [_without_nul(each) for each in value] if isinstance(value, list) else _kept(value)


@asynccontextmanager
async def postgres_sink(url: str | None, topic: str) -> AsyncIterator[PostgresSink]:
    """
    Connect to a database, with the tables in it. Without a URL, PGHOST and its like name it.

    Raises:
        SinkTargetError: It cannot be reached, or refuses.
        SinkStateError: Its tables are somebody else's.
    """
    with told("PostgreSQL"):
        connection = await asyncpg.connect(url, timeout=CONNECT_TIMEOUT_S, command_timeout=COMMAND_TIMEOUT_S)
    try:
        with told("PostgreSQL"):
            where = "PostgreSQL, database " + await connection.fetchval("SELECT current_database()")
            await connection.execute(tables.create_articles("JSONB"))
            await connection.execute(tables.CREATE_OFFSETS)
            columns = [row["attname"] for row in await connection.fetch(COLUMNS, tables.ARTICLES)]
            topics = [row["topic"] for row in await connection.fetch(TOPICS)]
        tables.check_shape(columns, where)
        tables.check_topic(topics, topic, where)
        yield PostgresSink(connection, topic, where)
    finally:
        await connection.close(timeout=CONNECT_TIMEOUT_S)


@contextmanager
def told(where: str) -> Iterator[None]:
    """
    Explain what the server says, or that there is none.

    Raises:
        SinkTargetError: It cannot be reached, or refuses.
    """
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError, ValueError) as error:
        said = str(error) or type(error).__name__
        raise SinkTargetError(
            f"{where}: {said}", "look at the address, the user and the rights of that user"
        ) from error
