"""
The alias table: well-known names in all their forms, and which of those forms need another sign beside them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from schemas.parts import EntityType
from services.tagger.data_files import parse_yaml, read_yaml
from services.tagger.document import Document, Text, normalise, read
from services.tagger.tongues import LANGUAGES, UNCASED, tongue, written


@dataclass(frozen=True)
class Known:
    """
    A well-known thing. `context` are starts of words, normalised, that show it is meant; `wikidata` is known where an
    operator's table has it.
    """

    name: str
    type: EntityType
    context: tuple[str, ...]
    wikidata: str | None = None


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
    after = 0
    for position, token in enumerate(text.tokens):
        forms = index.get(token.text)
        if forms is None or position < after:
            continue
        form = _longest(text, position, forms)
        if form is not None:
            after = position + len(form.words)
            yield AliasSpan(number, position, after, form.known), form


def _longest(text: Text, position: int, forms: tuple[_Form, ...]) -> _Form | None:
    return next((form for form in forms if _stands(text, position, form)), None)


def _stands(text: Text, position: int, form: _Form) -> bool:
    after = position + 1
    if len(form.words) > 1 and (after == len(text.tokens) or text.tokens[after].text != form.words[1]):
        return False
    tokens = text.tokens[position : position + len(form.words)]
    if len(tokens) < len(form.words) or (form.is_weak and not text.is_cased and len(form.words) == 1):
        return False
    if any(token.text != word for token, word in zip(tokens, form.words, strict=True)):
        return False
    return all(token.is_linked or token.gap == "." for token in tokens[1:])


Table = Mapping[EntityType, Sequence[Mapping[str, Any]]]
"""Entries by type, as `data/aliases.yaml` has them."""


class Entry(BaseModel):
    """
    An entry of an operator's table: another thing, or more of one that we have.
    """

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1)
    aliases: list[str] = []
    weak: list[str] = []
    context: list[str] = []
    in_: dict[str, list[str]] = Field(default_factory=dict, alias="in")
    wikidata: str | None = Field(None, pattern=r"^Q[1-9]\d*$")


_OPERATORS: TypeAdapter[dict[EntityType, list[Entry]]] = TypeAdapter(dict[EntityType, list[Entry]])


def read_operators(text: str) -> Table:
    """
    Read an operator's own table, in the form of ours.

    Raises:
        ValueError: It has another form; the message says where.
    """
    try:
        table = _OPERATORS.validate_python(parse_yaml(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise ValueError(" ".join(str(error).split())[:300]) from None
    return {kind: [entry.model_dump(by_alias=True) for entry in entries] for kind, entries in table.items()}


def merged(ours: Table, theirs: Table) -> Table:
    """
    Our entries with what an operator adds to those of the same name and type, and the operator's others behind them.
    """
    found: dict[EntityType, list[Mapping[str, Any]]] = {}
    for kind in dict.fromkeys((*ours, *theirs)):
        own = {entry["name"]: entry for entry in theirs.get(kind, ())}
        known = [_added(entry, own.pop(entry["name"], {})) for entry in ours.get(kind, ())]
        found[kind] = known + [
            {**entry, "aliases": entry["aliases"] or ([] if entry["weak"] else [entry["name"]])}
            for entry in own.values()
        ]
    return found


def _added(entry: Mapping[str, Any], more: Mapping[str, Any]) -> Mapping[str, Any]:
    if not more:
        return entry
    lists = {key: [*entry.get(key, ()), *more[key]] for key in ("aliases", "weak", "context")}
    languages = {**entry.get("in", {}), **more["in"]}
    local = {code: [*entry.get("in", {}).get(code, ()), *more["in"].get(code, ())] for code in languages}
    return {**entry, **lists, "in": local, "wikidata": more["wikidata"]}


def load_aliases(operators: str = "") -> Aliases:
    """
    Read the table, and an operator's own beside it.

    Args:
        operators: The path of the operator's file; empty: there is none.
    """
    table = read_yaml("aliases.yaml")
    if operators:
        table = merged(table, read_operators(Path(operators).read_text(encoding="utf-8")))
    common: list[_Form] = []
    by_language: dict[str, list[_Form]] = defaultdict(list)
    for kind, entries in table.items():
        for entry in entries:
            context = tuple(normalise(word) for word in entry.get("context", ()))
            known = Known(entry["name"], kind, context, entry.get("wikidata"))
            common += _forms(entry, known)
            for language, names in entry.get("in", {}).items():
                by_language[language] += [_Form(_split(name, language), known, is_weak=False) for name in names]
    names = {known.name: known for known in _all_known(common)}
    for language in LANGUAGES:
        for name, others in tongue(language)["aliases"].items():
            forms = [form for other in others for form in _local(language, other)]
            by_language[language] += [_Form(words, names[name], is_weak=False) for words in forms]
    return Aliases(
        {language: _index(common + forms) for language, forms in sorted(by_language.items())}, _index(common)
    )


def _local(language: str, name: str) -> Iterable[tuple[str, ...]]:
    words = _split(name, language)
    return written(language, words) if language in UNCASED else (words,)


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
