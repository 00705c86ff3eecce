"""
The Kafka that `up` and the demo use: the one that the operator named, else one of our own on this machine.
"""

# ruff: noqa: PLC0415 - rich is imported only where something is drawn

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from deploy.local import Broker, BrokerConfig, FetchProgress, LocalBrokerError, Report
from deploy.local.ports import is_free
from services.cli.connection import SERVERS_VARIABLE
from services.cli.errors import DataDirError, LocalKafkaError
from services.cli.output import remark
from services.runtime.settings import KafkaSettings

USUAL_PORT = 9092
"""Taken when it is free, so that other tools find the broker where they expect one."""

MIB = 1024 * 1024


@asynccontextmanager
async def kafka_here(
    data_dir: Path, environ: Mapping[str, str], *, port: int | None = None
) -> AsyncIterator[KafkaSettings]:
    """
    Give a Kafka that answers, and stop it at the end if it is ours.

    Args:
        data_dir: Where our own keeps its data.
        environ: A Kafka named here is used instead.
        port: For our own; by default the usual one when it is free, else any.

    Raises:
        LocalKafkaError: It cannot be started.
        DataDirError: The folder cannot be made.
    """
    if environ.get(SERVERS_VARIABLE):
        yield KafkaSettings.from_environ(environ)
        return
    make_folder(data_dir)
    if port is None:
        port = USUAL_PORT if is_free(USUAL_PORT) else 0
    with download_progress() as report:
        broker = Broker(BrokerConfig(data_dir, port=port), environ=environ, report=report)
        try:
            await broker.start()
        except LocalBrokerError as error:
            raise LocalKafkaError(f"{error.code}: {error.message}", error.next_step) from None
    try:
        yield KafkaSettings.from_environ({**environ, SERVERS_VARIABLE: broker.bootstrap_servers})
    finally:
        await broker.stop()


def make_folder(folder: Path) -> None:
    """
    Make a folder with its parents.

    Raises:
        DataDirError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataDirError(f"{folder} cannot be made: {error.strerror}", "name another one with --data-dir") from None


@contextmanager
def download_progress() -> Iterator[Report]:
    """
    Show how far the download of the broker is: a bar on a terminal, else a line for each quarter.
    """
    from rich.console import Console

    if not Console(stderr=True).is_terminal:
        yield _in_quarters()
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Kafka, once", total=None, visible=False)

        def report(now: FetchProgress) -> None:
            progress.update(task, completed=now.done_bytes, total=now.total_bytes or None, visible=True)

        yield report


def _in_quarters() -> Report:
    told: set[int] = set()

    def report(now: FetchProgress) -> None:
        quarter = 4 * now.done_bytes // now.total_bytes if now.total_bytes else 0
        if quarter not in told:
            told.add(quarter)
            remark(f"downloading Kafka, once: {now.done_bytes / MIB:.0f} of {now.total_bytes / MIB:.0f} MiB")

    return report
