"""
Where the data that is shipped comes from: `docs/data.md` names every file, and is right about it.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
NOTICE = (ROOT / "NOTICE").read_text(encoding="utf-8")

NO_DATA = {".py", ".pyc", ".md"}
BY_HAND = "by hand"
SOURCES = ("GeoNames", "IPTC Media Topics", "Faker", "labelled web pages")
"""All that anything shipped was made from; a corpus of tags is not among it."""


@dataclass(frozen=True)
class Row:
    """
    A row of the page; `files` may stand for several.
    """

    files: str
    made: str
    source: str
    licence: str

    @property
    def paths(self) -> list[Path]:
        return sorted(ROOT.glob(self.files))


def rows() -> list[Row]:
    lines = re.findall(r"^\| `(services/[^`]*)` \| ([^|]*) \| ([^|]*)\| ([^|]*) \|$", PAGE, re.MULTILINE)
    return [Row(files, made.strip(" `"), source.strip(), licence.strip()) for files, made, source, licence in lines]


def shipped() -> set[Path]:
    return {
        path for path in (ROOT / "services").rglob("*")
        if path.is_file() and path.suffix not in NO_DATA and path.name != "py.typed"
    }  # fmt: skip


def test_every_file_of_data_is_listed_once() -> None:
    """
    A file that nobody accounts for cannot be shipped.
    """
    listed = [path for row in rows() for path in row.paths]

    assert set(listed) == shipped()
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize("row", [row for row in rows() if row.made == BY_HAND], ids=lambda row: row.files)
def test_what_is_written_by_hand_comes_from_nowhere(row: Row) -> None:
    """
    No source, and the project's own licence.
    """
    assert row.source == ""
    assert row.licence == "the project's"


@pytest.mark.parametrize("row", [row for row in rows() if row.made != BY_HAND], ids=lambda row: row.files)
def test_what_is_made_by_a_script_names_it_and_a_source_that_may_be_used(row: Row) -> None:
    """
    The script is there, the source is one of those that the project has decided on.
    """
    assert (ROOT / (row.made.replace(".", "/") + ".py")).is_file()
    assert row.source.startswith(SOURCES)


@pytest.mark.parametrize("path", sorted((ROOT / "services").rglob("*.tsv")), ids=lambda path: path.name)
def test_a_derived_table_says_of_itself_where_it_comes_from(path: Path) -> None:
    """
    Source, licence and script stand in its head, and the attribution in NOTICE.
    """
    head = "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#"))
    [row] = [row for row in rows() if path in row.paths]

    assert row.made in head
    assert re.search("licen[sc]e", head, re.IGNORECASE)
    assert path.name in NOTICE


@pytest.mark.parametrize(
    "script", sorted((ROOT / "services" / "tagger").glob("derive_*.py")), ids=lambda path: path.stem
)
def test_the_scripts_of_the_tagger_read_no_corpus(script: Path) -> None:
    """
    They import nothing of the measurements, and read a package or the one file that they are given.
    """
    tree = ast.parse(script.read_text(encoding="utf-8"))
    imported = {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    opened = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr.startswith("read_")]

    assert not {name for name in imported if name.startswith(("bench", "tests"))}
    assert len(opened) <= 1


def test_the_data_stays_small() -> None:
    """
    Less than 40 MB in the image.
    """
    assert sum(path.stat().st_size for path in shipped()) < 40_000_000
