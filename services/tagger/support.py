"""
Which facet covers which language, as a page of documentation: `python -m services.tagger.support`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from services.tagger.facets import Facet
from services.tagger.registry import chosen
from services.tagger.settings import TaggerSettings

HEAD = """\
# Languages of the tagger

What each facet covers with the settings as shipped, by ISO 639 code. Where a facet does not cover an article's
language, its fields are absent and `facets` says `unsupported-language`. Word count, reading time and the language
itself are told of every article; [facets.md](facets.md) says how a facet is added.

This page is made by `make docs`.

"""

TAIL = """
Names that no table has are read in English only; in the other languages what is said is little and sure: countries,
great cities, well-known names, and subjects for which two different words speak.
"""


def render(facets: Iterable[Facet]) -> str:
    """
    The page.
    """
    columns = [(field, facet) for facet in facets for field in facet.fields]
    languages = sorted({language for _, facet in columns for language in facet.languages or ()})
    rows = [_row("language", [f"{field} ({facet.name}/{facet.version})" for field, facet in columns])]
    rows += [_row("---", ["---"] * len(columns))]
    for language in languages:
        rows.append(_row(language, [_mark(facet, language) for _, facet in columns]))
    rows.append(_row("any other", [_mark(facet, "") for _, facet in columns]))
    rows.append(_row("equal input, equal output", [_yes(facet.is_deterministic) for _, facet in columns]))
    return HEAD + "".join(rows) + TAIL


def _row(first: str, rest: list[str]) -> str:
    return f"| {' | '.join((first, *rest))} |\n"


def _mark(facet: Facet, language: str) -> str:
    return _yes(facet.languages is None or language in facet.languages)


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "-"


if __name__ == "__main__":
    sys.stdout.write(render(chosen(TaggerSettings())))
