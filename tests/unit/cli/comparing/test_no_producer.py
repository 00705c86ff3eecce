"""
A comparison cannot publish: what it is made of has no producer.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[4]
PRODUCER = "AIOKafkaProducer"


def source_of(module: str) -> Path | None:
    """
    The file of one of our modules.
    """
    path = ROOT.joinpath(*module.split("."))
    return next((each for each in (path.with_suffix(".py"), path / "__init__.py") if each.is_file()), None)


@cache
def imported(path: Path) -> tuple[str, ...]:
    """
    The modules that a file imports, anywhere in it.
    """
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def reached(*begin: Path) -> set[Path]:
    """
    All our files that are loaded by some.
    """
    found, open_ = set(begin), list(begin)
    while open_:
        new = {path for name in imported(open_.pop()) if (path := source_of(name)) and path not in found}
        found |= new
        open_ += new
    return found


def is_built(path: Path) -> bool:
    """
    Whether a file makes a producer; to name its type is nothing.
    """
    return f"{PRODUCER}(" in path.read_text(encoding="utf-8")


def test_no_module_that_a_comparison_loads_makes_a_producer() -> None:
    """
    However far the imports lead.
    """
    loaded = reached(*(ROOT / "services" / "cli" / "comparing").glob("*.py"))

    assert ROOT / "services" / "runtime" / "kafka" / "stretches.py" in loaded
    assert {str(path.relative_to(ROOT)) for path in loaded if is_built(path)} == set()


def test_a_producer_would_be_found() -> None:
    """
    A replay has one.
    """
    loaded = reached(ROOT / "services" / "cli" / "replays" / "run.py")

    assert "writer.py" in {path.name for path in loaded if is_built(path)}
