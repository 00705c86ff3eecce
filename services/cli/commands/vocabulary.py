"""
`news-ingest vocabulary load`: IPTC's own file of Media Topics, as the tagger reads it.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.cli.guard import explained
from services.cli.options import AsJson, epilog

app = typer.Typer(
    name="vocabulary",
    help="The vocabulary of subjects, IPTC Media Topics: load.",
    no_args_is_help=True,
    epilog=epilog("news-ingest vocabulary load mediatopic.json --to mediatopics.tsv"),
)


@app.command(epilog=epilog("news-ingest vocabulary load mediatopic.json --to mediatopics.tsv"))
def load(
    file: Annotated[Path, typer.Argument(help="IPTC's file, as JSON.")],
    to: Annotated[Path, typer.Option(help="Where the tagger's table is written.")] = Path("mediatopics.tsv"),
    as_json: AsJson = False,
) -> None:
    """
    Make a table for the tagger of the file that IPTC publishes: a newer release, and names in other languages.

    It takes effect where NEWS_TAGGER_VOCABULARY_FILE names the table and the tagger starts again.
    """
    from services.cli.parts import needing

    with explained(as_json=as_json), needing("tagger"):
        from services.cli.vocabulary_file import load_file, show

        show(load_file(file, to), as_json=as_json)
