from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from services.cli.errors import SinkStateError, SinkTargetError
from services.cli.sinks.sqlite import sqlite_sink
from services.cli.verifying.judging import judge
from services.cli.verifying.tables import read_table
from tests.sinks.given import START, TOPIC, portions


async def test_the_table_is_the_expected_one_though_the_sink_was_left_in_the_middle(tmp_path: Path) -> None:
    """
    Rows and offsets are kept together: it goes on with the next record.
    """
    file, given = tmp_path / "articles.db", list(portions())
    async with sqlite_sink(file, TOPIC) as sink:
        await sink.begin(START)
        await sink.write(given[0])
    async with sqlite_sink(file, TOPIC) as sink:
        places = await sink.places()
        for portion in given[1:]:
            await sink.write(portion)

    assert places == given[0].after
    rows = read_table(file, "articles")
    assert judge(rows) == []
    assert all(json.loads(row["event"])["articleId"] == row["id"] for row in rows)


async def test_who_is_not_where_the_table_is_writes_nothing(tmp_path: Path) -> None:
    """
    Of two sinks on one file, one is told.
    """
    file, given = tmp_path / "articles.db", list(portions())
    async with sqlite_sink(file, TOPIC) as one, sqlite_sink(file, TOPIC) as other:
        await one.begin(START)
        await one.write(given[0])
        before = read_table(file, "articles")
        with pytest.raises(SinkStateError, match="another process"):
            await other.write(given[0])

    assert read_table(file, "articles") == before


async def test_the_row_of_an_article_that_is_taken_down_goes_before_its_record_comes(tmp_path: Path) -> None:
    """
    Nothing was read meanwhile: the offsets stay.
    """
    file, given = tmp_path / "articles.db", list(portions())
    async with sqlite_sink(file, TOPIC) as sink:
        await sink.begin(START)
        await sink.write(given[0])
        before, places = read_table(file, "articles"), await sink.places()
        gone = before[0]["id"]
        await sink.write(replace(given[0], changes=(), before=places, erased=(gone, "not here")))

        assert await sink.places() == places
    assert read_table(file, "articles") == [row for row in before if row["id"] != gone]


async def test_a_table_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    """
    Its name is the same, its columns are not.
    """
    file = tmp_path / "articles.db"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE articles (id TEXT, price REAL)")
    database.close()

    with pytest.raises(SinkStateError, match="no column body"):
        await sqlite_sink(file, TOPIC).__aenter__()


async def test_a_table_is_filled_from_one_topic(tmp_path: Path) -> None:
    """
    Offsets of another one would mean nothing.
    """
    file = tmp_path / "articles.db"
    async with sqlite_sink(file, TOPIC) as sink:
        await sink.begin(START)

    with pytest.raises(SinkStateError, match=r"was filled from news\.verify\.given"):
        await sqlite_sink(file, "news.article.tagged").__aenter__()


async def test_a_path_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """
    With a code of its own, and no trace.
    """
    with pytest.raises(SinkTargetError, match="unable to open"):
        await sqlite_sink(tmp_path / "none" / "articles.db", TOPIC).__aenter__()
