"""
Web archives as a place where pages come from.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from pathlib import Path

from schemas.ids import sha256_hex
from schemas.replays import Selection, Stretch
from services.cli.backfill.answers import Found
from services.cli.backfill.captures import capture_of
from services.cli.backfill.pages import Terms, page_of
from services.cli.backfill.pieces import BEGIN, GZIP, OnePieceError, pieces
from services.cli.errors import InputFileError

DIGESTED_BYTES = 1024 * 1024
"""Of the beginning of a file: it and the size tell files apart."""


@dataclass(frozen=True)
class WarcFile:
    """
    A WARC file, plain or with a gzip member for each record.
    """

    path: Path
    name: str
    identity: str
    size: int
    terms: Terms
    selection: Selection
    unit: str = "bytes"

    async def stretches(self) -> list[Stretch]:
        """
        The whole file.
        """
        return [Stretch(partition=0, start=0, end=self.size, next=0)]

    async def found(self, left: Mapping[int, tuple[int, int]]) -> AsyncGenerator[Found, None]:
        """
        Its records, one at a time.

        Raises:
            InputFileError: It cannot be read, or is compressed as a whole.
        """
        start, _ = left.get(0, (self.size, self.size))
        try:
            with self.path.open("rb") as file:
                for piece in pieces(file, start):
                    what = page_of(capture_of(piece), self.terms, self.selection)
                    yield Found(what, f"{self.name}@{piece.start}", 0, piece.end)
        except OnePieceError:
            raise InputFileError(
                f"{self.path} is compressed as a whole, so that no record has a place in it",
                f"unpack it first: gunzip --keep {self.path}",
            ) from None
        except OSError as error:
            raise unreadable(self.path, error) from None


def open_warc(path: Path, terms: Terms, selection: Selection) -> WarcFile:
    """
    Look at a file.

    Raises:
        InputFileError: It cannot be read, or is no WARC file.
    """
    try:
        with path.open("rb") as file:
            start = file.read(DIGESTED_BYTES)
        size = path.stat().st_size
    except OSError as error:
        raise unreadable(path, error) from None
    if start and not start.startswith((GZIP, BEGIN)):
        raise InputFileError(f"{path} begins neither as a WARC file nor as a gzip file", "name a .warc or a .warc.gz")
    return WarcFile(path, path.name, f"warc {size} {sha256_hex(start)}", size, terms, selection)


def unreadable(path: Path, error: OSError) -> InputFileError:
    """
    A file that cannot be read, in words.
    """
    return InputFileError(f"{path} cannot be read: {error.strerror}", "look at the path and its rights")
