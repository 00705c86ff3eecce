"""
The real pages that the fuzzer starts from, read when they are needed.
"""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NOWHERE = "https://fuzz.invalid/"
"""The site of a page whose URL is not known; `.invalid` belongs to nobody (RFC 2606)."""


@dataclass(frozen=True)
class Entry:
    """
    Where a page lies; `member` is its name in an archive, empty for a plain file.
    """

    path: Path
    member: str
    url: str
    size: int

    def read(self) -> bytes:
        """
        The page's bytes.
        """
        if not self.member:
            return self.path.read_bytes()
        with zipfile.ZipFile(self.path) as archive:
            return archive.read(self.member)


def read_corpus(data: Path) -> tuple[Entry, ...]:
    """
    All pages under a folder, in an order that depends on their names only: `html.zip` files, with the URLs that a
    `truth.jsonl.gz` beside them tells, and plain `*.html` files.

    Raises:
        ValueError: There are none.
    """
    zipped = [entry for path in sorted(data.rglob("html.zip")) for entry in _zipped(path)]
    plain = [Entry(path, "", NOWHERE + path.stem, path.stat().st_size) for path in sorted(data.rglob("*.html"))]
    if not zipped and not plain:
        raise ValueError(f"no html.zip and no *.html under {data}")
    return (*zipped, *plain)


def _zipped(path: Path) -> Iterator[Entry]:
    urls = _urls(path.with_name("truth.jsonl.gz"))
    with zipfile.ZipFile(path) as archive:
        for info in sorted(archive.infolist(), key=lambda info: info.filename):
            if info.filename.endswith(".html"):
                stem = info.filename.removesuffix(".html")
                yield Entry(path, info.filename, urls.get(stem, NOWHERE + stem), info.file_size)


def _urls(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {truth["id"]: truth["url"] for truth in map(json.loads, lines)}
