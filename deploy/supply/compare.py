"""
Tells whether two images hold the same: names, content, owners, rights and links; not when files were written.

    docker export "$(docker create news-ingest/cli:one)" > one.tar
    docker export "$(docker create news-ingest/cli:two)" > two.tar
    python -m deploy.supply.compare one.tar two.tar
"""

from __future__ import annotations

import sys
import tarfile
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

Entry = tuple[str | int, ...]

SHOWN = 50
"""Differences that are named; the others are counted."""


def contents(path: Path) -> dict[str, Entry]:
    """
    What a tar holds, by name: kind, rights, owner, group, link and the digest of the content.

    Raises:
        OSError: It cannot be read.
        tarfile.TarError: It is none.
    """
    with tarfile.open(path, "r|*") as archive:
        return {member.name: _entry(archive, member) for member in archive}


def _entry(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Entry:
    content = archive.extractfile(member) if member.isreg() else None
    digest = sha256(content.read()).hexdigest() if content is not None else ""
    return member.type.decode(), oct(member.mode), member.uid, member.gid, member.linkname, digest


def differences(one: Mapping[str, Entry], two: Mapping[str, Entry]) -> Iterator[str]:
    """
    A line for each name that is not the same in both.
    """
    for name in sorted(one.keys() | two.keys()):
        if name not in two:
            yield f"only in the first: {name}"
        elif name not in one:
            yield f"only in the second: {name}"
        elif one[name] != two[name]:
            yield f"another: {name}"


def main() -> int:
    """
    Compare the two files on the command line; 1 when they differ.
    """
    one, two = (contents(Path(name)) for name in sys.argv[1:3])
    found = list(differences(one, two))
    sys.stdout.writelines(f"{line}\n" for line in found[:SHOWN])
    sys.stdout.write(f"{len(one)} and {len(two)} entries, {len(found)} differences\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
