"""
Derives `data/people.tsv` from Faker's lists of names: `python -m services.tagger.derive_names`, with Faker installed.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator

from services.tagger.data_files import DATA
from services.tagger.document import normalise

HEAD = """\
# Given and family names of people, as the tagger compares them: lower-case, without diacritics.
# From Faker (https://github.com/joke2k/faker), Copyright (c) 2012 Daniele Faraglia, MIT License.
# Changed: the names in Latin letters of all its languages, by `python -m services.tagger.derive_names`.
"""

KINDS = {"first_names": "given", "last_names": "family"}

LATIN = "\u0250"
"""The first letter behind the Latin alphabets."""

MIN_LETTERS = 3


def derive(lists: Iterable[tuple[str, Iterable[str]]]) -> str:
    """
    Write the names of lists, each with the name of its attribute, e.g. `first_names_female`.
    """
    rows = {(kind, norm) for attribute, names in lists for kind in _kinds(attribute) for norm in _norms(names)}
    return HEAD + "".join(f"{kind}\t{norm}\n" for kind, norm in sorted(rows))


def _kinds(attribute: str) -> Iterator[str]:
    yield from (kind for start, kind in KINDS.items() if attribute.startswith(start))


def _norms(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if len(name) >= MIN_LETTERS and max(name) < LATIN and all(c.isalpha() or c in "'’" for c in name):
            yield normalise(name)


def faker_lists() -> Iterator[tuple[str, list[str]]]:
    """
    Every list of names that Faker has.
    """
    package = importlib.import_module("faker.providers.person")
    for language in pkgutil.iter_modules(package.__path__):
        provider = importlib.import_module(f"{package.__name__}.{language.name}").Provider
        for attribute in dir(provider):
            value = getattr(provider, attribute)
            if isinstance(value, list | tuple | dict | set):
                yield attribute, [name for name in value if isinstance(name, str)]


def main() -> None:
    """
    Write the file.
    """
    (DATA / "people.tsv").write_text(derive(faker_lists()), encoding="utf-8")


if __name__ == "__main__":
    main()
