"""
The tables that the tagger ships: hand-written YAML, and TSV derived by scripts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(name: str) -> Any:
    """
    Read a YAML file of the data folder.
    """
    return parse_yaml((DATA / name).read_text(encoding="utf-8"))


def parse_yaml(text: str) -> Any:
    """
    Read YAML.

    Raises:
        yaml.YAMLError: It is none.
    """
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader


def read_tsv(name: str) -> list[list[str]]:
    """
    Read the rows of a TSV file of the data folder; lines that begin with `#` are comments.
    """
    return parse_tsv((DATA / name).read_text(encoding="utf-8"))


def parse_tsv(text: str) -> list[list[str]]:
    """
    Split rows at tabs; lines that begin with `#` are comments.
    """
    lines = text.splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def word_set(text: str) -> frozenset[str]:
    """
    The words of a folded YAML block.
    """
    return frozenset(text.split())
