from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.supply.compare import contents, differences


def packed(path: Path, change: Callable[[tarfile.TarInfo], None] = lambda _: None, content: bytes = b"same") -> Path:
    """
    An image of one file and one link.
    """
    with tarfile.open(path, "w") as archive:
        file, link = tarfile.TarInfo("opt/file"), tarfile.TarInfo("opt/link")
        file.size, link.type, link.linkname = len(content), tarfile.SYMTYPE, "file"
        change(file)
        archive.addfile(file, io.BytesIO(content))
        archive.addfile(link)
    return path


def written_later(file: tarfile.TarInfo) -> None:
    file.mtime = 1_800_000_000


def executable(file: tarfile.TarInfo) -> None:
    file.mode = 0o755


def somebody_elses(file: tarfile.TarInfo) -> None:
    file.uid = 10001


def renamed(file: tarfile.TarInfo) -> None:
    file.name = "opt/other"


def test_when_a_file_was_written_does_not_count(tmp_path: Path) -> None:
    """
    Content is what is run.
    """
    one, two = contents(packed(tmp_path / "1")), contents(packed(tmp_path / "2", written_later))

    assert list(differences(one, two)) == []
    assert len(one) == 2


@pytest.mark.parametrize(
    ("change", "content", "told"),
    [
        (executable, b"same", ["another: opt/file"]),
        (somebody_elses, b"same", ["another: opt/file"]),
        (written_later, b"else", ["another: opt/file"]),
        (renamed, b"same", ["only in the first: opt/file", "only in the second: opt/other"]),
    ],
    ids=["rights", "owner", "content", "name"],
)
def test_what_is_not_the_same_is_named(
    tmp_path: Path, change: Callable[[tarfile.TarInfo], None], content: bytes, told: list[str]
) -> None:
    """
    Rights and owners too: they decide what a container may do.
    """
    one, two = contents(packed(tmp_path / "1")), contents(packed(tmp_path / "2", change, content))

    assert list(differences(one, two)) == told
