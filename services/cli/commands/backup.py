"""
`news-ingest backup` and `news-ingest restore`: what cannot be had again, as a file.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.cli.guard import explained
from services.cli.options import AsJson


def backup(
    file: Annotated[Path, typer.Argument(help="Where to; `-` for standard output.")],
    articles: Annotated[
        bool, typer.Option("--articles", help="Also the tagged articles, the newest version of each.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Write what is watched, what the services remember and what they have not read yet into a file. With the services
    stopped, it is exact.
    """
    import os

    from services.cli.backup_run import write_backup
    from services.cli.connection import kafka_settings

    with explained(as_json=as_json):
        write_backup(kafka_settings(os.environ), file, articles=articles, as_json=as_json)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` has written; `-` for standard input.")],
    merge: Annotated[
        bool, typer.Option("--merge", help="Also into topics that hold something: the file wins, key by key.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Write a backup into new topics, of any partition count, before the services start.
    """
    import os

    from services.cli.backup_run import read_and_restore
    from services.cli.connection import kafka_settings

    with explained(as_json=as_json):
        read_and_restore(kafka_settings(os.environ), file, merge=merge, as_json=as_json)
