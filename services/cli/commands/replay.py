"""
`news-ingest replay`: a stretch of pages or articles once more through the services, as they are deployed now.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.guard import explained
from services.cli.options import AsJson, epilog, kafka_here

if TYPE_CHECKING:
    from schemas.replays import Selection

app = typer.Typer(
    name="replay",
    help="A stretch of pages or articles once more: compare, start, resume, pause, stop, list.",
    no_args_is_help=True,
    epilog=epilog("news-ingest replay compare pages --from 1d", "news-ingest replay start pages --from 1d --dry-run"),
)


class What(StrEnum):
    """
    What is replayed.
    """

    PAGES = "pages"
    ARTICLES = "articles"


class By(StrEnum):
    """
    What --from and --to are about.
    """

    ARRIVAL = "arrival"
    EVENT_TIME = "event-time"
    OFFSET = "offset"


Name = Annotated[str, typer.Argument(help="A replay, as `replay list` names it.", metavar="REPLAY")]
Several = list[str] | None

Kind = Annotated[What, typer.Argument(help="pages: cleaned and tagged anew; articles: tagged anew.")]
Since = Annotated[str | None, typer.Option("--from", help="2h, 3d, 2026-11-22, 2026-11-22T14:30 (UTC), offset.")]
Until = Annotated[str | None, typer.Option("--to", help="Exclusive; written as --from.")]
ByWhat = Annotated[
    By, typer.Option("--by", help="What --from and --to are: when it arrived here, its own time, offsets.")
]
Everything = Annotated[bool, typer.Option("--all", help="From the oldest that there is.")]
OfSource = Annotated[Several, typer.Option("--source", help="Only what this source brought. Repeatable.")]
OfHost = Annotated[Several, typer.Option("--host", help="Only of this host, or one below it. Repeatable.")]
InLanguage = Annotated[
    Several, typer.Option("--language", help="Only in this language, e.g. de; und: unknown. Repeatable.")
]
OfId = Annotated[Several, typer.Option("--id", help="Only this article, page or event. Repeatable.")]
OfPartition = Annotated[list[int] | None, typer.Option("--partition", min=0, help="Only this partition. Repeatable.")]


@app.command(
    epilog=epilog(
        "news-ingest replay start pages --from 2026-11-20 --to 2026-11-21 --dry-run",
        "news-ingest replay start pages --from 6h --host example.org --rate 5",
        "news-ingest replay start articles --all --language de --name german",
        "news-ingest replay start pages --from 1d --side --name trial",
    )
)
def start(  # noqa: PLR0913, PLR0917 - each parameter is an option
    what: Kind,
    since: Since = None,
    until: Until = None,
    by: ByWhat = By.ARRIVAL,
    everything: Everything = False,
    source: OfSource = None,
    host: OfHost = None,
    language: InLanguage = None,
    id_: OfId = None,
    partition: OfPartition = None,
    rate: Annotated[float, typer.Option(min=0.1, help="Records a second, at most.")] = 10.0,
    name: Annotated[str | None, typer.Option(help="What it is called; by default after the time.")] = None,
    side: Annotated[bool, typer.Option("--side", help="Work here, and write to news.side.NAME instead.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count, and estimate how long it takes.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Copy records into the lane of their service, which works them off while its live input is empty.

    A replay stands still while live traffic is more than 2 s behind. Kill it at any moment: `replay resume` goes on
    with the next record. Exit code 12 when nothing was copied. With --side the services take no part: the code at hand
    writes all versions to a topic of the replay's own, and the live output stays as it is.
    """
    from services.cli.parts import needing
    from services.cli.replays import run

    with explained(as_json=as_json), needing("cleaner,tagger"):
        insist(since, is_all=everything or bool(id_))
        lists = {**lists_of(source, host, language), "ids": id_ or [], "partitions": partition or []}
        wish = run.Wish(what.value, selection_of(by, since, until, lists), rate, name=_checked(name), is_aside=side)
        raise typer.Exit(run.start(kafka_here(), wish, dry_run=dry_run, as_json=as_json))


@app.command(
    epilog=epilog(
        "news-ingest replay compare pages --from 1d --limit 2000 --html changes.html",
        "news-ingest replay compare pages --from 6h --host example.org",
        "news-ingest replay compare articles --from 1d --json | jq .fields",
    )
)
def compare(  # noqa: PLR0913, PLR0917 - each parameter is an option
    what: Kind,
    since: Since = None,
    until: Until = None,
    by: ByWhat = By.ARRIVAL,
    everything: Everything = False,
    source: OfSource = None,
    host: OfHost = None,
    language: InLanguage = None,
    id_: OfId = None,
    partition: OfPartition = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many that are meant.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write examples side by side here, as one HTML page.")] = None,
    examples: Annotated[int, typer.Option(min=0, help="Examples of each site and field, at most.")] = 3,
    as_json: AsJson = False,
) -> None:
    """
    Say what the code at hand would change, site by site and field by field. Publishes nothing.

    Cleaner and tagger run here, with the settings of this environment, in worker processes; what they make is held
    against what was published. Exit code 12 when there was nothing to compare.
    """
    import os

    from services.cli.parts import needing

    with explained(as_json=as_json), needing("cleaner,tagger"):
        from services.cli.comparing import run
        from services.cli.comparing.plan import Wish
        from services.cli.comparing.rerun import Settings

        insist(since, is_all=everything or bool(id_))
        lists = {**lists_of(source, host, language), "ids": id_ or [], "partitions": partition or []}
        wish = Wish(what.value, selection_of(by, since, until, lists), limit, examples)
        raise typer.Exit(run.compare(kafka_here(), wish, Settings.from_environ(os.environ), html=html, as_json=as_json))


@app.command(epilog=epilog("news-ingest replay resume pages-20261122-120000", "news-ingest replay resume x --rate 5"))
def resume(
    name: Name,
    rate: Annotated[float | None, typer.Option(min=0.1, help="Records a second, from now on.")] = None,
    as_json: AsJson = False,
) -> None:
    """
    Go on with a replay that was paused or killed, with the next record.
    """
    from services.cli.parts import needing
    from services.cli.replays import run

    with explained(as_json=as_json), needing("cleaner,tagger"):
        raise typer.Exit(run.resume(kafka_here(), name, rate, as_json=as_json))


@app.command(epilog=epilog("news-ingest replay pause pages-20261122-120000"))
def pause(name: Name, as_json: AsJson = False) -> None:
    """
    Let a replay rest, wherever it runs; `replay resume` goes on with it.
    """
    _put(name, "paused", as_json=as_json)


@app.command(epilog=epilog("news-ingest replay stop pages-20261122-120000"))
def stop(name: Name, as_json: AsJson = False) -> None:
    """
    End a replay for good, wherever it runs. What was copied is worked off.
    """
    _put(name, "stopped", as_json=as_json)


@app.command("list", epilog=epilog("news-ingest replay list", "news-ingest replay list --json | jq .copied"))
def list_(as_json: AsJson = False) -> None:
    """
    Show all replays, how far they are, and when they last moved. Exit code 12 when there are none.
    """
    from services.cli.replays import run

    with explained(as_json=as_json):
        raise typer.Exit(run.list_replays(kafka_here(), as_json=as_json))


def _put(name: str, state: str, *, as_json: bool) -> None:
    from services.cli.replays import run

    with explained(as_json=as_json):
        raise typer.Exit(run.put(kafka_here(), name, state, as_json=as_json))


def insist(since: str | None, *, is_all: bool) -> None:
    """
    Have it said what is meant: everything only if that is said.
    """
    if since is None and not is_all:
        raise typer.BadParameter("from when? --from TIME, or --all for everything that there is")


def selection_of(by: By, since: str | None, until: str | None, lists: dict[str, Any]) -> Selection:
    """
    What is meant, of the options that say so.
    """
    from datetime import UTC, datetime

    from schemas.replays import Selection
    from services.cli.moments import moment_of

    span: dict[str, Any]
    if by == By.OFFSET:
        span = {"first": _offset(since), "last": _offset(until)}
    else:
        now = datetime.now(UTC)
        span = {"since": moment_of(since, now), "until": moment_of(until, now)}
    return Selection.model_validate({"by": by.value, **span, **lists})


def lists_of(source: Several, host: Several, language: Several) -> dict[str, list[str]]:
    """
    The repeatable options, as a selection has them.
    """
    from services.cli.addresses import checked_url

    return {
        "sources": [checked_url(url) for url in source or ()],
        "hosts": [name.lower().removeprefix("*.") for name in host or ()],
        "languages": [code.partition("-")[0].lower() for code in language or ()],
    }


def _offset(written: str | None) -> int | None:
    if written is None or written.isdecimal():
        return None if written is None else int(written)
    raise typer.BadParameter(f"with --by offset, --from and --to are offsets, not {written!r}")


def _checked(name: str | None) -> str | None:
    import re

    if name is not None and not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", name):
        raise typer.BadParameter("a name has letters, digits, dots, hyphens and underscores, at most 100")
    if (name or "").startswith("import-"):
        raise typer.BadParameter("names that begin with import- are those of imports")
    return name
