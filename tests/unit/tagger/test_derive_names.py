from __future__ import annotations

from services.tagger.data_files import read_tsv
from services.tagger.derive_names import HEAD, derive


def test_names_are_written_as_the_tagger_compares_them() -> None:
    """
    Once each, in order, in Latin letters only; what is no list of names is left out.
    """
    lists = [
        ("first_names_male", ["Zoë", "Anton"]),
        ("first_names", ["Anton", "Юрий", "Al", "Mary Ann"]),
        ("last_names", ["O'Neil"]),
        ("prefixes", ["Herr"]),
    ]

    assert derive(lists) == HEAD + "family\toneil\ngiven\tanton\ngiven\tzoe\n"


def test_the_shipped_names_are_of_the_two_kinds() -> None:
    """
    And thousands of each.
    """
    kinds = [kind for kind, _ in read_tsv("people.tsv")]

    assert set(kinds) == {"family", "given"}
    assert min(kinds.count("family"), kinds.count("given")) > 10_000
