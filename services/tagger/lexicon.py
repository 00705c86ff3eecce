"""
The word lists by which names are found in English text.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from services.tagger.data_files import read_tsv, read_yaml, word_set


@dataclass(frozen=True)
class Lexicon:
    """
    Word lists, case-folded; `data/names.yaml` says what each is, `data/people.tsv` has the last two.
    """

    given_names: frozenset[str]
    titles: frozenset[str]
    title_modifiers: frozenset[str]
    roles: frozenset[str]
    speech: frozenset[str]
    org_words: frozenset[str]
    org_tails: frozenset[str]
    org_heads: frozenset[str]
    event_tails: frozenset[str]
    event_heads: frozenset[str]
    place_tails: frozenset[str]
    landforms: frozenset[str]
    place_heads: frozenset[str]
    particles: frozenset[str]
    spatial: frozenset[str]
    distances: frozenset[str]
    prefixes: frozenset[str]
    not_places: frozenset[str]
    not_names: frozenset[str]
    stopwords: frozenset[str]
    listed_given: frozenset[str]
    listed_family: frozenset[str]


def load_lexicon() -> Lexicon:
    """
    Read the lists.
    """
    lists = {name: word_set(text.lower()) for name, text in read_yaml("names.yaml").items()}
    people = read_tsv("people.tsv")
    lists["listed_given"] = frozenset(name for kind, name in people if kind == "given")
    lists["listed_family"] = frozenset(name for kind, name in people if kind == "family")
    lists["stopwords"] = word_set(read_yaml("stopwords.yaml")["en"])
    return Lexicon(**{each.name: lists[each.name] for each in fields(Lexicon)})
