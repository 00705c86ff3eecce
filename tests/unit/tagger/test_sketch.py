from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.tagger.sketch import SKETCH_SIZE, new_share, sketch, words

TEXT = " ".join(f"word{n}" for n in range(400))


def test_the_same_text_has_nothing_new() -> None:
    """
    A text against itself has a share of 0.
    """
    same = sketch(words(TEXT))

    assert new_share(same, same) == 0.0


def test_another_text_is_all_new() -> None:
    """
    Texts without a common shingle have a share of 1.
    """
    other = " ".join(f"other{n}" for n in range(400))

    assert new_share(sketch(words(TEXT)), sketch(words(other))) == 1.0


def test_a_tenth_more_text_is_about_a_tenth_new() -> None:
    """
    The estimate is near the truth for a text that grew by a tenth.
    """
    longer = TEXT + " " + " ".join(f"added{n}" for n in range(44))

    assert 0.03 <= new_share(sketch(words(TEXT)), sketch(words(longer))) <= 0.2


def test_text_taken_away_is_not_new_text() -> None:
    """
    A text cut at its end has at most its seam new.
    """
    shorter = " ".join(TEXT.split()[:200])

    assert new_share(sketch(words(TEXT)), sketch(words(shorter))) == 0.0


def test_text_without_spaces_has_words() -> None:
    """
    Chinese counts by character.
    """
    assert words("北京天气") == ["北", "京", "天", "气"]


@given(st.text(max_size=300))
def test_a_sketch_is_ascending_and_small(text: str) -> None:
    """
    Any text has an ascending sketch of at most its size, of numbers that every JSON reader holds.
    """
    values = sketch(words(text))

    assert list(values) == sorted(set(values))
    assert len(values) <= SKETCH_SIZE
    assert all(0 <= value < 2**48 for value in values)
