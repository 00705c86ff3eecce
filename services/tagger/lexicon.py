"""
The word lists by which names are found in English text.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from services.tagger.data_files import read_yaml, word_set


@dataclass(frozen=True)
class Lexicon:
    """
    Word lists, case-folded; `data/names.yaml` says what each is.
    """

    given_names: frozenset[str]
    titles: frozenset[str]
    title_modifiers: frozenset[str]
    roles: frozenset[str]
    speech: frozenset[str]
    org_tails: frozenset[str]
    org_heads: frozenset[str]
    event_tails: frozenset[str]
    event_heads: frozenset[str]
    place_tails: frozenset[str]
    place_heads: frozenset[str]
    particles: frozenset[str]
    spatial: frozenset[str]
    distances: frozenset[str]
    prefixes: frozenset[str]
    not_places: frozenset[str]
    not_names: frozenset[str]
    stopwords: frozenset[str]


def load_lexicon() -> Lexicon:
    """
    Read the lists.
    """
    lists = {name: word_set(text.lower()) for name, text in read_yaml("names.yaml").items()}
    lists["stopwords"] = word_set(read_yaml("stopwords.yaml")["en"])
    return Lexicon(**{each.name: lists[each.name] for each in fields(Lexicon)})
