"""
`python -m deploy.local`: a broker in the foreground; `python -m deploy.local fetch`: only what it needs.
"""

import asyncio
import os
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from deploy.local.broker import Broker, BrokerConfig
from deploy.local.errors import LocalBrokerError
from deploy.local.fetch import FetchProgress, Report, fetch_jars
from deploy.local.jars import cache_root, jar_folder, locked_jars
from deploy.local.warmup import warm_up

app = typer.Typer(add_completion=False, help="A real Kafka broker on this machine, without containers.")
notes = Console(stderr=True)
"""Standard output carries the address only, so that a script can read it."""


@app.callback(invoke_without_command=True)
def serve(
    context: typer.Context,
    data_dir: Annotated[Path | None, typer.Option(help="Where the broker keeps its data.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 picks a free one.")] = 0,
) -> None:
    """
    Run a broker until Ctrl-C; its address is the one line on standard output.
    """
    if context.invoked_subcommand is None:
        config = BrokerConfig(data_dir or cache_root(os.environ) / "broker", port)
        with explained():
            raise typer.Exit(asyncio.run(run(config)))


@app.command()
def fetch(
    *,
    warm: Annotated[bool, typer.Option(help="Also make later starts quicker: about 15 s, once per Java.")] = True,
) -> None:
    """
    Fetch the jars of the broker, so that later starts need no network.
    """
    with explained():
        with progress_bar() as report:
            mirror = os.environ.get("NEWS_INGEST_MAVEN")
            fetch_jars(locked_jars(), jar_folder(os.environ), report=report, repository=mirror)
        if warm:
            with notes.status("Preparing quicker starts ..."):
                asyncio.run(warm_up(os.environ))


async def run(config: BrokerConfig) -> int:
    """
    Start, print the address, and wait for a signal or for the broker's own end.

    Returns:
        0 when it was asked to end; 1 when the broker ended by itself.
    """
    asked = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, asked.set)
    with progress_bar() as report:
        broker = Broker(config, report=report)
        if not await unless(asked, broker.start()):
            return 0
    typer.echo(broker.bootstrap_servers)
    ended = await unless(asked, broker.wait())
    await broker.stop()
    return 1 if ended else 0


async def unless(asked: asyncio.Event, work: Coroutine[object, object, object]) -> bool:
    """
    Do the work, and tell whether it was done before somebody asked for the end.
    """
    doing, asking = asyncio.ensure_future(work), asyncio.ensure_future(asked.wait())
    await asyncio.wait({doing, asking}, return_when=asyncio.FIRST_COMPLETED)
    asking.cancel()
    if not doing.done():
        doing.cancel()
        await asyncio.wait({doing})
        return False
    await doing
    return True


@contextmanager
def progress_bar() -> Iterator[Report]:
    """
    Show a bar from the first byte that has to be fetched; none when nothing has.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=notes, transient=True) as progress:
        bar = progress.add_task("Fetching Kafka", visible=False)

        def report(now: FetchProgress) -> None:
            progress.update(bar, completed=now.done_bytes, total=now.total_bytes, visible=now.total_bytes > 0)

        yield report


@contextmanager
def explained() -> Iterator[None]:
    """
    Turn the broker's error into two lines and an exit status.
    """
    try:
        yield
    except LocalBrokerError as error:
        notes.print(f"[red]{error.code}[/] ", end="")
        notes.print(error.message, markup=False, highlight=False)
        notes.print(error.next_step, markup=False, highlight=False)
        raise typer.Exit(2) from error


if __name__ == "__main__":
    app()
