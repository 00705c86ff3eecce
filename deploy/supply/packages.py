"""
The packages of the lock, with what their own metadata say of them, and where they are used.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from deploy.compose.locked import OURSELVES, Pin, closure, read_lock, wanted
from deploy.supply.licences import licence_of

ROOT = Path(__file__).parents[2]

PARTS: Mapping[str, tuple[str, ...]] = {
    "fetcher": ("fetcher",),
    "cleaner": ("cleaner",),
    "tagger": ("tagger",),
    "cli": ("cli", "fetcher"),
    "local": ("local", "postgres"),
}
"""The images, by the extras that they are made of, and what `up`, the demo and `sink postgres` need on one machine."""

DEV = "dev"
"""What is needed to build and to test only."""


@dataclass(frozen=True)
class Package:
    """
    One locked version of somebody else's package.

    Attributes:
        marker: On which machines it is used; empty: on all.
        licence: An SPDX expression; empty where nothing is known.
        parts: Where it is used: images, `local`, `dev`.
        needs: Names of the packages that came in by it.
    """

    name: str
    version: str
    marker: str
    licence: str
    parts: tuple[str, ...]
    needs: tuple[str, ...]


def project() -> Mapping[str, object]:
    """
    pyproject.toml.
    """
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def lock_text() -> str:
    """
    requirements.lock.
    """
    return (ROOT / "requirements.lock").read_text(encoding="utf-8")


@cache
def packages() -> tuple[Package, ...]:
    """
    Everything that is locked, in the lock's order.
    """
    pins = read_lock(lock_text())
    used = {part: {pin.name for pin in _of_part(pins, extras)} for part, extras in PARTS.items()}
    return tuple(_package(pin, pins, used) for pin in pins)


def _of_part(pins: list[Pin], extras: tuple[str, ...]) -> list[Pin]:
    return closure(pins, wanted(project(), *extras) - {OURSELVES})


def _package(pin: Pin, pins: list[Pin], used: Mapping[str, set[str]]) -> Package:
    stated = re.match(r"(\S+?)==(\S+)(?:\s*;\s*(.*?))?\s*\\?\n", pin.text)
    assert stated is not None, pin.text
    return Package(
        name=pin.name,
        version=stated[2],
        marker=stated[3] or "",
        licence=licence_of(pin.name),
        parts=tuple(part for part, names in used.items() if pin.name in names) or (DEV,),
        needs=tuple(sorted({other.name for other in pins if pin.name in other.via})),
    )
