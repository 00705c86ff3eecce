from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from services.tagger.data_files import read_yaml

TABLE: dict[str, list[dict[str, Any]]] = read_yaml("aliases.yaml")
ENTRIES = [entry for entries in TABLE.values() for entry in entries]


def test_the_table_is_long() -> None:
    """
    Five hundred names and more, each once.
    """
    names = [entry["name"] for entry in ENTRIES]

    assert len(names) >= 500
    assert len(set(names)) == len(names)


def test_a_form_that_two_things_have_needs_a_sign() -> None:
    """
    No form names two things by itself.
    """
    owners: dict[str, list[str]] = defaultdict(list)
    for entry in ENTRIES:
        for form in entry["aliases"]:
            owners[form].append(entry["name"])

    assert {form: names for form, names in owners.items() if len(set(names)) > 1} == {}


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if entry.get("weak")], ids=lambda entry: entry["name"])
def test_a_weak_form_says_what_shows_it(entry: dict[str, Any]) -> None:
    """
    Forms that also mean other things have words of context, or a full name to stand beside.
    """
    assert entry.get("context") or entry["aliases"]
