"""
Optional parts of the distribution: an absent one is an answer, not a trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from services.cli.errors import MissingPartError

OURS = ("services", "schemas", "deploy")


@contextmanager
def needing(extras: str) -> Iterator[None]:
    """
    Explain a failed import inside the block by the extras that bring the module.

    Raises:
        MissingPartError: A module of somebody else's is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in OURS:
            raise
        raise MissingPartError(
            f"this needs {error.name}, which is not installed", f"pip install 'news-ingest[{extras}]'"
        ) from None
