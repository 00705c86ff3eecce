"""
`news-ingest takedown`: an article that nobody is to have any more.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from services.cli.guard import explained
from services.cli.options import AsJson, epilog, kafka_here

if TYPE_CHECKING:
    from services.cli.takedowns.control import Wish

SETTLE_S = 60.0
"""
The longest time in flight, generously: a batch that is worked on (25 s), its transaction (20 s), the next poll.
"""


class _OrdersByDefault(TyperGroup):
    """
    `takedown URL` is `takedown order URL`.
    """

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # of the click that typer brings along
        named = bool(args) and args[0] in self.commands
        return super().resolve_command(ctx, args if named else ["order", *args])


app = typer.Typer(
    name="takedown",
    cls=_OrdersByDefault,
    help="An article that nobody is to have any more: `takedown URL|ID --reason TEXT`; also lift, list.",
    no_args_is_help=True,
    context_settings={"ignore_unknown_options": True},
    epilog=epilog("news-ingest takedown https://example.org/story --reason 'court order 12/26'"),
)

Target = Annotated[str, typer.Argument(help="The URL of a page, or an article id.", metavar="URL|ID")]
Reason = Annotated[str | None, typer.Option(help="Why. It is kept for ever: name nothing of the article in it.")]
By = Annotated[str | None, typer.Option(help="Who orders it. Default: the user of this machine.")]


@app.command(
    epilog=epilog(
        "news-ingest takedown https://example.org/story --reason 'court order 12/26'",
        "news-ingest takedown order 83feb107-967e-5eda-9875-0a20054be5d2 --reason 'author asked' --dry-run",
    )
)
def order(  # noqa: PLR0913, PLR0917 - each parameter is an option
    target: Target,
    reason: Reason = None,
    by: By = None,
    settle: Annotated[float, typer.Option(min=0, help="Seconds until it is swept a second time.")] = SETTLE_S,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be touched.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Take an article down: undeliverable at once, its records deleted, never brought back by a replay or a fetch.

    Kill it at any moment and order it again: it goes on. Exit code 21 when a service has not heard of it yet.
    """
    from services.cli.parts import needing

    with explained(as_json=as_json):
        with needing("fetcher"):
            from services.cli.takedowns import run
        if reason is None and not dry_run:
            raise typer.BadParameter("why? --reason TEXT")
        wish = _wish(target, reason or "", by, settle)
        raise typer.Exit(run.order(kafka_here(), wish, dry_run=dry_run, as_json=as_json))


@app.command(epilog=epilog("news-ingest takedown lift https://example.org/story --reason 'order withdrawn'"))
def lift(
    target: Target,
    reason: Annotated[str, typer.Option(help="Why.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """
    Let an article come in again. What was deleted stays so; who took it down, and who lifted that, is kept.
    """
    from services.cli.parts import needing

    with explained(as_json=as_json):
        with needing("fetcher"):
            from services.cli.takedowns import run
        raise typer.Exit(run.lift_one(kafka_here(), _wish(target, reason, by, 0.0), as_json=as_json))


@app.command("list", epilog=epilog("news-ingest takedown list", "news-ingest takedown list --json | jq .touched"))
def list_(as_json: AsJson = False) -> None:
    """
    Show who took down what, when and why, and what was touched. Exit code 12 when nothing ever was.
    """
    from services.cli.parts import needing

    with explained(as_json=as_json):
        with needing("fetcher"):
            from services.cli.takedowns import run
        raise typer.Exit(run.list_takedowns(kafka_here(), as_json=as_json))


def _wish(target: str, reason: str, by: str | None, settle_s: float) -> Wish:
    import getpass

    from services.cli.takedowns.control import Wish
    from services.cli.takedowns.finding import trail_of

    return Wish(trail_of(target), reason, by or getpass.getuser(), settle_s)
