"""
Judging blocks, and making paragraphs of those that are of the article.
"""

import os
import subprocess
import sys
import time

import numpy as np
import pytest

from services.cleaner.body.assembly import body_of, judge_page
from services.cleaner.body.classifier import load_model
from services.cleaner.body.extract import main_content
from services.cleaner.body.forest import Forest, read_forest
from services.cleaner.document import texts
from services.cleaner.page.parsing import parse_html

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
    assert forest.scores(np.array(row)[:, None]).tolist() == [score]


def test_a_forest_scores_each_block_by_itself(forest: Forest) -> None:
    """
    Whatever stands beside it.
    """
    columns = np.array([[10, 11, 99], [0, 6, 8]])

    assert forest.scores(columns).tolist() == [101, 104, 204]


def test_more_blocks_than_are_judged_at_once_are_all_scored(forest: Forest) -> None:
    """
    Each as it is alone.
    """
    columns = np.array([[10, 11, 99] * 200, [0, 6, 8] * 200])

    assert forest.scores(columns).tolist() == [101, 104, 204] * 200


def test_an_odd_number_of_trees_is_all_counted() -> None:
    """
    And what the last one is paired with counts nothing.
    """
    tree = {"leaves": [1, 10], "splits": [[0, 5, 0, 1]]}
    forest = read_forest({"trees": [tree] * 9})

    assert forest.scores(np.array([[5, 6]])).tolist() == [9, 90]


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
        "import sys; from services.cleaner.page.parsing import parse_html;"
        "from services.cleaner.body.assembly import judge_page;"
        "from services.cleaner.body.classifier import load_model;"
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


def test_a_menu_is_never_of_the_article() -> None:
    """
    Short links away from prose are not even looked at.
    """
    tree = parse_html(PAGE)
    assert tree is not None

    judged = judge_page(tree, load_model())

    chances = {block.text: chance for block, chance in zip(judged.blocks, judged.chances, strict=True)}
    assert [chances[name] for name in ("Home", "World", "Sport")] == [0, 0, 0]


def test_a_table_is_taken_whole_or_not_at_all() -> None:
    """
    Its cells are all as likely.
    """
    table = "<table><tr><th>Gate</th><th>Millions</th></tr><tr><td>East</td><td>2</td></tr></table>"
    tree = parse_html(PAGE.replace("</article>", f"{table}{STORY}</article>"))
    assert tree is not None

    judged = judge_page(tree, load_model())

    chances = {block.text: chance for block, chance in zip(judged.blocks, judged.chances, strict=True)}
    assert len({chances[cell] for cell in ("Gate", "Millions", "East", "2")}) == 1
    assert "Gate | Millions\nEast | 2" in texts(body_of(judged, ""))
