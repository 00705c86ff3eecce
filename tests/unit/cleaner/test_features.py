"""
What is known of the blocks of a page, as whole numbers.
"""

import subprocess
import sys

import numpy as np
import pytest

from services.cleaner.body.blocks import read_page
from services.cleaner.body.context import NAMES as CONTEXT_NAMES
from services.cleaner.body.context import context_columns
from services.cleaner.body.features import NAMES, page_features
from services.cleaner.body.layout import Ints, ints, layout_of
from services.cleaner.body.letters import LETTER_NAMES, letter_columns
from services.cleaner.page.parsing import parse_html

PROSE = "On Sunday the engineers opened the gates of the dam, and by noon the river had fallen."
HEAD = "<title>The dam’s gates</title><meta name='description' content='How the village was saved from the river.'>"


def features(body: str, head: str = "") -> dict[str, list[int]]:
    tree = parse_html(f"<html><head>{head}</head><body>{body}</body></html>")
    assert tree is not None
    blocks, media = read_page(tree)
    columns = page_features(tree, blocks, layout_of(blocks, media))
    return {name: column.tolist() for name, column in zip(NAMES, columns, strict=True)}


def context(body: str, scores: list[int]) -> dict[str, list[int]]:
    tree = parse_html(f"<html><body>{body}</body></html>")
    assert tree is not None
    columns = context_columns(layout_of(*read_page(tree)), ints(scores))
    return {name: column.tolist() for name, column in zip(CONTEXT_NAMES, columns, strict=True)}


def letters(name: str, *texts: str) -> list[int]:
    found: list[int] = dict(zip(LETTER_NAMES, letter_columns(texts), strict=True))[name].tolist()
    return found


@pytest.mark.parametrize("body", ["x", f"<p>{PROSE}</p>", "<p>a</p>" * 3, "<p>\ud800 lone</p><p>𝒳 far plane</p>"])
def test_all_columns_are_whole_numbers_of_64_bits(body: str) -> None:
    """
    However small or odd a page is.
    """
    tree = parse_html(f"<html><body>{body}</body></html>")
    assert tree is not None
    blocks, media = read_page(tree)
    layout = layout_of(blocks, media)

    found: list[Ints] = [page_features(tree, blocks, layout), context_columns(layout, layout.size % 1000)]

    assert [columns.shape for columns in found] == [(len(NAMES), len(blocks)), (len(CONTEXT_NAMES), len(blocks))]
    assert {columns.dtype for columns in found} == {np.dtype(np.int64)}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("words", "Three short words", 3),
        ("ends", "One. Two! “Three?” 3.5 metres", 3),
        ("ends", "水が引いた。村は無事だ。", 2),
        ("commas", "a, b; c、d", 3),
        ("final", "It held.”", 1),
        ("final", "Read also:", 2),
        ("final", "More →", 3),
        ("final", "Menu", 0),
        ("first", "Upper", 1),
        ("first", "lower", 2),
        ("first", "3 dams", 3),
        ("first", "“Quoted”", 4),
        ("first", "– dash", 5),
        ("lines", "One.\nTwo.", 1),
        ("bars", "a | b • c", 2),
        ("signs", "© me@example.org", 3),
        ("clock", "12:30", 1),
        ("clock", "May 2024", 2),
        ("clock", "1 May 2024, 9.15", 3),
        ("clock", "12345 and 20 dams", 0),
        ("title_case", "Two Capitals in four", 500),
        ("chars_per_end", "12345. 789.", 5),
    ],
)
def test_text_is_counted(name: str, text: str, value: int) -> None:
    """
    The same whatever stands before and after it on the page.
    """
    assert letters(name, "Before, 10:10.", text, "After: 1999?")[1] == value


def test_a_very_long_block_is_known_by_its_beginning() -> None:
    """
    A block of megabytes costs no more than a page.
    """
    assert letters("words", "word " * 1_000_000, "two words")[1] == 2


def test_the_title_and_the_description_of_the_page_are_found_again() -> None:
    """
    Whatever the quotes look like.
    """
    body = "<h1>The dam's gates</h1><p>How the village was saved from the river.</p><p>Another line of text.</p>"

    found = features(body, HEAD)

    assert found["is_title"] == [2, 0, 0]
    assert found["is_description"] == [0, 2, 0]


def test_the_body_that_a_page_states_tells_which_blocks_are_in_it() -> None:
    """
    Where none is stated all are alike.
    """
    stated = f'<script type="application/ld+json">{{"articleBody": "{PROSE} {PROSE} {PROSE}"}}</script>'

    assert features(f"<p>{PROSE}</p><p>Something else</p>", stated)["in_body"] == [1, 0]
    assert features(f"<p>{PROSE}</p><p>Something else</p>")["in_body"] == [-1, -1]


def test_neighbours_are_told_and_beyond_the_ends_is_none() -> None:
    """
    Each neighbour by its size, and by how much of the place it shares.
    """
    found = features("<p>a</p><p>bb</p><h2>ccc</h2>")

    assert found["near-1_chars"] == [-1, 1, 2]
    assert found["near1_chars"] == [2, 3, -1]
    assert found["near1_same"] == [2, 1, -1]
    assert found["near3_chars"] == [-1, -1, -1]


def test_distances_are_counted_from_headings_and_prose() -> None:
    """
    In blocks between.
    """
    found = features(f"<h2>Head</h2><p>{PROSE}</p><p>a</p><p>b</p><p>{PROSE}</p>")

    assert found["since_heading"] == [99, 0, 1, 2, 3]
    assert found["heading_level"] == [0, 2, 2, 2, 2]
    assert found["since_prose"] == [99, 99, 0, 1, 2]
    assert found["until_prose"] == [0, 2, 1, 0, 99]


def test_context_weighs_scores_by_characters() -> None:
    """
    In the element around, and in what is near.
    """
    found = context("<div><p>aaaa</p><p>bbbb</p></div><p>cccccccc</p>", [1000, 0, 500])

    assert found["up0_score"] == [500, 500, 500]
    assert found["score-1"] == [0, 1000, 0]
    assert found["page_score"] == [500, 500, 500]
    assert found["up0_mass"] == [500, 500, 1000]


def test_context_of_equal_texts_tells_the_better_and_the_earlier() -> None:
    """
    A teaser at the top repeats what the story says.
    """
    found = context("<p>same</p><p>other</p><p>same</p>", [100, 500, 900])

    assert found["better_twin"] == [800, 0, 0]
    assert found["earlier_twin"] == [0, 0, 100]


def test_the_other_services_do_not_load_numpy() -> None:
    """
    Only who judges blocks pays for it.
    """
    code = (
        "import importlib, pkgutil, sys, services.runtime, services.fetcher\n"
        "for package in (services.runtime, services.fetcher):\n"
        "    for module in pkgutil.iter_modules(package.__path__):\n"
        "        if module.name != '__main__':\n"
        "            importlib.import_module(f'{package.__name__}.{module.name}')\n"
        "print('numpy' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
