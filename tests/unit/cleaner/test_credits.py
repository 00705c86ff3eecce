"""
Captions and credits.
"""

import pytest

from services.cleaner.metadata.credits import split_credit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The dam at dawn. Photo: Ada Berg", ("The dam at dawn.", "Ada Berg")),
        ("The dam at dawn (Foto: Ada Berg/dpa)", ("The dam at dawn", "Ada Berg/dpa")),
        ("The dam at dawn © Ada Berg", ("The dam at dawn", "Ada Berg")),
        ("The dam at dawn (Ada Berg/AP)", ("The dam at dawn", "Ada Berg/AP")),
        ("Photo: Ada Berg", (None, "Ada Berg")),
        ("The dam. Image: Photo: Ada Berg", ("The dam.", "Ada Berg")),
        ("The dam at dawn", ("The dam at dawn", None)),
        ("The dam (left) at dawn", ("The dam (left) at dawn", None)),
        ("", (None, None)),
    ],
)
def test_a_credit_is_told_from_what_the_image_shows(text: str, expected: tuple[str | None, str | None]) -> None:
    """
    It stands at the end, led by a word or a sign, or in brackets with an agency.
    """
    assert split_credit(text) == expected


def test_a_text_without_end_is_split_at_once() -> None:
    """
    Work grows with the length of the text, and no faster.
    """
    assert split_credit("( " * 100_000 + "Photo: Ada Berg")[1] == "Ada Berg"
