"""
The options that several commands share, so that they read the same everywhere.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from services.runtime.settings import KafkaSettings

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON: one object a line.")]

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Where the local Kafka keeps its data. Default: the user's state directory."),
]

Partitions = Annotated[int, typer.Option("--partitions", min=1, help="Partitions of a topic; fixed at creation.")]


class Format(StrEnum):
    """
    How articles are shown: a line for people, the event as it is, or in the words of a standard.
    """

    LINE = "line"
    JSON = "json"
    NINJS = "ninjs"
    JSONLD = "jsonld"


def epilog(*examples: str) -> str:
    """
    The examples at the end of a command's help.
    """
    return "\n\n".join(["Examples:", *(f"`{example}`" for example in examples)])


def kafka_here() -> KafkaSettings:
    """
    Where Kafka is, by the environment.

    Raises:
        SettingsError: A variable does not fit.
    """
    import os  # noqa: PLC0415 - --help answers at once

    from services.cli.connection import kafka_settings  # noqa: PLC0415

    return kafka_settings(os.environ)
