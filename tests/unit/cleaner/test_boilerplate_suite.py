"""
Lines that must go and look-alikes that must stay, a file a language, written without a look at the rules.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from services.cleaner.boilerplate import Rules, load_rules, strip_boilerplate
from services.cleaner.document import passage, texts

FILES = sorted((Path(__file__).parent / "boilerplate_suite").glob("*.toml"))
PROSE = "The dam above the village held through the night, the mayor said on Sunday, and nobody was hurt."


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules()


def left(lines: list[str], rules: Rules, headings: frozenset[str] = frozenset()) -> list[str]:
    return texts(strip_boilerplate(map(passage, lines), rules, headings))


def _suite(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text("utf-8"))


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_boilerplate_lines_go(rules: Rules, file: Path) -> None:
    """
    Each, as a paragraph of its own, in small letters and in capitals.
    """
    lines = [line for lines in _suite(file)["go"].values() for line in lines]

    kept = [line for line in lines if left([line, line.upper()], rules)]

    assert kept == []


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_lines_that_look_like_boilerplate_stay(rules: Rules, file: Path) -> None:
    """
    Whole sentences and headings that use the same words.
    """
    lines = _suite(file)["stay"]["lines"]

    assert left(lines, rules) == lines


def test_the_suite_is_large_enough() -> None:
    """
    At least twenty languages, three hundred lines of each kind.
    """
    suites = [_suite(file) for file in FILES]

    assert len(suites) >= 20
    assert sum(len(lines) for suite in suites for lines in suite["go"].values()) >= 300
    assert sum(len(suite["stay"]["lines"]) for suite in suites) >= 300


@pytest.mark.parametrize("word", ["Home", "Topics", "Contact"])
def test_a_one_word_subheading_of_the_article_stays(rules: Rules, word: str) -> None:
    """
    Where its markup says that it is one; elsewhere it is a menu's entry.
    """
    lines = [PROSE, word, PROSE]

    assert left(lines, rules, frozenset({word.lower()})) == lines
    assert left(lines, rules) == [PROSE, PROSE]
