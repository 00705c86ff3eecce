"""
`news-ingest dlq`: what could not be handled, and driving it again.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.guard import explained
from services.cli.options import AsJson, epilog, kafka_here

if TYPE_CHECKING:
    from services.cli.letters.entries import Wanted

app = typer.Typer(
    name="dlq",
    help="Dead letters: list, show, retry, export, purge.",
    no_args_is_help=True,
    epilog=epilog("news-ingest dlq list --from 1d", "news-ingest dlq retry --reason WORK_TIMEOUT --stage cleaner"),
)

Keys = Annotated[list[str] | None, typer.Argument(help="Letters, as `dlq list` names them.", metavar="LETTER")]
Letter = Annotated[str, typer.Argument(help="A letter, as `dlq list` names it.")]
Reason = Annotated[list[str] | None, typer.Option(help="Only of this reason, e.g. WORK_TIMEOUT. Repeatable.")]
Stage = Annotated[list[str] | None, typer.Option(help="Only of this stage: fetcher, cleaner, tagger. Repeatable.")]
Host = Annotated[list[str] | None, typer.Option(help="Only about this host, or one below it. Repeatable.")]
Since = Annotated[
    str | None, typer.Option("--from", help="Only buried since: 2h, 3d, 2026-11-22, 2026-11-22T14:30 (UTC).")
]
Until = Annotated[str | None, typer.Option("--to", help="Only buried before; written as --from.")]
All = Annotated[bool, typer.Option("--all", help="All that stand, where nothing else narrows it.")]


@app.command("list", epilog=epilog("news-ingest dlq list --host example.org", "news-ingest dlq list --json | jq .key"))
def list_(  # noqa: PLR0913, PLR0917 - each parameter is an option
    reason: Reason = None,
    stage: Stage = None,
    host: Host = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(min=1, help="How many are shown; with --json all are.")] = 50,
    as_json: AsJson = False,
) -> None:
    """
    List the letters that stand: neither retried nor purged. Exit code 12 when none does.
    """
    from services.cli.letters import run

    with explained(as_json=as_json):
        wanted = _wanted(reason, stage, host=host, buried=(since, until))
        raise typer.Exit(run.list_letters(kafka_here(), wanted, limit=limit, as_json=as_json))


@app.command(epilog=epilog("news-ingest dlq show news.page.fetched/3/17", "news-ingest dlq show KEY --original > page"))
def show(
    letter: Letter,
    original: Annotated[bool, typer.Option("--original", help="Write what was kept of it, byte for byte.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Show one letter: why, where, after how many tries, and how its original begins.
    """
    from services.cli.letters import run

    with explained(as_json=as_json):
        raise typer.Exit(run.show_letter(kafka_here(), letter, is_raw=original, as_json=as_json))


@app.command(epilog=epilog("news-ingest dlq retry news.page.fetched/3/17", "news-ingest dlq retry --all --dry-run"))
def retry(  # noqa: PLR0913, PLR0917 - each parameter is an option
    letters: Keys = None,
    reason: Reason = None,
    stage: Stage = None,
    host: Host = None,
    since: Since = None,
    until: Until = None,
    everything: All = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be put back.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Put letters back in at the stage where they failed. Each is gone in the same transaction: a second retry finds
    nothing.

    Exit code 13 when some cannot be driven again; they stay.
    """
    from services.cli.letters import run

    with explained(as_json=as_json):
        wanted = _wanted(reason, stage, host=host, buried=(since, until), letters=letters)
        _insist(wanted, everything=everything)
        raise typer.Exit(run.retry_letters(kafka_here(), wanted, dry_run=dry_run, as_json=as_json))


@app.command(epilog=epilog("news-ingest dlq purge --reason UNSUPPORTED_SCHEME", "news-ingest dlq purge --to 30d -y"))
def purge(  # noqa: PLR0913, PLR0917 - each parameter is an option
    letters: Keys = None,
    reason: Reason = None,
    stage: Stage = None,
    host: Host = None,
    since: Since = None,
    until: Until = None,
    everything: All = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be let go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Let letters go for good. Asks first; without a terminal it wants --yes.
    """
    from services.cli.letters import run

    with explained(as_json=as_json):
        wanted = _wanted(reason, stage, host=host, buried=(since, until), letters=letters)
        _insist(wanted, everything=everything)
        raise typer.Exit(run.purge_letters(kafka_here(), wanted, dry_run=dry_run, is_sure=yes, as_json=as_json))


@app.command(epilog=epilog("news-ingest dlq export letters.jsonl --from 1d", "news-ingest dlq export - | jq .reason"))
def export(  # noqa: PLR0913, PLR0917 - each parameter is an option
    file: Annotated[Path, typer.Argument(help="Where to; `-` for standard output.")],
    reason: Reason = None,
    stage: Stage = None,
    host: Host = None,
    since: Since = None,
    until: Annotated[str | None, typer.Option("--to", help="Only buried before; written as --from.")] = None,
    as_json: AsJson = False,
) -> None:
    """
    Write letters with their originals to a file, a line of JSON each; bytes are in base64. The letters stay.
    """
    from services.cli.letters import run

    with explained(as_json=as_json):
        wanted = _wanted(reason, stage, host=host, buried=(since, until))
        raise typer.Exit(run.export_letters(kafka_here(), wanted, file, as_json=as_json))


def _wanted(
    reason: list[str] | None,
    stage: list[str] | None,
    *,
    host: list[str] | None,
    buried: tuple[str | None, str | None],
    letters: list[str] | None = None,
) -> Wanted:
    from datetime import UTC, datetime

    from services.cli.letters.entries import Wanted
    from services.cli.moments import moment_of

    since, until = (moment_of(written, datetime.now(UTC)) for written in buried)
    return Wanted(
        keys=frozenset(letters or ()),
        reasons=frozenset(name.upper() for name in reason or ()),
        stages=frozenset(name.lower() for name in stage or ()),
        hosts=frozenset(name.lower().removeprefix("*.") for name in host or ()),
        since=since,
        until=until,
    )


def _insist(wanted: Wanted, *, everything: bool) -> None:
    """
    A forgotten option shall not mean everything.
    """
    if wanted.is_everything and not everything:
        raise typer.BadParameter("which letters? name some, narrow it (--reason, --stage, --host, ...), or say --all")
