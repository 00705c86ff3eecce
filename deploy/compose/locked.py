"""
Takes from the one lock file what one image needs: the base dependencies, its extras, and what they bring along.

The lock says behind each package `# via` whom it came in, so the question needs no resolver, no index and no library:
the Dockerfile runs this file alone. Versions and hashes stay exactly those of the lock.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

OURSELVES = "news-ingest"


@dataclass(frozen=True)
class Pin:
    """
    One entry of the lock.

    Attributes:
        name: Normalised, as PyPA's name normalisation has it.
        text: Its lines, with marker and hashes, without the comments.
        via: Who needs it, normalised.
    """

    name: str
    text: str
    via: frozenset[str]


def normalised(name: str) -> str:
    """
    A package's name as indexes compare it.
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def read_lock(text: str) -> list[Pin]:
    """
    The entries of a lock; a package may have several, each with a marker of its own.
    """
    entries: list[list[str]] = []
    for line in text.splitlines():
        if line[:1].isalnum():
            entries.append([line])
        elif entries and line.strip():
            entries[-1].append(line)
    return [_pin(lines) for lines in entries]


def _pin(lines: list[str]) -> Pin:
    comments = [line.strip().lstrip("#").removeprefix(" via").strip() for line in lines if line.strip()[:1] == "#"]
    kept = [line for line in lines if line.strip()[:1] != "#"]
    return Pin(
        name=normalised(lines[0].partition("==")[0]),
        text="\n".join(kept) + "\n",
        via=frozenset(normalised(comment.partition(" ")[0]) for comment in comments if comment),
    )


def wanted(project: Mapping[str, object], *extras: str) -> set[str]:
    """
    The names that pyproject.toml asks for itself, with some extras.

    Raises:
        KeyError: There is no such extra.
    """
    table = project["project"]
    assert isinstance(table, dict)
    lines = [*table["dependencies"], *(line for extra in extras for line in table["optional-dependencies"][extra])]
    return {normalised(re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0]) for line in lines}


def closure(pins: Iterable[Pin], roots: Iterable[str]) -> list[Pin]:
    """
    The roots and everything that came in by them, in the order of the lock.
    """
    pins, names = list(pins), set(roots)
    while True:
        more = {pin.name for pin in pins if pin.via & names} - names
        if not more:
            return [pin for pin in pins if pin.name in names]
        names |= more


def part_of(lock: str, project: Mapping[str, object], *extras: str) -> str:
    """
    The lock of the base dependencies and some extras.

    Raises:
        ValueError: Something that they ask for is not locked.
    """
    pins, roots = read_lock(lock), wanted(project, *extras)
    missing = roots - {pin.name for pin in pins}
    if missing:
        raise ValueError(f"not in the lock: {', '.join(sorted(missing))}; run `make lock`")
    return "".join(pin.text for pin in closure(pins, roots - {OURSELVES}))


def main() -> None:
    """
    Write the lock for the extras on the command line; lock and pyproject.toml lie in the current folder.
    """
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    sys.stdout.write(part_of(Path("requirements.lock").read_text(encoding="utf-8"), project, *sys.argv[1:]))


if __name__ == "__main__":
    main()
