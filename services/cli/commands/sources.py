"""
`news-ingest sources`: what is watched. The topic `news.sources` is the truth about it.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.cli.guard import explained
from services.cli.options import AsJson, epilog

app = typer.Typer(
    name="sources",
    help="What is watched: add, list, remove, import.",
    no_args_is_help=True,
    epilog=epilog("news-ingest sources add https://example.org/feed.xml", "news-ingest sources import feeds.opml"),
)

Label = Annotated[list[str] | None, typer.Option("--label", help="NAME=VALUE, kept on every article. Repeatable.")]


@app.command(epilog=epilog("news-ingest sources add https://example.org/feed.xml --language en --label desk=world"))
def add(  # noqa: PLR0913, PLR0917 - each parameter is an option
    url: Annotated[str, typer.Argument(help="The feed (RSS, Atom, RDF).")],
    title: Annotated[str | None, typer.Option(help="A name for people.")] = None,
    language: Annotated[str | None, typer.Option(help="BCP 47, used where a page does not say: en, de, ja.")] = None,
    label: Label = None,
    min_interval: Annotated[int, typer.Option(min=1, help="Seconds; never polled more often.")] = 300,
    max_interval: Annotated[int, typer.Option(min=1, help="Seconds; never polled less often.")] = 6 * 3600,
    paused: Annotated[bool, typer.Option("--paused", help="Add it without polling it.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Watch a feed, or change how it is watched.
    """
    from services.cli import watching

    with explained(as_json=as_json):
        wish = watching.Wish(
            url,
            title=title,
            language=language,
            labels=watching.labels_of(label or []),
            min_interval_s=min_interval,
            max_interval_s=max_interval,
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
    Stop watching a feed. Articles that came from it stay.
    """
    from services.cli import watching

    with explained(as_json=as_json):
        watching.remove(url, as_json=as_json)


@app.command("import", epilog=epilog("news-ingest sources import feeds.opml --dry-run"))
def import_(
    file: Annotated[Path, typer.Argument(help="An OPML file; `-` for standard input.")],
    label: Label = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be added.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Watch all feeds of an OPML file, as feed readers export it. Folders become the label `folder`.
    """
    from services.cli import watching
    from services.cli.output import remark

    with explained(as_json=as_json):
        wishes, refused = watching.from_opml(file, watching.labels_of(label or []))
        for problem in refused:
            remark(problem)
        watching.add(wishes, as_json=as_json, dry_run=dry_run)
