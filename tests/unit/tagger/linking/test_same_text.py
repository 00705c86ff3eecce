from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from services.tagger.linking.same_text import COMMON, likeness
from services.tagger.linking.sketches import decoded, encoded, sketch
from services.tagger.sketch import words
from tests.unit.tagger.linking.texts import Text, grouped, text, with_footers

RNG = random.Random(7)
STORY = text(RNG, 400)


def changed(share: float) -> Text:
    """
    The story with single words changed, here and there.
    """
    rng = random.Random(11)
    return [f"new{i}" if rng.random() < share else word for i, word in enumerate(STORY)]


@pytest.mark.parametrize(
    ("copy", "least"),
    [
        (STORY, 1.0),
        (STORY[:150], 1.0),
        (STORY[:240], 1.0),
        ([*text(RNG, 60), *STORY, *text(RNG, 60)], 1.0),
        ([*STORY[200:], *STORY[:200]], 0.95),
        ([*STORY[:280], *text(RNG, 120)], 0.6),
        (changed(0.05), 0.7),
    ],
    ids=["itself", "cut short", "cut", "framed", "turned round", "updated", "edited"],
)
def test_a_copy_is_found(copy: Text, least: float) -> None:
    """
    Whole, cut, framed by a site's own words, put in another order, updated, edited.
    """
    found = likeness(sketch(STORY), sketch(copy))

    assert found >= least
    assert grouped([STORY, copy]) == [0, 0]


def test_another_text_is_not() -> None:
    """
    Common words alone are nothing in common.
    """
    assert likeness(sketch(STORY), sketch(text(RNG, 400))) == 0.0


def test_a_shared_footer_makes_no_copy() -> None:
    """
    Not even of short texts of which it is the larger part, and not of the first two.
    """
    footer = text(RNG, 90)
    briefs = [[*text(RNG, 30), *footer] for _ in range(COMMON + 5)]

    assert grouped(briefs) == list(range(len(briefs)))


def test_a_shared_beginning_makes_no_copy() -> None:
    """
    A header is boilerplate as a footer is.
    """
    header = text(RNG, 60)
    briefs = [[*header, *text(RNG, 50)] for _ in range(COMMON + 5)]

    assert grouped(briefs) == list(range(len(briefs)))


def test_a_text_of_a_few_words_is_nobodys_copy() -> None:
    """
    It says too little to be recognised by.
    """
    assert grouped([["see", "more", "below"], ["see", "more", "below"]]) == [0, 1]


def test_boilerplate_makes_no_cluster() -> None:
    """
    Of a thousand articles with shared headers and footers, each is its own.
    """
    assert grouped(with_footers(1000, seed=1)) == list(range(1000))


@pytest.mark.e2e
def test_boilerplate_makes_no_cluster_of_twenty_thousand() -> None:
    """
    The same at the size of a busy day.
    """
    assert grouped(with_footers(20_000, seed=2)) == list(range(20_000))


@pytest.mark.parametrize("story", [[], ["one"], STORY, text(RNG, 3000)], ids=["none", "one", "usual", "long"])
def test_a_sketch_travels_as_text(story: Text) -> None:
    """
    In 0.6 KB at most.
    """
    sample = sketch(story)
    told = encoded(sample)
    again = decoded(told)

    assert (again.hashes.tolist(), again.eighths.tolist(), again.reach) == (
        sample.hashes.tolist(),
        sample.eighths.tolist(),
        sample.reach,
    )
    assert len(told) <= 600


def test_what_is_no_sketch_is_refused() -> None:
    """
    As an error of the value.
    """
    with pytest.raises(ValueError, match="size"):
        decoded("AAAA")


def test_case_white_space_and_unicode_form_do_not_count() -> None:
    """
    Words are compared as they are read.
    """
    plain = "The dam above the old town gave way on Monday after a week of rain and cafés were under water"
    odd = "THE  dam above\nthe old town gave\u00a0way on monday after a week of rain and cafe\u0301s were under water"

    assert likeness(sketch(words(plain)), sketch(words(odd))) == 1.0


def test_sketches_do_not_depend_on_the_hash_seed() -> None:
    """
    Another process with another seed makes the same.
    """
    script = "from services.tagger.linking.sketches import *; print(encoded(sketch('a b c d e f g h'.split())))"
    told = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(Path.cwd()), "PYTHONHASHSEED": "77"},
        capture_output=True,
        check=True,
        text=True,
    )

    assert told.stdout.strip() == encoded(sketch(["a", "b", "c", "d", "e", "f", "g", "h"]))
