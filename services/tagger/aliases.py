"""
The alias table: well-known names in all their forms, and which of those forms need another sign beside them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.parts import EntityType
from services.tagger.data_files import read_yaml
from services.tagger.document import Document, Text, normalise, read
from services.tagger.tongues import LANGUAGES, tongue


@dataclass(frozen=True)
class Known:
    """
    A well-known thing. `context` are starts of words, normalised, that show it is meant.
    """

    name: str
    type: EntityType
    context: tuple[str, ...]


@dataclass(frozen=True)
class AliasSpan:
    """
    A form of a known thing at tokens `start` to `stop` of a text.
    """

    text: int
    start: int
    stop: int
    known: Known


@dataclass(frozen=True)
class _Form:
    words: tuple[str, ...]
    known: Known
    is_weak: bool


Index = Mapping[str, tuple[_Form, ...]]


class Aliases:
    """
    The table, by the first word of each form and longest form first.
    """

    def __init__(self, language_forms: Mapping[str, Index], forms: Index) -> None:
        self._language_forms = language_forms
        self._forms = forms

    def find(self, document: Document) -> list[AliasSpan]:
        """
        Find the forms that stand in a document, those that need a sign only where it is there.
        """
        index = self._language_forms.get(document.language or "", self._forms)
        hits = [(span, form) for i, text in enumerate(document.texts) for span, form in _scan(i, text, index)]
        sure = {form.known.name for _, form in hits if not form.is_weak}
        words = _words(document)
        trusted = sure | {
            form.known.name
            for _, form in hits
            if form.is_weak and any(f" {start}" in words for start in form.known.context)
        }
        return [span for span, form in hits if form.known.name in trusted]


def _words(document: Document) -> str:
    return " " + " ".join(token.norm for text in document.texts for token in text.tokens) + " "


def _scan(number: int, text: Text, index: Index) -> Iterator[tuple[AliasSpan, _Form]]:
    position = 0
    while position < len(text.tokens):
        form = _longest(text, position, index.get(text.tokens[position].text, ()))
        if form is None:
            position += 1
            continue
        stop = position + len(form.words)
        yield AliasSpan(number, position, stop, form.known), form
        position = stop


def _longest(text: Text, position: int, forms: tuple[_Form, ...]) -> _Form | None:
    return next((form for form in forms if _stands(text, position, form)), None)


def _stands(text: Text, position: int, form: _Form) -> bool:
    tokens = text.tokens[position : position + len(form.words)]
    if len(tokens) < len(form.words) or (form.is_weak and not text.is_cased and len(form.words) == 1):
        return False
    if any(token.text != word for token, word in zip(tokens, form.words, strict=True)):
        return False
    return all(token.is_linked or token.gap == "." for token in tokens[1:])


def load_aliases() -> Aliases:
    """
    Read the table.
    """
    table = read_yaml("aliases.yaml")
    common: list[_Form] = []
    by_language: dict[str, list[_Form]] = defaultdict(list)
    for kind, entries in table.items():
        for entry in entries:
            known = Known(entry["name"], kind, tuple(normalise(word) for word in entry.get("context", ())))
            common += _forms(entry, known)
            for language, names in entry.get("in", {}).items():
                by_language[language] += [_Form(_split(name, language), known, is_weak=False) for name in names]
    names = {known.name: known for known in _all_known(common)}
    for language in LANGUAGES:
        for name, others in tongue(language)["aliases"].items():
            by_language[language] += [_Form(_split(other, language), names[name], is_weak=False) for other in others]
    return Aliases(
        {language: _index(common + forms) for language, forms in sorted(by_language.items())}, _index(common)
    )


def _forms(entry: Mapping[str, Any], known: Known) -> Iterator[_Form]:
    for name in entry["aliases"]:
        yield _Form(_split(name), known, is_weak=False)
    for name in entry.get("weak", ()):
        yield _Form(_split(name), known, is_weak=True)


def _all_known(forms: Iterable[_Form]) -> Iterator[Known]:
    return (form.known for form in forms)


def _split(name: str, language: str | None = None) -> tuple[str, ...]:
    return tuple(token.text for token in read("headline", name, language).tokens)


def _index(forms: list[_Form]) -> Index:
    index: dict[str, list[_Form]] = defaultdict(list)
    for form in forms:
        index[form.words[0]].append(form)
    return {word: tuple(sorted(found, key=lambda form: -len(form.words))) for word, found in index.items()}
