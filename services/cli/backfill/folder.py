"""
A folder of pages: each file's URL and time are in a list beside them, else in the page, and when it was written.
"""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from schemas.events import MAX_BODY_BYTES
from schemas.ids import sha256_hex
from schemas.replays import Selection, Stretch
from services.cli.backfill.answers import Capture, Found, Left
from services.cli.backfill.files import unreadable
from services.cli.backfill.pages import Terms, page_of
from services.cli.errors import InputFileError
from services.fetcher.head import HEAD_BYTES

TYPES = {".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml", ".txt": "text/plain"}
"""What is read of a folder that no list describes, and what a file is whose list does not say."""

LISTS = ("manifest.csv", "manifest.jsonl")
"""Taken where they lie in the folder."""

COLUMNS = "file, url, fetched_at (optional), content_type (optional)"


@dataclass(frozen=True)
class Folder:
    """
    Files in the order of their names.

    Attributes:
        told: By file, what a list says of it; None where there is no list.
    """

    path: Path
    name: str
    identity: str
    files: tuple[str, ...]
    told: Mapping[str, Mapping[str, str]] | None
    terms: Terms
    selection: Selection
    unit: str = "files"

    async def stretches(self) -> list[Stretch]:
        """
        All files.
        """
        return [Stretch(partition=0, start=0, end=len(self.files), next=0)]

    async def found(self, left: Mapping[int, tuple[int, int]]) -> AsyncGenerator[Found, None]:
        """
        Its pages, one at a time.
        """
        start, _ = left.get(0, (len(self.files), 0))
        for number, name in enumerate(self.files[start:], start + 1):
            what = page_of(self._capture(name), self.terms, self.selection)
            yield Found(what, f"{self.name}/{name}", 0, number)

    def _capture(self, name: str) -> Capture | Left:
        path, told = self.path / name, (self.told or {}).get(name, {})
        try:
            written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            with path.open("rb") as file:
                body = file.read(MAX_BODY_BYTES + 1)
        except OSError as error:
            return Left("UNREADABLE_FILE", f"{error.strerror}")
        url = told.get("url") or (_stated_url(body) if self.told is None else None)
        if url is None:
            return Left("NO_URL", "neither a list nor the page itself says which URL it is of")
        try:
            moment = _moment(told["fetched_at"]) if told.get("fetched_at") else written_at
        except ValueError as error:
            return Left("NO_TIME", str(error))
        kind = told.get("content_type") or TYPES.get(path.suffix.lower(), "text/html")
        return Capture(url, moment, 200, {"content-type": kind}, body)


def open_folder(path: Path, listing: Path | None, terms: Terms, selection: Selection) -> Folder:
    """
    Look at a folder, and at the list that is named or lies in it.

    Raises:
        InputFileError: One cannot be read, or the list is none.
    """
    try:
        listing = listing or next((path / name for name in LISTS if (path / name).is_file()), None)
        told = None if listing is None else _told(listing, path)
        files = tuple(sorted(_files(path) if told is None else told))
        about = [f"{name} {_size(path / name)}" for name in files]
        about.append(sha256_hex(listing.read_bytes()) if listing else "")
    except OSError as error:
        raise unreadable(Path(error.filename or path), error) from None
    identity = sha256_hex("\n".join(about).encode("utf-8", "surrogateescape"))
    return Folder(path, path.resolve().name, f"pages {identity}", files, told, terms, selection)


def _files(path: Path) -> Iterator[str]:
    if not path.is_dir():
        raise NotADirectoryError(20, "it is no folder", str(path))
    for file in path.rglob("*"):
        if file.suffix.lower() in TYPES and file.is_file():
            yield file.relative_to(path).as_posix()


def _size(path: Path) -> str:
    """
    By which a file is told from another of that name; one that is not there is found out about later.
    """
    try:
        stat = path.stat()
    except OSError:
        return "none"
    return f"{stat.st_size} {stat.st_mtime_ns}"


def _told(listing: Path, folder: Path) -> dict[str, Mapping[str, str]]:
    """
    What a list says, by file.

    Raises:
        InputFileError: It is no list, or leads out of the folder.
    """
    with listing.open(encoding="utf-8-sig", newline="") as file:
        rows: Iterable[Any] = csv.DictReader(file) if listing.suffix.lower() == ".csv" else map(json.loads, file)
        told: dict[str, Mapping[str, str]] = {}
        try:
            for number, row in enumerate(rows, 1):
                name = row.get("file") if isinstance(row, dict) else None
                if not name or not (folder / str(name)).resolve().is_relative_to(folder.resolve()):
                    raise InputFileError(f"{listing}, row {number}: no file of the folder", f"rows have {COLUMNS}")
                told[str(name)] = {key: str(value) for key, value in row.items() if key and value}
        except (ValueError, csv.Error) as error:
            raise InputFileError(f"{listing} is no list: {error}", f"CSV or JSON lines with {COLUMNS}") from None
    return told


def _stated_url(body: bytes) -> str | None:
    """
    The URL that a page gives as its own.
    """
    head = LexborHTMLParser(body[:HEAD_BYTES])
    links = [link.attributes.get("href") for link in head.css("head link[rel~='canonical' i][href]")]
    links += [meta.attributes.get("content") for meta in head.css("meta[property='og:url'][content]")]
    stated = (link.strip() for link in links if link)
    return next((url for url in stated if url.lower().startswith(("http://", "https://"))), None)


def _moment(stated: str) -> datetime:
    moment = datetime.fromisoformat(stated.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
