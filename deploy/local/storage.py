"""
The data folder: held by one broker at a time, formatted once.

    <data folder>/
        log/                what Kafka keeps: topics, metadata, meta.properties
        broker.log          what the broker says since its last start; broker.log.1 the time before
        server.properties   its settings, written anew at each start
        tmp/                native libraries that Java unpacks; emptied at each start
        .lock               locked by the broker process itself, so free as soon as that has ended
"""

import secrets
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from deploy.local.diagnosis import last_words
from deploy.local.errors import ErrorCode, LocalBrokerError
from deploy.local.jvm import STORAGE_TOOL, Jvm
from deploy.local.locks import try_lock
from deploy.local.properties import LOG_DIR, render, server_properties

FORMAT_TIMEOUT_S = 60.0
FORMAT_PORTS = (1, 2)
"""The format needs the settings to be whole, but writes no port down."""


def claim(folder: Path) -> BinaryIO:
    """
    Make the data folder and return its locked file; a process that inherits it holds the lock as long as it lives.

    Raises:
        LocalBrokerError: DATA_DIR_IN_USE or DATA_DIR_UNUSABLE.
    """
    try:
        (folder / "tmp").mkdir(parents=True, exist_ok=True)
        file = (folder / ".lock").open("wb")
    except OSError as error:
        raise LocalBrokerError(
            ErrorCode.DATA_DIR_UNUSABLE,
            f"The data folder {folder} cannot be written: {error.strerror}.",
            next_step="Name another data folder.",
        ) from error
    if try_lock(file):
        return file
    file.close()
    raise LocalBrokerError(
        ErrorCode.DATA_DIR_IN_USE,
        f"Another broker runs on the data folder {folder}.",
        next_step="Stop that broker, or name another data folder.",
    )


def sweep(folder: Path) -> None:
    """
    Remove what a killed broker left in its temporary folder.
    """
    for leftover in (folder / "tmp").iterdir():
        leftover.unlink()


def format_once(folder: Path, jvm: Jvm, overrides: Mapping[str, str]) -> str:
    """
    Format the data folder unless it is, and return its cluster id.

    Formatted means that meta.properties is there, which StorageTool writes last: an interrupted format is done again.
    """
    meta = folder / LOG_DIR / "meta.properties"
    if not meta.exists():
        settings = server_properties(*FORMAT_PORTS, overrides)
        (folder / "format.properties").write_text(render(settings), encoding="ascii")
        run_format(folder, jvm.command(STORAGE_TOOL, *format_arguments(new_cluster_id())))
    return read_cluster_id(meta)


def new_cluster_id() -> str:
    """
    Return 16 random bytes in Kafka's notation. A leading minus, which a command line misreads, cannot occur.
    """
    return "n" + secrets.token_urlsafe(16)[1:]


def format_arguments(cluster_id: str) -> list[str]:
    """
    Return the arguments of StorageTool.
    """
    return ["format", "--config", "format.properties", "--cluster-id", cluster_id, "--ignore-formatted"]


def run_format(folder: Path, command: list[str]) -> None:
    """
    Run StorageTool to its end.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own command line
            command, cwd=folder, capture_output=True, text=True, timeout=FORMAT_TIMEOUT_S, check=False
        )
        said, failed = done.stdout + done.stderr, done.returncode != 0
    except subprocess.TimeoutExpired:
        said, failed = f"no end after {FORMAT_TIMEOUT_S:.0f} s", True
    if failed:
        raise LocalBrokerError(
            ErrorCode.FORMAT_FAILED,
            f"The data folder {folder} could not be formatted:\n{last_words(said)}",
            next_step="Check the overrides and the space on the disk; an empty data folder always starts afresh.",
        )


def read_cluster_id(meta: Path) -> str:
    """
    Return the cluster id that the data folder was formatted with.
    """
    lines = meta.read_text(encoding="latin-1").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)["cluster.id"]
