"""
Lines that must go and look-alikes that must stay, a file a language, written without a look at the rules.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from services.cleaner.boilerplate.rules import Rules, load_rules, strip_boilerplate
from services.cleaner.document import passage, texts

FOLDERS = [Path(__file__).parent / name for name in ("boilerplate_suite", "boilerplate_unseen")]
FILES = [file for folder in FOLDERS for file in sorted(folder.glob("*.toml"))]
NAMES = [f"{file.parent.name}-{file.stem}" for file in FILES]
PROSE = "The dam above the village held through the night, the mayor said on Sunday, and nobody was hurt."


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules()


def left(lines: list[str], rules: Rules, headings: frozenset[str] = frozenset()) -> list[str]:
    return texts(strip_boilerplate(map(passage, lines), rules, headings))


def _suite(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text("utf-8"))


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_boilerplate_lines_go(rules: Rules, file: Path) -> None:
    """
    Each, as a paragraph of its own, in small letters and in capitals.
    """
    lines = [line for lines in _suite(file)["go"].values() for line in lines]

    kept = [line for line in lines if left([line, line.upper()], rules)]

    assert kept == []


@pytest.mark.parametrize("file", FILES, ids=NAMES)
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

    assert len({file.stem for file in FILES}) >= 20
    assert sum(len(lines) for suite in suites for lines in suite["go"].values()) >= 1500
    assert sum(len(suite["stay"]["lines"]) for suite in suites) >= 600


@pytest.mark.parametrize("word", ["Home", "Topics", "Contact"])
def test_a_one_word_subheading_of_the_article_stays(rules: Rules, word: str) -> None:
    """
    Where its markup says that it is one; elsewhere it is a menu's entry.
    """
    lines = [PROSE, word, PROSE]

    assert left(lines, rules, frozenset({word.lower()})) == lines
    assert left(lines, rules) == [PROSE, PROSE]


def test_lines_that_no_rule_was_written_for() -> None:
    """
    A third suite, by others again, is never looked at: nearly all of its lines go, and every look-alike stays.
    """
    rules = load_rules()
    suites = [_suite(file) for file in sorted((Path(__file__).parent / "boilerplate_third").glob("*.toml"))]
    go = [line for suite in suites for lines in suite["go"].values() for line in lines]
    stay = [line for suite in suites for line in suite["stay"]["lines"]]
    kept = [line for line in go if left([line], rules)]

    assert len(kept) <= 0.05 * len(go)
    assert left(stay, rules) == stay
