"""
`news-ingest sink`: tagged articles into files or a table, for those who want no consumer of their own.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.guard import explained
from services.cli.options import AsJson, epilog

if TYPE_CHECKING:
    from services.cli.sinks.filling import Wish
    from services.runtime.settings import KafkaSettings

app = typer.Typer(
    name="sink",
    help="Tagged articles into files or a table, each record once: jsonl, sqlite, postgres.",
    no_args_is_help=True,
    epilog=epilog("news-ingest sink sqlite articles.db", "news-ingest sink jsonl articles/ --until-end"),
)


class From(StrEnum):
    """
    Where the first start begins.
    """

    BEGINNING = "beginning"
    NOW = "now"


Since = Annotated[From, typer.Option("--from", help="Where the first start begins; later ones go on.")]
UntilEnd = Annotated[bool, typer.Option("--until-end", help="End when all is read that was there at the start.")]
FromTopic = Annotated[str, typer.Option("--topic", help="The topic of tagged articles.")]

TAGGED = "news.article.tagged"


@app.command(epilog=epilog("news-ingest sink jsonl articles/", "news-ingest sink jsonl articles/ --max-mb 100"))
def jsonl(  # noqa: PLR0913, PLR0917 - each parameter is an option
    folder: Annotated[Path, typer.Argument(help="Where the files are; made if it is not there.")],
    max_mb: Annotated[int, typer.Option(min=1, help="A new file after so many MB.")] = 256,
    daily: Annotated[bool, typer.Option(help="A new file for each day on which articles arrived (UTC).")] = True,
    since: Since = From.BEGINNING,
    until_end: UntilEnd = False,
    topic: FromTopic = TAGGED,
    as_json: AsJson = False,
) -> None:
    """
    A line of JSON for each event, in files of one folder.

    Each event is one line, once, whatever is killed. Every version has a line; so has a takedown.
    """
    from services.cli.sinks.jsonl import Rotation, jsonl_sink
    from services.cli.sinks.run import fill_sink

    with explained(as_json=as_json):
        sink = jsonl_sink(folder, topic, Rotation(max_mb * 1024 * 1024, is_daily=daily))
        raise typer.Exit(fill_sink(_kafka(), sink, _wish(topic, since, until_end=until_end), as_json=as_json))


@app.command(epilog=epilog("news-ingest sink sqlite articles.db", "news-ingest sink sqlite a.db --until-end --json"))
def sqlite(
    file: Annotated[Path, typer.Argument(help="The database; made if it is not there.")],
    since: Since = From.BEGINNING,
    until_end: UntilEnd = False,
    topic: FromTopic = TAGGED,
    as_json: AsJson = False,
) -> None:
    """
    A table `articles` in SQLite: a row for each article, its newest version.

    Rows and offsets are one transaction: each event counts once, whatever is killed.
    """
    from services.cli.sinks.run import fill_sink
    from services.cli.sinks.sqlite import sqlite_sink

    with explained(as_json=as_json):
        wish = _wish(topic, since, until_end=until_end)
        raise typer.Exit(fill_sink(_kafka(), sqlite_sink(file, topic), wish, as_json=as_json))


@app.command(
    epilog=epilog(
        "news-ingest sink postgres postgresql://news@db.example/news",
        "PGPASSFILE=~/.pgpass news-ingest sink postgres 'postgresql://news@db.example/news?search_path=press'",
    )
)
def postgres(
    url: Annotated[str | None, typer.Argument(help="Which database; else PGHOST, PGDATABASE, PGUSER name it.")] = None,
    since: Since = From.BEGINNING,
    until_end: UntilEnd = False,
    topic: FromTopic = TAGGED,
    as_json: AsJson = False,
) -> None:
    """
    A table `articles` in PostgreSQL: a row for each article, its newest version.

    Rows and offsets are one transaction: each event counts once, whatever is killed. A password belongs into PGPASSFILE
    or PGPASSWORD, as others can read what is typed here.
    """
    from services.cli.parts import needing

    with explained(as_json=as_json):
        with needing("postgres"):
            from services.cli.sinks.postgres import postgres_sink
        from services.cli.sinks.run import fill_sink

        wish = _wish(topic, since, until_end=until_end)
        raise typer.Exit(fill_sink(_kafka(), postgres_sink(url, topic), wish, as_json=as_json))


def _wish(topic: str, since: From, *, until_end: bool) -> Wish:
    from dataclasses import replace

    from schemas.topics import ARTICLE_TAGGED
    from services.cli.sinks.filling import Wish

    return Wish(replace(ARTICLE_TAGGED, name=topic), since.value, until_end)


def _kafka() -> KafkaSettings:
    import os

    from services.cli.connection import kafka_settings

    return kafka_settings(os.environ)
