"""
`news-ingest export`: what is on the topics, for others.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.cli.commands.replay import (
    By,
    ByWhat,
    Everything,
    InLanguage,
    OfHost,
    OfId,
    OfPartition,
    OfSource,
    Since,
    Until,
    insist,
    lists_of,
    selection_of,
)
from services.cli.commands.standards import jsonld, ninjs
from services.cli.guard import explained
from services.cli.options import AsJson, epilog, kafka_here

app = typer.Typer(
    name="export",
    help="What is on the topics: articles in the words of ninjs or schema.org, pages as web archives.",
    no_args_is_help=True,
    epilog=epilog("news-ingest export ninjs > items.jsonl", "news-ingest export warc pages.warc.gz --from 1d"),
)

EXTRAS = "cli,fetcher"

app.command(epilog=epilog("news-ingest export ninjs | jq -r '.headlines[0].value'"))(ninjs)
app.command(epilog=epilog("news-ingest export jsonld > articles.jsonl"))(jsonld)


@app.command(
    epilog=epilog(
        "news-ingest export warc november.warc.gz --from 2026-11-01 --to 2026-12-01",
        "news-ingest export warc example.warc.gz --all --host example.org",
    ),
)
def warc(  # noqa: PLR0913, PLR0917 - each parameter is an option
    target: Annotated[Path, typer.Argument(help="The file to write, best called something.warc.gz.", metavar="FILE")],
    since: Since = None,
    until: Until = None,
    by: ByWhat = By.ARRIVAL,
    everything: Everything = False,
    source: OfSource = None,
    host: OfHost = None,
    language: InLanguage = None,
    id_: OfId = None,
    partition: OfPartition = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Write the pages of a stretch as WARC 1.1, a gzip member for each record. The options are those of `replay start`.
    """
    from services.cli.parts import needing

    with explained(as_json=as_json), needing(EXTRAS):
        from services.cli.backfill import run

        insist(since, is_all=everything or bool(id_))
        lists = {**lists_of(source, host, language), "ids": id_ or [], "partitions": partition or []}
        selection = selection_of(by, since, until, lists)
        raise typer.Exit(run.export_warc(kafka_here(), selection, target, force=force, as_json=as_json))
