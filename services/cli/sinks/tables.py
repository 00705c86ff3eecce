"""
The tables that a sink keeps, in SQLite as in PostgreSQL: one of articles, one of offsets.
"""

from __future__ import annotations

from collections.abc import Iterable

from services.cli.errors import SinkStateError
from services.cli.rows import COLUMNS

ARTICLES, OFFSETS = "articles", "news_sink_offsets"

ARTICLE_COLUMNS = (*COLUMNS, "event")
"""Those of the row, and the whole event as JSON."""

CREATE_OFFSETS = f"""CREATE TABLE IF NOT EXISTS {OFFSETS} (
    topic TEXT NOT NULL, partition INTEGER NOT NULL, next BIGINT NOT NULL, PRIMARY KEY (topic, partition))"""


def create_articles(event_type: str) -> str:
    """
    The statement that creates the table of articles.
    """
    types = {"id": "TEXT PRIMARY KEY", "version": "INTEGER NOT NULL", "event": f"{event_type} NOT NULL"}
    columns = ", ".join(f"{name} {types.get(name, 'TEXT')}" for name in ARTICLE_COLUMNS)
    return f"CREATE TABLE IF NOT EXISTS {ARTICLES} ({columns})"


def upsert(marks: Iterable[str]) -> str:
    """
    The statement that writes a row, unless a higher version stands there.
    """
    written = ", ".join(f"{name} = excluded.{name}" for name in ARTICLE_COLUMNS if name != "id")
    return (
        f"INSERT INTO {ARTICLES} ({', '.join(ARTICLE_COLUMNS)}) VALUES ({', '.join(marks)}) "  # noqa: S608 - our names
        f"ON CONFLICT (id) DO UPDATE SET {written} WHERE excluded.version >= {ARTICLES}.version"
    )


def check_shape(found: Iterable[str], where: str) -> None:
    """
    Insist on the columns that a table of articles has.

    Raises:
        SinkStateError: One is missing.
    """
    if missing := set(ARTICLE_COLUMNS) - set(found):
        raise SinkStateError(
            f"{where}: table {ARTICLES} has no column {', '.join(sorted(missing))}",
            "it is somebody else's: name another database, or rename that table",
        )


def check_topic(found: Iterable[str], topic: str, where: str) -> None:
    """
    Insist that a table is filled from one topic.

    Raises:
        SinkStateError: It was filled from another.
    """
    if others := set(found) - {topic}:
        raise SinkStateError(
            f"{where}: table {ARTICLES} was filled from {', '.join(sorted(others))}, not from {topic}",
            "name another database, or the topic that it was filled from with --topic",
        )


def in_use(where: str) -> SinkStateError:
    """
    The error of a sink that is not where it was left.
    """
    return SinkStateError(f"{where}: another process writes there", "one sink at a time: stop the other one")
