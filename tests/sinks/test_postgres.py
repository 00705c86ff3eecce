from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from services.cli.errors import SinkStateError, SinkTargetError
from services.cli.sinks.portions import Portion
from services.cli.verifying.judging import judge
from tests.sinks import server
from tests.sinks.given import START, TOPIC, portions, record

asyncpg = pytest.importorskip("asyncpg", reason="NO ASYNCPG: the PostgreSQL sink is not tested; set up anew: make test")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with server.running() as url:
        yield url


async def test_the_table_in_postgresql_is_the_expected_one(url: str) -> None:
    """
    Begun, left, gone on with; nobody else may write meanwhile; what is not ours is not touched.
    """
    from services.cli.sinks.postgres import postgres_sink

    given = list(portions())
    async with postgres_sink(url, TOPIC) as sink:
        assert await sink.places() == {}
        await sink.begin(START)
        for portion in given[:2]:
            await sink.write(portion)
    async with postgres_sink(url, TOPIC) as sink:
        places = await sink.places()
        for portion in given[2:]:
            await sink.write(portion)
        with pytest.raises(SinkStateError, match="another process"):
            await sink.write(given[0])
        await sink.write(replace(nul(), erased=("not here",), before=given[-1].after, after={**given[-1].after, 0: 99}))
    rows = await table(url)
    with pytest.raises(SinkStateError, match="was filled from"):
        await postgres_sink(url, "news.article.tagged").__aenter__()

    assert places == given[1].after
    [odd] = [row for row in rows if row["id"] == "odd"]
    assert (odd["headline"], json.loads(odd["event"])["headline"]) == ("a�b", "a�b")
    assert judge([row for row in rows if row["id"] != "odd"]) == []


async def test_a_database_that_is_away_is_told() -> None:
    """
    With what the network said.
    """
    from services.cli.sinks.postgres import postgres_sink

    with pytest.raises(SinkTargetError, match=r"refused|failed"):
        await postgres_sink("postgresql://news@127.0.0.1:1/news", TOPIC).__aenter__()


def nul() -> Portion:
    """
    An event with a character that PostgreSQL does not keep.
    """
    from services.cli.sinks.portions import portion_of
    from services.runtime.kafka.stretches import Chunk

    event = {"articleId": "odd", "version": 1, "url": "u", "headline": "a\0b", "articleBody": "t"}
    return portion_of(Chunk((record(98, "odd", json.dumps(event).encode(), partition=0),), {}), START)


async def table(url: str) -> list[dict[str, Any]]:
    connection = await asyncpg.connect(url)
    try:
        return [dict(row) for row in await connection.fetch("SELECT * FROM articles")]
    finally:
        await connection.close()
