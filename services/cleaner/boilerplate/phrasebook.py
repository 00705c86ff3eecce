"""
The rules of boilerplate as they stand in files: one of the grammar, one of words that hold everywhere, one a language.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from services.cleaner.boilerplate.cover import Cover, Grammar, Label, Plea
from services.cleaner.boilerplate.lexicon import EDGES, Index, Lexicon, entries, make_lexicon
from services.cleaner.lines import fold

GRAMMAR = "grammar.toml"
EVERYWHERE = "any.toml"
WORDS = "words"

RULES = ("covers", "counts", "named", "pleas", "openings", "labels")
DEFAULT_NAMES = 4
"""Names that a `named` cover may hold."""


@dataclass(frozen=True)
class Sources:
    """
    What lexicons are made of.

    Attributes:
        languages: Code, lists of words, and whether capitals tell names.
        shared: Lists of words that hold in all languages.
        bits: A bit for each name of a list.
    """

    languages: tuple[tuple[str, Mapping[str, list[str]], bool], ...]
    shared: Mapping[str, list[str]]
    bits: Mapping[str, int]


@dataclass(frozen=True)
class Phrasebook:
    """
    All rules, read.

    Attributes:
        phrases: Folded line to the class of its rule.
        grammar: The rules by words.
        sources: What the lexicons are made of.
        index: Languages by the words that a rule needs first.
        you: Words for the reader and for the site itself, in all languages.
        made: The lexicons made so far.
        only_at_edges: Classes that hold only before the first and behind the last prose of a body.
    """

    phrases: dict[str, str]
    grammar: Grammar
    sources: Sources
    index: Index
    only_at_edges: frozenset[str] = frozenset()
    you: frozenset[str] = frozenset()
    made: dict[int, Lexicon] = field(default_factory=dict)

    def lexicon(self, number: int) -> Lexicon:
        """
        A language's lexicon, made when it is first asked for: most sites speak few languages.
        """
        found = self.made.get(number)
        if found is None:
            language, lists, is_cased = self.sources.languages[number]
            joined = _joined(self.sources.shared, lists)
            found = self.made[number] = make_lexicon(language, joined, self.sources.bits, is_cased=is_cased)
        return found


def read_phrasebook() -> Phrasebook:
    """
    Read all files. The first language in alphabetical order names a phrase's class.
    """
    files = {name: tomllib.loads(content) for name, content in _files()}
    grammar = files.pop(GRAMMAR)
    shared = _lists(files.pop(EVERYWHERE)[WORDS])
    own = [_lists(table.get(WORDS, {})) for table in files.values()]
    bits = _bits(grammar, [shared, *own])
    phrases: dict[str, str] = {}
    for table in files.values():
        for rule, content in _classes(table):
            for phrase in content.get("phrases", "").split(","):
                phrases.setdefault(fold(phrase), rule)
    sources = tuple(
        (name.removesuffix(".toml"), lists, not table.get("caseless"))
        for (name, table), lists in zip(files.items(), own, strict=True)
    )
    edges = frozenset(rule for rule, table in _classes(grammar) if table.get("where") == EDGES)
    index = Index()
    firsts = _firsts(grammar)
    for number, lists in enumerate(own):
        _index(index, firsts, lists, 1 << number)
    rules = _grammar(grammar, bits)
    return Phrasebook(phrases, rules, Sources(sources, shared, bits), index, only_at_edges=edges, you=_you(own))


def _classes(grammar: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((rule, table) for rule, table in grammar.items() if isinstance(table, dict))


def _lists(listed: Mapping[str, str]) -> dict[str, list[str]]:
    return {name: entries(text) for name, text in listed.items()}


def _you(own: Sequence[Mapping[str, list[str]]]) -> frozenset[str]:
    return frozenset(entry for lists in own for entry in lists.get("you", ()) if " " not in entry)


def _joined(shared: Mapping[str, list[str]], own: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {name: [*shared.get(name, ()), *own.get(name, ())] for name in sorted({*shared, *own})}


def _bits(grammar: Mapping[str, Any], listed: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """
    A bit for each list's name.

    Raises:
        ValueError: A file has a list that no rule speaks of: its name is misspelt.
    """
    names = {"number", "address", "link", *grammar["fillers"].split()}
    for _, table in _classes(grammar):
        for key in ("beside", *RULES):
            texts = table.get(key, ())
            for text in [texts] if isinstance(texts, str) else texts:
                names |= set(
                    (text.split(":")[0] if key in {"openings", "labels"} else text.replace("...", " ")).split()
                )
    unknown = {name for lists in listed for name in lists} - names - {"prefixes", "time"}
    if unknown:
        raise ValueError(f"no rule speaks of {sorted(unknown)}")
    return {name: 1 << place for place, name in enumerate(sorted(names | {"time"}))}


def _grammar(grammar: Mapping[str, Any], bits: Mapping[str, int]) -> Grammar:
    filler = _mask(grammar["fillers"], bits)
    beside = {rule: filler | _mask(table.get("beside", ""), bits) for rule, table in _classes(grammar)}
    rules = tuple(made for rule, table in _classes(grammar) for made in _rules(rule, table, bits, beside[rule]))
    others = tuple(rule for rule in rules if not isinstance(rule, Cover))
    return Grammar(rules, others, beside, filler, _mask("glue you", bits), _mask("time number glue", bits))


def _rules(rule: str, table: Mapping[str, Any], bits: Mapping[str, int], beside: int) -> Iterator[Cover | Plea | Label]:
    for text in table.get("covers", ()):
        needs = _mask(text, bits)
        yield Cover(rule, needs, beside | needs)
    for text in table.get("counts", ()):
        needs = _mask(text, bits)
        yield Cover(rule, needs, beside | needs, first=needs | _mask(table.get("beside", ""), bits))
    for text in table.get("named", ()):
        needs = _mask(text, bits)
        is_lone = table.get("lone", True)
        yield Cover(rule, needs, beside | needs, DEFAULT_NAMES, is_lone=is_lone, first=0 if is_lone else needs)
    for key in ("labels", "openings"):
        for text in table.get(key, ()):
            name, content = text.split(": ")
            yield Label(rule, bits[name], content, is_opening=key == "openings")
    for text in table.get("pleas", ()):
        ordered, _, anywhere = text.partition(" with ")
        order = ordered.replace("...", " ").split()
        needs = _mask(" ".join([*order, anywhere]), bits)
        yield Plea(rule, needs, tuple(bits[name] for name in order), text.startswith("..."))


def _mask(names: str, bits: Mapping[str, int]) -> int:
    return sum(bits[name] for name in set(names.split()))


def _firsts(grammar: Mapping[str, Any]) -> dict[str, list[str]]:
    """
    The lists that rules are found by, each with the kinds of these rules.
    """
    found: dict[str, list[str]] = {}
    for _, table in _classes(grammar):
        for key in RULES:
            for text in table.get(key, ()):
                kinds = found.setdefault(_first(text), [])
                kind = EDGES if table.get("where") == EDGES else _kind(key, text)
                if kind not in kinds:
                    kinds.append(kind)
    return found


def _kind(key: str, text: str) -> str:
    if key == "pleas":
        return "free" if text.startswith("...") else key
    return "covers" if key in {"counts", "named"} else key


def _index(index: Index, firsts: Mapping[str, list[str]], lists: Mapping[str, list[str]], language: int) -> None:
    """
    Point the words that rules are found by to their language.
    """
    for name, kinds in firsts.items():
        index.add(lists.get(name, ()), language, kinds)


def _first(text: str) -> str:
    return text.removeprefix("...").split()[0].rstrip(":")


def rule_digests() -> list[str]:
    """
    SHA-256 of each rule file, for the fingerprint.
    """
    return [f"boilerplate/{name}={hashlib.sha256(content.encode()).hexdigest()}" for name, content in _files()]


def _files() -> Iterator[tuple[str, str]]:
    folder = resources.files("services.cleaner") / "boilerplate"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            yield file.name, file.read_text("utf-8")
