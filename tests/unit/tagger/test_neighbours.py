from __future__ import annotations

import pytest

from services.tagger.neighbours import Neighbour, instead

KNOWN = {
    "aa": Neighbour(frozenset({"mo", "te", "ka"}), frozenset({"bb", "cc"}), 0.5),
    "bb": Neighbour(frozenset({"mo", "ta", "ka"}), frozenset(), 0.5),
}


@pytest.mark.parametrize(
    ("detected", "text", "told"),
    [
        ("cc", "mo te x", "aa"),
        ("cc", "mo x y", None),
        ("cc", "", None),
        ("bb", "mo te ka", "aa"),
        ("bb", "mo ta ka", None),
        ("bb", "mo ka", None),
        ("dd", "mo te ka", None),
    ],
)
def test_a_language_is_told_where_most_words_are_its_own(detected: str, text: str, told: str | None) -> None:
    """
    And more of them than of what was detected; only instead of what a model takes it for.
    """
    assert instead(detected, text.split(), KNOWN) == told
