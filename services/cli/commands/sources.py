"""
`news-ingest sources`: what is watched. The topic `news.sources` is the truth about it.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services.cli.guard import explained
from services.cli.options import AsJson, epilog

app = typer.Typer(
    name="sources",
    help="What is watched: add, list, pause, resume, remove, import, export.",
    no_args_is_help=True,
    epilog=epilog("news-ingest sources add https://example.org/feed.xml", "news-ingest sources import feeds.opml"),
)


class Kind(StrEnum):
    """
    What a source is.
    """

    FEED = "feed"
    PAGE = "page"


class Format(StrEnum):
    """
    How a file of sources is written.
    """

    OPML = "opml"
    YAML = "yaml"


Label = Annotated[list[str] | None, typer.Option("--label", help="NAME=VALUE, kept on every article. Repeatable.")]


@app.command(epilog=epilog("news-ingest sources add https://example.org/feed.xml --language en --label desk=world"))
def add(  # noqa: PLR0913, PLR0917 - each parameter is an option
    url: Annotated[
        str, typer.Argument(help="A feed, a sitemap, a page that links to its feeds; or, by --kind, a page.")
    ],
    kind: Annotated[Kind, typer.Option(help="page: this page itself, published whenever it changes.")] = Kind.FEED,
    title: Annotated[str | None, typer.Option(help="A name for people.")] = None,
    language: Annotated[str | None, typer.Option(help="BCP 47, used where a page does not say: en, de, ja.")] = None,
    label: Label = None,
    min_interval: Annotated[int, typer.Option(min=1, help="Seconds; never polled more often.")] = 300,
    max_interval: Annotated[int, typer.Option(min=1, help="Seconds; never polled less often.")] = 6 * 3600,
    header: Annotated[list[str] | None, typer.Option("--header", help="NAME=VALUE, sent to its origin.")] = None,
    allow: Annotated[list[str] | None, typer.Option(help="Regular expression that links have to match.")] = None,
    deny: Annotated[list[str] | None, typer.Option(help="Regular expression of links to leave.")] = None,
    max_age: Annotated[int | None, typer.Option(min=0, help="Seconds; links with an older date are left.")] = None,
    paused: Annotated[bool, typer.Option("--paused", help="Add it without polling it.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Watch a source, or change how it is watched.
    """
    from services.cli import source_files, watching

    with explained(as_json=as_json):
        wish = source_files.FullWish(
            url,
            kind=kind.value,
            title=title,
            language=language,
            labels=watching.labels_of(label or []),
            min_interval_s=min_interval,
            max_interval_s=max_interval,
            headers=watching.labels_of(header or []),
            allow=allow or [],
            deny=deny or [],
            max_age_s=max_age,
            paused=paused,
        )
        watching.add([wish], as_json=as_json)


@app.command("list", epilog=epilog("news-ingest sources list", "news-ingest sources list --json | jq -r .url"))
def list_(as_json: AsJson = False) -> None:
    """
    List what is watched.
    """
    from services.cli import watching

    with explained(as_json=as_json):
        watching.show(as_json=as_json)


@app.command(epilog=epilog("news-ingest sources remove https://example.org/feed.xml"))
def remove(url: Annotated[str, typer.Argument(help="As `sources list` shows it.")], as_json: AsJson = False) -> None:
    """
    Stop watching a source. Articles that came from it stay.
    """
    from services.cli import watching

    with explained(as_json=as_json):
        watching.remove(url, as_json=as_json)


@app.command(epilog=epilog("news-ingest sources pause https://example.org/feed.xml"))
def pause(url: Annotated[str, typer.Argument(help="As `sources list` shows it.")], as_json: AsJson = False) -> None:
    """
    Stop polling a source for a while; it stays in the list.
    """
    _set_paused(url, paused=True, as_json=as_json)


@app.command(epilog=epilog("news-ingest sources resume https://example.org/feed.xml"))
def resume(url: Annotated[str, typer.Argument(help="As `sources list` shows it.")], as_json: AsJson = False) -> None:
    """
    Poll a paused source again.
    """
    _set_paused(url, paused=False, as_json=as_json)


def _set_paused(url: str, *, paused: bool, as_json: bool) -> None:
    from datetime import UTC, datetime

    from services.cli import source_files

    with explained(as_json=as_json):
        source_files.set_paused(url, paused=paused, now=datetime.now(UTC), as_json=as_json)


@app.command(
    "import",
    epilog=epilog("news-ingest sources import feeds.opml --dry-run", "news-ingest sources import sources.yaml"),
)
def import_(  # noqa: PLR0913, PLR0917 - each parameter is an option
    file: Annotated[Path, typer.Argument(help="An OPML or YAML file; `-` for standard input.")],
    label: Label = None,
    written: Annotated[Format | None, typer.Option("--format", help="Default: by the file's name.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Stop watching what the file does not name.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Watch all sources of a file: OPML as feed readers export it (folders become the label `folder`), or YAML with all
    settings.
    """
    from services.cli import source_files, watching
    from services.cli.output import remark

    with explained(as_json=as_json):
        wishes, refused = source_files.from_file(file, watching.labels_of(label or []), written)
        for problem in refused:
            remark(problem)
        watching.add(wishes, as_json=as_json, dry_run=dry_run)
        if replace:
            source_files.remove_others(wishes, as_json=as_json, dry_run=dry_run)


@app.command(epilog=epilog("news-ingest sources export --format yaml > sources.yaml"))
def export(
    written: Annotated[Format, typer.Option("--format", help="YAML holds all settings.")] = Format.OPML,
    as_json: AsJson = False,
) -> None:
    """
    Write what is watched to standard output, as a file that `sources import` reads.
    """
    from services.cli import source_files

    with explained(as_json=as_json):
        source_files.export(written.value, as_json=as_json)
