"""
`news-ingest import`: pages from elsewhere.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.commands.replay import By, OfHost, Several, lists_of, selection_of
from services.cli.guard import explained
from services.cli.options import AsJson, epilog, kafka_here

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.replays import Selection
    from services.cli.backfill.answers import Origin
    from services.cli.backfill.importing import Wish
    from services.cli.backfill.pages import Terms
    from services.cli.errors import ExitCode

app = typer.Typer(
    name="import",
    help="Pages from elsewhere: web archives, a folder, a list of URLs, another cluster's topic.",
    no_args_is_help=True,
    epilog=epilog("news-ingest import warc archive.warc.gz --dry-run", "news-ingest import urls urls.txt"),
)
EXTRAS = "cli,fetcher"

Span = tuple[str | None, str | None]
Rate = Annotated[float, typer.Option(min=0.1, help="Pages a second, at most.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Rest after so many pages; given once more, it goes on.")]
Again = Annotated[bool, typer.Option("--again", help="Also what was imported before: it is published again.")]
AtOnce = Annotated[bool, typer.Option("--at-once", help="Wait for no service and no live traffic, keep no rate.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only count, and estimate how long it takes.")]


@app.command(
    epilog=epilog(
        "news-ingest import warc CC-NEWS-20261101.warc.gz --dry-run",
        "news-ingest import warc *.warc.gz --host example.org --rate 50",
    )
)
def warc(  # noqa: PLR0913, PLR0917 - each parameter is an option
    files: Annotated[list[Path], typer.Argument(help="WARC files, plain or with a gzip member a record.")],
    host: OfHost = None,
    type_: Annotated[Several, typer.Option("--type", help="Only of this stated MIME type. Repeatable.")] = None,
    rate: Rate = 20.0,
    limit: Limit = None,
    again: Again = False,
    at_once: AtOnce = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """
    Import the pages of web archives: their responses with status 200 that the fetcher would take for pages.

    Everything else is counted by its reason; a broken record does not stop a file. Kill it at any moment, and give the
    same command again: it goes on with the next record. A file that was imported to its end is not imported once more.
    """
    from services.cli.parts import needing

    with explained(as_json=as_json), needing(EXTRAS):
        from services.cli.backfill.files import open_warc
        from services.cli.backfill.importing import Wish

        wish = Wish(_selection(host, type_), rate, limit, again, at_once)
        terms = _terms()
        origins = [open_warc(path, terms, wish.selection) for path in files]
        raise typer.Exit(_import(origins, wish, dry_run=dry_run, as_json=as_json))


@app.command(
    epilog=epilog("news-ingest import pages ./saved --dry-run", "news-ingest import pages ./saved --manifest list.csv")
)
def pages(  # noqa: PLR0913, PLR0917 - each parameter is an option
    folder: Annotated[Path, typer.Argument(help="A folder of HTML files.")],
    manifest: Annotated[
        Path | None, typer.Option(help="CSV or JSON lines: file, url, fetched_at, content_type.")
    ] = None,
    host: OfHost = None,
    rate: Rate = 20.0,
    limit: Limit = None,
    again: Again = False,
    at_once: AtOnce = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """
    Import a folder of HTML files; a list, `manifest.csv` or `manifest.jsonl` in it, says each file's URL and time.

    Without a list the URL is the page's own canonical link or og:url, and the time is when the file was written.
    """
    from services.cli.parts import needing

    with explained(as_json=as_json), needing(EXTRAS):
        from services.cli.backfill.folder import open_folder
        from services.cli.backfill.importing import Wish

        wish = Wish(_selection(host, None), rate, limit, again, at_once)
        origin = open_folder(folder, manifest, _terms(), wish.selection)
        raise typer.Exit(_import([origin], wish, dry_run=dry_run, as_json=as_json))


@app.command(
    epilog=epilog(
        "news-ingest import topic old:9092 --all --dry-run",
        "news-ingest import topic old:9092 --from 2026-11-01 --to 2026-11-08",
    )
)
def topic(  # noqa: PLR0913, PLR0917 - each parameter is an option
    servers: Annotated[str, typer.Argument(help="The other Kafka: host:port, comma-separated.", metavar="KAFKA")],
    since: Annotated[str | None, typer.Option("--from", help="2h, 3d, 2026-11-22, 2026-11-22T14:30 (UTC).")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Exclusive; written as --from.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="From the oldest that there is.")] = False,
    host: OfHost = None,
    rate: Rate = 20.0,
    limit: Limit = None,
    again: Again = False,
    at_once: AtOnce = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """
    Import another cluster's `news.page.fetched`, with the ids and headers that its pages have there.

    How that cluster is reached, FROM_KAFKA_SECURITY_PROTOCOL and its like say, as KAFKA_ does for one's own.
    """
    from services.cli.parts import needing

    with explained(as_json=as_json), needing(EXTRAS):
        import os

        from services.cli.backfill.elsewhere import Elsewhere, settings_of
        from services.cli.backfill.importing import Wish

        if since is None and not everything:
            raise typer.BadParameter("from when? --from TIME, or --all for everything that there is")
        wish = Wish(_selection(host, None, (since, until)), rate, limit, again, at_once)
        asked = f"{since or ''} {until or ''}"
        origin = Elsewhere(settings_of(servers, os.environ), wish.selection, asked)
        raise typer.Exit(_import([origin], wish, dry_run=dry_run, as_json=as_json))


@app.command(epilog=epilog("news-ingest import urls urls.txt", "cat urls.txt | news-ingest import urls -"))
def urls(
    file: Annotated[Path, typer.Argument(help="A URL a line; `-` for standard input.")],
    host: OfHost = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """
    Request each URL of a list once; the fetcher asks for them as politeness allows.

    A page that is known already is not asked for again, so the same list may be given twice.
    """
    from services.cli.parts import needing

    with explained(as_json=as_json), needing(EXTRAS):
        from services.cli.backfill import run

        raise typer.Exit(
            run.ask_for(kafka_here(), file, lists_of(None, host, None)["hosts"], dry_run=dry_run, as_json=as_json)
        )


def _import(origins: Sequence[Origin], wish: Wish, *, dry_run: bool, as_json: bool) -> ExitCode:
    from services.cli.backfill import run

    if dry_run:
        return run.try_out(origins, wish, as_json=as_json)
    return run.bring_in(kafka_here(), origins, wish, as_json=as_json)


def _selection(host: Several, type_: Several, span: Span = (None, None)) -> Selection:
    lists = {**lists_of(None, host, None), "types": [kind.lower() for kind in type_ or ()]}
    return selection_of(By.ARRIVAL, *span, lists)


def _terms() -> Terms:
    import os

    from services.cli.backfill.run import terms_of

    return terms_of(os.environ)
