"""
What the words of a line mean in one language: which lists of words of its file they stand in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from services.cleaner.boilerplate.tokens import ADDRESS, DATE, LINK, VERSION, Tokens, parts_of
from services.cleaner.lines import fold

STEM = "*"
KEY_CHARS = 2
"""Stems are looked up by so many first characters, or by the only one that they have."""

MAX_SHORT_STEM_CHARS = 3
"""A longer word does not go by a stem of one character, such as Korean has."""

MAX_NUMBER_CHARS = 16
START_WORDS = 5
"""How far into a line an opening may begin."""

MAX_SEEN = 50_000
"""Words that an index remembers."""

MAX_LANGUAGES = 64
LANGUAGES = (1 << MAX_LANGUAGES) - 1
EDGES = "edges"
KINDS = ("covers", "pleas", "free", "openings", "labels", EDGES)
"""Of rules; a free plea is one that may begin anyhow; all kinds that hold at the edges of a body only are one."""

SHIFTS = {kind: place * MAX_LANGUAGES for place, kind in enumerate(KINDS)}
UNSPACED = frozenset({"ja", "zh"})

_BITS = {kind: LANGUAGES << shift for kind, shift in SHIFTS.items()}
_ANYWHERE = _BITS["covers"] | _BITS["free"] | _BITS[EDGES]

Entry = tuple[tuple[str, bool], ...]
"""The words of an entry, each with whether it is a stem: any word that begins so will do."""

Grams = dict[str, dict[tuple[str, ...], int]]
"""By the second word of entries, the words behind it."""

Known = tuple[int, Grams | None, tuple[tuple[Entry, int], ...]]
"""A word's bits alone, the entries of whole words that begin with it, and those with stems."""

Reading = tuple[int, int]
"""Behind which word an entry ends, and the bits of the lists that it is in."""


def entries(listed: str) -> list[str]:
    """
    Read a list of entries, apart by commas: words, folded. A word that ends in `*` is a stem.
    """
    # The marks at the ends of a text are folded away; a stem's at the end of the list shall not be.
    texts = parts_of(fold(f"x,{listed},x")).split(",")[1:-1]
    return [text.strip() for text in texts if not text.isspace() and text]


def _word(word: str) -> tuple[str, bool]:
    return (word[:-1], True) if word.endswith(STEM) else (word, False)


@dataclass(slots=True)
class Entries:
    """
    Entries with their bits, found by the words of a line.

    Attributes:
        words: Whole single words.
        grams: Longer entries of whole words, by the first, then by the second, with what follows.
        mixed: Entries with a stem behind their first word, by that.
        stem_lengths: By the first characters of stems, how many characters these have.
        stems: Entries that begin with a stem, by it.
        seen: What was found for words before.
    """

    words: dict[str, int] = field(default_factory=dict)
    grams: dict[str, Grams] = field(default_factory=dict)
    mixed: dict[str, dict[Entry, int]] = field(default_factory=dict)
    stem_lengths: dict[str, list[int]] = field(default_factory=dict)
    stems: dict[str, dict[Entry, int]] = field(default_factory=dict)
    seen: dict[str, Known] = field(default_factory=dict)

    def add(self, listed: str, bits: int) -> None:
        """
        Let an entry have these bits, besides those that it has.
        """
        if STEM in listed:
            self._add_stems(tuple(map(_word, listed.split())), bits)
        elif " " not in listed:
            self.words[listed] = self.words.get(listed, 0) | bits
        else:
            first, second, *others = listed.split()
            same = self.grams.setdefault(first, {}).setdefault(second, {})
            rest = tuple(others)
            same[rest] = same.get(rest, 0) | bits

    def _add_stems(self, entry: Entry, bits: int) -> None:
        first, is_stem = entry[0]
        if is_stem:
            lengths = self.stem_lengths.setdefault(first[:KEY_CHARS], [])
            if len(first) not in lengths:
                lengths.append(len(first))
        same = (self.stems if is_stem else self.mixed).setdefault(first, {})
        same[entry] = same.get(entry, 0) | bits

    def at(self, words: tuple[str, ...], at: int) -> tuple[int, Sequence[Reading]]:
        """
        The bits of the word at a place alone, and the entries of several words that begin there.
        """
        word = words[at]
        known = self.seen.get(word)
        bits, grams, others = self.look_up(word) if known is None else known
        longer: list[Reading] = []
        if grams and at + 1 < len(words):
            for rest, more in grams.get(words[at + 1], _NO_RESTS).items():
                end = at + 2 + len(rest)
                if words[at + 2 : end] == rest:
                    longer.append((end, more))
        for entry, more in others:
            if _is_at(entry, words, at):
                longer.append((at + len(entry), more))
        return bits, longer

    def look_up(self, word: str) -> Known:
        """
        What is known of a word wherever it stands; kept, as most words come again.
        """
        bits = self.words.get(word, 0)
        others = list(self.mixed.get(word, _NONE).items())
        lengths = list(self.stem_lengths.get(word[:KEY_CHARS], ()))
        if 1 < len(word) <= MAX_SHORT_STEM_CHARS:
            lengths += self.stem_lengths.get(word[0], ())
        for length in lengths:
            for entry, more in self.stems.get(word[:length], _NONE).items():
                if len(entry) == 1:
                    bits |= more
                else:
                    others.append((entry, more))
        if len(self.seen) >= MAX_SEEN:
            self.seen.clear()
        grams = self.grams.get(word)
        # One for all words that nothing is known of, which are most, so that they are told at a glance.
        found = self.seen[word] = (bits, grams, tuple(others)) if bits or grams or others else _UNKNOWN
        return found


_UNKNOWN: Known = (0, None, ())
_NONE: dict[Entry, int] = {}
_NO_RESTS: dict[tuple[str, ...], int] = {}


@dataclass(frozen=True, slots=True)
class Lexicon:
    """
    The word lists of one language.

    Attributes:
        language: Its code.
        listed: The entries, with the bits of the lists that they are in.
        inner: Words, and beginnings of words, that stand in entries of several words.
        prefixes: Letters that the language writes joined before a word.
        is_cased: Does a capital tell a name?
        is_unspaced: Is the language written without spaces?
        number: The bit of numbers.
        address: The bit of addresses that one writes to.
        link: The bit of web addresses.
        time: The bit of words of time.
        seen: The bits found for words before.
    """

    language: str
    listed: Entries
    inner: tuple[frozenset[str], tuple[str, ...]]
    prefixes: tuple[str, ...]
    is_cased: bool
    is_unspaced: bool
    number: int
    address: int
    link: int
    time: int
    seen: dict[str, int] = field(default_factory=dict)

    def read(self, words: tuple[str, ...]) -> list[Sequence[Reading]]:
        """
        All readings that begin at each word.
        """
        return [self._readings(words, at) for at in range(len(words))]

    def knows(self, tokens: Tokens) -> bool:
        """
        Is every word in some list, or perhaps a name? If not, nothing can cover the line.
        """
        words, stems = self.inner
        for at, word in enumerate(tokens.words):
            if tokens.are_names[at] or (tokens.are_uncased[at] and not self.is_cased) or word in words:
                continue
            if not self._bits(word) and not word.startswith(stems):
                return False
        return True

    def lists(self, word: str) -> bool:
        """
        Is this word, or an entry that it stands in, in some list?
        """
        words, stems = self.inner
        return word in words or bool(self._bits(word)) or word.startswith(stems)

    def _readings(self, words: tuple[str, ...], at: int) -> Sequence[Reading]:
        longer = self.listed.at(words, at)[1]
        bits = self._bits(words[at])
        return [*longer, (at + 1, bits)] if bits else longer

    def _bits(self, word: str) -> int:
        known = self.seen.get(word)
        if known is None:
            known = self.listed.look_up(word)[0] | self._special(word)
            if not known and self.prefixes:
                known = self._without_prefix(word)
            if len(self.seen) >= MAX_SEEN:
                self.seen.clear()
            self.seen[word] = known
        return known

    def _special(self, word: str) -> int:
        if word == ADDRESS:
            return self.address
        if word == LINK:
            return self.link
        if word == DATE:
            return self.number | self.time
        if word == VERSION:
            return 0
        is_number = len(word) <= MAX_NUMBER_CHARS and any(char.isdigit() for char in word)
        return self.number if is_number else 0

    def _without_prefix(self, word: str) -> int:
        for prefix in self.prefixes:
            if len(word) > len(prefix) + 1 and word.startswith(prefix):
                bits = self.listed.words.get(word[len(prefix) :], 0)
                if bits:
                    return bits
        return 0


def _is_at(entry: Entry, words: Sequence[str], at: int) -> bool:
    if at + len(entry) > len(words):
        return False
    return all(
        words[at + index].startswith(word) if is_stem else words[at + index] == word
        for index, (word, is_stem) in enumerate(entry)
    )


@dataclass(frozen=True, slots=True)
class Index:
    """
    Which languages' rules a line may fall under; asked of every short line.

    Attributes:
        entries: What rules need first, with bits of languages, shifted by the kind of rule.
    """

    entries: Entries = field(default_factory=Entries)

    def add(self, listed: Iterable[str], language: int, kinds: Iterable[str]) -> None:
        """
        Let entries point to the rules of some kinds of a language.
        """
        bits = sum([language << SHIFTS[kind] for kind in kinds])
        for entry in listed:
            self.entries.add(entry, bits)

    def find(self, words: tuple[str, ...], *, labels: int, at_edge: bool) -> tuple[int, int]:
        """
        The languages whose covers, and those whose other rules, may hold.

        Args:
            words: Of the line.
            labels: How many of them may be a label's.
            at_edge: The line stands at an edge of the body.
        """
        if not words:
            return 0, 0
        found = 0
        seen, look_up = self.entries.seen.get, self.entries.look_up
        for at, word in enumerate(words):
            known = seen(word) or look_up(word)
            if known is _UNKNOWN:
                continue
            bits, grams, others = known
            if others or (grams and at + 1 < len(words) and words[at + 1] in grams):
                for _, more in self.entries.at(words, at)[1]:
                    bits |= more
            if bits:
                found |= bits & _allowed(at, labels)
        if not found:
            return 0, 0
        edges = found >> SHIFTS[EDGES] if at_edge else 0
        other = edges
        for kind in ("pleas", "free", "openings", "labels"):
            other |= found >> SHIFTS[kind]
        return (found | edges) & LANGUAGES, other & LANGUAGES


def _allowed(at: int, labels: int) -> int:
    allowed = _ANYWHERE
    if at < START_WORDS:
        allowed |= _BITS["pleas"] if at else _BITS["pleas"] | _BITS["openings"]
    return allowed | _BITS["labels"] if at < labels else allowed


def make_lexicon(
    language: str, lists: Mapping[str, Iterable[str]], bits: Mapping[str, int], *, is_cased: bool
) -> Lexicon:
    """
    Build a language's lexicon.

    Args:
        language: Its code.
        lists: Entries by the name of their list; `prefixes` are no words of their own.
        bits: A bit for each name of a list, for `number` and for `address`.
        is_cased: Does a capital tell a name?
    """
    found = Entries()
    longer: set[str] = set()
    for name, listed in lists.items():
        for entry in listed if name != "prefixes" else ():
            found.add(entry, bits[name])
            if " " in entry:
                longer.update(entry.split())
    words = frozenset(word for word in longer if STEM not in word)
    stems = tuple(sorted(word.rstrip(STEM) for word in longer if STEM in word))
    prefixes = tuple(lists.get("prefixes", ()))
    special = (bits["number"], bits["address"], bits["link"], bits["time"])
    return Lexicon(language, found, (words, stems), prefixes, is_cased, language in UNSPACED, *special)
