"""
Judging blocks, and making paragraphs of those that are of the article.
"""

import os
import subprocess
import sys
import time

import pytest

from services.cleaner.assembly import body_of, judge_page
from services.cleaner.blocks import read_blocks
from services.cleaner.classifier import Forest, load_model, read_forest
from services.cleaner.context import NAMES as CONTEXT_NAMES
from services.cleaner.context import context_rows
from services.cleaner.document import texts
from services.cleaner.extract import main_content
from services.cleaner.features import NAMES, page_features
from services.cleaner.parsing import parse_html

STORY = "".join(
    f"<p>On day {day} the engineers opened the gates, the mayor of the village said, and the river fell by noon.</p>"
    for day in range(1, 9)
)
PAGE = (
    "<html><head><title>The dam held</title></head><body><nav><ul>"
    + "".join(f"<li><a href='/{name}'>{name}</a></li>" for name in ("Home", "World", "Sport", "Money"))
    + f"</ul></nav><main><article><h1>The dam held</h1>{STORY}</article></main>"
    + "<footer><p>All about us and <a href='/imprint'>our imprint</a></p></footer></body></html>"
)


@pytest.fixture
def forest() -> Forest:
    """
    Two trees: one asks feature 0, then feature 1; the other feature 1.
    """
    return read_forest(
        {
            "trees": [
                {"leaves": [1, 2, 4], "splits": [[0, 10, 0, 1], [1, 5, 1, 2]]},
                {"leaves": [100, 200], "splits": [[1, 7, 0, 1]]},
            ]
        }
    )


@pytest.mark.parametrize(
    ("row", "score"),
    [([10, 0], 101), ([11, 5], 102), ([11, 6], 104), ([0, 99], 201), ([99, 8], 204)],
)
def test_a_forest_sums_the_leaves_that_a_row_falls_into(forest: Forest, row: list[int], score: int) -> None:
    """
    Up to and with its threshold, a value goes left.
    """
    assert forest.score(row) == score


def test_rows_have_a_column_for_each_name() -> None:
    """
    All of them whole numbers.
    """
    tree = parse_html(PAGE)
    assert tree is not None
    blocks = read_blocks(tree)

    rows = page_features(tree, blocks)
    contexts = context_rows(blocks, [500] * len(blocks))

    assert {len(row) for row in rows} == {len(NAMES)}
    assert {len(row) for row in contexts} == {len(CONTEXT_NAMES)}
    assert all(isinstance(value, int) for row in rows + contexts for value in row)


def test_the_story_is_found_and_what_is_around_it_is_not() -> None:
    """
    Without the library's help.
    """
    tree = parse_html(PAGE)
    assert tree is not None

    found = texts(body_of(judge_page(tree, load_model()), ""))

    assert sum("engineers" in paragraph for paragraph in found) == 8
    assert not {"Home", "Money", "All about us and our imprint"} & set(found)


def test_a_page_without_text_has_no_content() -> None:
    """
    And that is no error.
    """
    tree = parse_html("<html><body><div> </div></body></html>")
    assert tree is not None

    assert main_content(tree).body == ()


def test_a_page_of_too_many_blocks_is_bounded() -> None:
    """
    In CPU time, and its text is kept.
    """
    tree = parse_html("<html><body>" + "<p>The dam above the village held.</p>" * 20_000 + "</body></html>")
    assert tree is not None
    started = time.process_time()

    found = judge_page(tree, load_model())

    assert sum(found.taken) == 20_000
    assert time.process_time() - started < 5


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_scores_do_not_depend_on_the_hash_seed(seed: str) -> None:
    """
    Another process finds the same blocks with the same chances.
    """
    code = (
        "import sys; from services.cleaner.parsing import parse_html; from services.cleaner.assembly import judge_page;"
        "from services.cleaner.classifier import load_model;"
        "print(judge_page(parse_html(sys.stdin.read()), load_model()).chances)"
    )
    tree = parse_html(PAGE)
    assert tree is not None

    done = subprocess.run(
        [sys.executable, "-c", code],
        input=PAGE,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )

    assert done.stdout.strip() == str(judge_page(tree, load_model()).chances)
