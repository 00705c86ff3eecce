"""
What the words of a line mean in one language: which lists of words of its file they stand in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from services.cleaner.lines import fold
from services.cleaner.tokens import ADDRESS, DATE, Tokens, parts_of

STEM = "*"
KEY_CHARS = 2
"""Stems are looked up by so many first characters; they have at least so many."""

MAX_NUMBER_CHARS = 8
START_WORDS = 5
"""How far into a line an opening may begin."""

MAX_SEEN = 20_000
"""Words that an index remembers."""

MAX_LANGUAGES = 64
LANGUAGES = (1 << MAX_LANGUAGES) - 1
KINDS = ("covers", "pleas", "free", "openings", "labels")
"""Of rules; a free plea is one that may begin anyhow."""

SHIFTS = {kind: place * MAX_LANGUAGES for place, kind in enumerate(KINDS)}
UNSPACED = frozenset({"ja", "zh"})

_BITS = {kind: LANGUAGES << shift for kind, shift in SHIFTS.items()}
_ANYWHERE = _BITS["covers"] | _BITS["free"]

Entry = tuple[tuple[str, bool], ...]
"""The words of an entry, each with whether it is a stem: any word that begins so will do."""

Reading = tuple[int, int]
"""Behind which word an entry ends, and the bits of the lists that it is in."""


def entries(listed: str) -> list[Entry]:
    """
    Read a list of words, apart by commas. A word that ends in `*` is a stem.
    """
    # The marks at the ends of a text are folded away; a stem's at the end of the list shall not be.
    texts = parts_of(fold(f"x,{listed},x")).split(",")[1:-1]
    return [tuple(_word(word) for word in text.split()) for text in texts if text.strip()]


def _word(word: str) -> tuple[str, bool]:
    return (word[:-1], True) if word.endswith(STEM) else (word, False)


@dataclass(slots=True)
class Entries:
    """
    Entries with their bits, found by the words of a line.

    Attributes:
        words: Whole single words.
        lengths: By the first word of longer entries, how many words these have.
        grams: Longer entries of whole words, joined by spaces.
        mixed: Entries with a stem behind their first word, by that.
        stem_lengths: By the first characters of stems, how many characters these have.
        stems: Entries that begin with a stem, by it.
    """

    words: dict[str, int] = field(default_factory=dict)
    lengths: dict[str, list[int]] = field(default_factory=dict)
    grams: dict[str, int] = field(default_factory=dict)
    mixed: dict[str, dict[Entry, int]] = field(default_factory=dict)
    stem_lengths: dict[str, list[int]] = field(default_factory=dict)
    stems: dict[str, dict[Entry, int]] = field(default_factory=dict)

    def add(self, entry: Entry, bits: int) -> None:
        """
        Let an entry have these bits, besides those that it has.
        """
        first, is_stem = entry[0]
        if is_stem:
            _note(self.stem_lengths, first[:KEY_CHARS], len(first))
            same = self.stems.setdefault(first, {})
            same[entry] = same.get(entry, 0) | bits
        elif len(entry) == 1:
            self.words[first] = self.words.get(first, 0) | bits
        elif any(is_stem for _, is_stem in entry):
            same = self.mixed.setdefault(first, {})
            same[entry] = same.get(entry, 0) | bits
        else:
            _note(self.lengths, first, len(entry))
            gram = " ".join(word for word, _ in entry)
            self.grams[gram] = self.grams.get(gram, 0) | bits

    def at(self, words: Sequence[str], at: int) -> tuple[int, list[Reading]]:
        """
        The bits of the entries that are the word at a place, and the longer entries that begin there.
        """
        word = words[at]
        single = self.words.get(word, 0)
        longer: list[Reading] = []
        for length in self.lengths.get(word, ()):
            bits = self.grams.get(" ".join(words[at : at + length]), 0) if at + length <= len(words) else 0
            if bits:
                longer.append((at + length, bits))
        for entry, bits in self.mixed.get(word, _NONE).items():
            if _is_at(entry, words, at):
                longer.append((at + len(entry), bits))
        for length in self.stem_lengths.get(word[:KEY_CHARS], ()):
            for entry, bits in self.stems.get(word[:length], _NONE).items():
                if len(entry) == 1:
                    single |= bits
                elif _is_at(entry, words, at):
                    longer.append((at + len(entry), bits))
        return single, longer


_NONE: dict[Entry, int] = {}


def _note(lengths: dict[str, list[int]], key: str, length: int) -> None:
    known = lengths.setdefault(key, [])
    if length not in known:
        known.append(length)


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
        address: The bit of addresses.
        time: The bit of words of time.
    """

    language: str
    listed: Entries
    inner: tuple[frozenset[str], tuple[str, ...]]
    prefixes: tuple[str, ...]
    is_cased: bool
    is_unspaced: bool
    number: int
    address: int
    time: int

    def read(self, words: Sequence[str]) -> list[list[Reading]]:
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
            is_listed = self.listed.at(tokens.words, at)[0] or self._special(word) or word.startswith(stems)
            if not is_listed and not self._without_prefix(word):
                return False
        return True

    def _readings(self, words: Sequence[str], at: int) -> list[Reading]:
        single, longer = self.listed.at(words, at)
        single |= self._special(words[at])
        if not single and self.prefixes:
            single = self._without_prefix(words[at])
        return [*longer, (at + 1, single)] if single else longer

    def _special(self, word: str) -> int:
        if word == ADDRESS:
            return self.address
        if word == DATE:
            return self.number | self.time
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
        seen: What was found for words before.
    """

    entries: Entries = field(default_factory=Entries)
    seen: dict[str, tuple[int, bool]] = field(default_factory=dict)

    def add(self, entry: Entry, language: int, kinds: Iterable[str]) -> None:
        """
        Let an entry point to the rules of some kinds of a language.
        """
        self.entries.add(entry, sum(language << SHIFTS[kind] for kind in kinds))

    def find(self, words: Sequence[str], *, labels: int) -> tuple[int, int]:
        """
        The languages whose covers, and those whose other rules, may hold.

        Args:
            words: Of the line.
            labels: How many of them may be a label's.
        """
        found = 0
        for at, word in enumerate(words):
            known = self.seen.get(word)
            bits, may_begin = known if known is not None else self._look_up(word)
            if may_begin:
                for _, more in self.entries.at(words, at)[1]:
                    bits |= more
            if bits:
                found |= bits & _allowed(at, labels)
        other = 0
        for kind in ("pleas", "free", "openings", "labels"):
            other |= found >> SHIFTS[kind] & LANGUAGES
        return found & LANGUAGES, other

    def _look_up(self, word: str) -> tuple[int, bool]:
        """
        The bits of a word alone, and whether a longer entry may begin with it; kept, as most words come again.
        """
        entries = self.entries
        single, _ = entries.at((word,), 0)
        stems = [entries.stems.get(word[:length], {}) for length in entries.stem_lengths.get(word[:KEY_CHARS], ())]
        may_begin = any(len(entry) > 1 for same in stems for entry in same)
        found = single, may_begin or word in entries.lengths or word in entries.mixed
        if len(self.seen) >= MAX_SEEN:
            self.seen.clear()
        self.seen[word] = found
        return found


def _allowed(at: int, labels: int) -> int:
    allowed = _ANYWHERE
    if at < START_WORDS:
        allowed |= _BITS["pleas"] if at else _BITS["pleas"] | _BITS["openings"]
    return allowed | _BITS["labels"] if at < labels else allowed


def make_lexicon(
    language: str, lists: Mapping[str, Iterable[Entry]], bits: Mapping[str, int], *, is_cased: bool
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
    for name, listed in lists.items():
        for entry in listed if name != "prefixes" else ():
            found.add(entry, bits[name])
    longer = [part for listed in lists.values() for entry in listed if len(entry) > 1 for part in entry]
    words = frozenset(word for word, is_stem in longer if not is_stem)
    stems = tuple(sorted({word for word, is_stem in longer if is_stem}))
    prefixes = tuple(entry[0][0] for entry in lists.get("prefixes", ()))
    special = (bits["number"], bits["address"], bits["time"])
    return Lexicon(language, found, (words, stems), prefixes, is_cased, language in UNSPACED, *special)
