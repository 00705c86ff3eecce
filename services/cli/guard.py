"""
The one place where an error becomes words and an exit status.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from services.cli.errors import ExitCode, exit_code_of
from services.cli.output import remark
from services.runtime.errors import NewsIngestError

ERRORS_PAGE = "docs/errors.md"


def quieten() -> None:
    """
    Keep what the Kafka client says to itself off the terminal, and what it leaves behind in futures that nobody waits
    for; what matters of it comes as an error of ours.
    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    logging.getLogger("asyncio").addFilter(_is_not_the_clients)


def _is_not_the_clients(record: logging.LogRecord) -> bool:
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or not kind.__module__.startswith("aiokafka")


@contextmanager
def explained(*, as_json: bool) -> Iterator[None]:
    """
    Run a command; turn an expected error into its explanation on standard error and its exit status.

    A bug is not caught: its trace is what is needed.
    """
    quieten()
    try:
        yield
    except NewsIngestError as error:
        remark(_as_json(error) if as_json else _as_words(error))
        raise typer.Exit(exit_code_of(error)) from None
    except KeyboardInterrupt:
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    except BrokenPipeError:
        # The reader went away (`| head`). Python would complain once more when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(ExitCode.DONE) from None


def _as_words(error: NewsIngestError) -> str:
    lines = [f"{error.code} {type(error).__name__}: {error}"]
    if error.next_step:
        lines.append(f"  next: {error.next_step}")
    lines.append(f"  more: {ERRORS_PAGE}#{error.code.lower()}")
    return "\n".join(lines)


def _as_json(error: NewsIngestError) -> str:
    told = {"code": error.code, "error": type(error).__name__, "message": str(error), "nextStep": error.next_step}
    return json.dumps(told, ensure_ascii=False)
