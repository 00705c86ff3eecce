"""
Rules of boilerplate by the words of a line, where no list holds the line as a whole.

A cover holds where the line has certain words and nothing but words that may stand beside them; a sentence about the
same things has others too. A plea holds where a line begins as pleas do ("Sign up", "We use") and comes to what pleas
are about within a few words. A label holds where the right kind of text follows its colon, an opening where names do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from services.cleaner.boilerplate.lexicon import Lexicon, Reading
from services.cleaner.boilerplate.tokens import Tokens, is_sign, tokens_of

MAX_COVER_WORDS = 16
MAX_PLEA_WORDS = 40
MAX_SIGNS = 2.5
"""A line of a writing without spaces may have so many times as many signs as others have words."""

MAX_LEAD_WORDS = 3
"""So many small words may stand before the opening of a plea: "So please sign up ..."."""

MIN_KNOWN = 0.55
"""The part of a plea's words that has to be in some list."""

MAX_LABEL_WORDS = 6
MAX_CREDIT_WORDS = 8
MAX_TITLE_WORDS = 25
MAX_TAGS = 20
MAX_TAG_WORDS = 3
MAX_UNSAID = 1
"""Words of a credit that may be no name and in no list."""

MAX_LONE_CREDIT_WORDS = 2
MAX_UNCASED_NAMES = 4
"""Words of a byline where capitals tell no names."""

MAX_UNCASED_COVER_NAMES = 2
UNCASED_NAMES = frozenset({"follow", "app", "byline", "copyright"})
"""Classes that hold names where capitals tell none."""

SIGNS_A_NAME = 4

Content = Literal["names", "credit", "list", "time", "title", "address"]

_LABEL = re.compile(r"\s*[:：=＝・／]\s*")
_TAG_BREAK = re.compile(r"\s*[,،、，;；|/·•#＃]\s*|\s+[-–]\s+")
_SENTENCE_END = re.compile(r"[.!?…。！？؟]$")


_read = lru_cache(maxsize=64)(tokens_of)
"""Languages one after the other look at the same parts of a line."""


@dataclass(frozen=True, slots=True)
class Cover:
    """
    Needs a word of each list in `needs`; every word has to be in a list of `beside`, or else a name, if names are few.

    Attributes:
        rule: The class.
        needs: Bits of lists.
        beside: Bits of lists.
        max_names: How many names it may hold.
        is_lone: May it hold one name alone?
        first: If not 0, bits that the first word needs: "more than 100 comments" tells something.
    """

    rule: str
    needs: int
    beside: int
    max_names: int = 0
    is_lone: bool = True
    first: int = 0


@dataclass(frozen=True, slots=True)
class Plea:
    """
    Needs words of these lists in this order, the first at the start of the line, or anywhere if it `is_free`.
    """

    rule: str
    needs: int
    order: tuple[int, ...]
    is_free: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """
    Needs a word of a list before a colon, or at the start if it `is_opening`, and content of its kind behind it.
    """

    rule: str
    needs: int
    content: Content
    is_opening: bool = False


@dataclass(frozen=True)
class Grammar:
    """
    The rules that hold in every language, and the bits of the lists that they speak of.

    Attributes:
        rules: In the order in which they are tried.
        others: Those of them that are no covers.
        beside: By class, the bits of all words that may stand in a line of it.
        filler: Bits of the words that may stand in any line.
        small: Bits of the words that may stand before a plea's opening.
        time: Bits of what a date line is made of.
    """

    rules: tuple[Cover | Plea | Label, ...]
    others: tuple[Plea | Label, ...]
    beside: Mapping[str, int]
    filler: int
    small: int
    time: int

    def match(self, line: str, tokens: Tokens, lexicon: Lexicon, *, with_covers: bool = True) -> Iterator[str]:
        """
        The classes of the rules of one language that a line falls under, in the order of the rules.
        """
        said = _Said.of(tokens, lexicon)
        bits = said.bits
        for rule in self.rules if with_covers else self.others:
            needs = rule.needs
            if bits & needs == needs and self._holds(rule, said, line):
                yield rule.rule

    def _holds(self, rule: Cover | Plea | Label, said: _Said, line: str) -> bool:
        if isinstance(rule, Cover):
            return said.is_short(MAX_COVER_WORDS) and said.is_covered_by(rule, line)
        if isinstance(rule, Plea):
            if not (said.is_short(MAX_PLEA_WORDS) and said.is_mostly_known()):
                return False
            return said.has_in_order(rule.order, self.small, is_free=rule.is_free)
        return self._opens(rule, said) if rule.is_opening else self._is_label(rule, said, line)

    def _opens(self, rule: Label, said: _Said) -> bool:
        if not said.lexicon.is_cased:
            return False
        starts = [end for end, bits in said.readings[0] if bits & rule.needs]
        return any(self._follows(rule, said.after(end)) for end in starts)

    def _is_label(self, rule: Label, said: _Said, line: str) -> bool:
        parts = _LABEL.split(line, maxsplit=1)
        if len(parts) < 2 or not parts[1]:
            return False
        label = _Said.of(_read(parts[0]), said.lexicon)
        if not label.is_short(MAX_LABEL_WORDS) or label.bits & rule.needs != rule.needs:
            return False
        if not label.is_covered(self.beside[rule.rule], 0) or not label.has_in_order((rule.needs,), self.small):
            return False
        if rule.content == "list":
            return _is_list(parts[1])
        return self._follows(rule, _Said.of(_read(parts[1]), said.lexicon))

    def _follows(self, rule: Label, said: _Said) -> bool:
        beside = self.beside[rule.rule]
        if not said.tokens.words:
            return False
        if rule.content == "names":
            limit = MAX_CREDIT_WORDS if said.lexicon.is_cased else MAX_UNCASED_NAMES
            return (
                said.is_short(MAX_CREDIT_WORDS)
                and said.has_name(rule, beside & ~self.filler)
                and said.is_covered(beside, limit)
            )
        if rule.content == "credit":
            return said.is_short(MAX_CREDIT_WORDS) and said.is_credit(beside)
        if rule.content == "time":
            return bool(said.bits & said.lexicon.number) and said.is_covered(beside | self.time, 0)
        if rule.content == "address":
            return bool(said.bits & said.lexicon.address) and said.is_short(MAX_TITLE_WORDS)
        return said.is_short(MAX_TITLE_WORDS)


@dataclass(frozen=True, slots=True)
class _Said:
    """
    A line as one language reads it.
    """

    tokens: Tokens
    readings: list[Sequence[Reading]]
    lexicon: Lexicon
    bits: int

    @classmethod
    def of(cls, tokens: Tokens, lexicon: Lexicon) -> _Said:
        readings = lexicon.read(tokens.words)
        bits = 0
        for found in readings:
            for _, more in found:
                bits |= more
        return cls(tokens, readings, lexicon, bits)

    def after(self, start: int) -> _Said:
        tokens = self.tokens
        rest = Tokens(tokens.words[start:], tokens.are_names[start:], tokens.are_uncased[start:])
        return _Said.of(rest, self.lexicon)

    def is_short(self, limit: int) -> bool:
        words = self.tokens.words
        signs = sum(map(is_sign, words))
        return len(words) - signs + signs / MAX_SIGNS <= limit

    def is_covered_by(self, rule: Cover, line: str) -> bool:
        """
        Does the cover hold all words, and names as it may?
        """
        if rule.first and not any(bits & rule.first for _, bits in self.readings[0]):
            return False
        if not self.is_covered(rule.beside, self._names_allowed(rule, line)):
            return False
        return rule.is_lone or not self._least_names(rule.beside) or sum(self.tokens.are_names[1:]) > 1

    def _names_allowed(self, rule: Cover, line: str) -> int:
        """
        How many names a cover may hold here: where capitals do not tell them, few, and none in a sentence.
        """
        if self.lexicon.is_cased or not rule.max_names:
            return rule.max_names
        is_open = rule.rule in UNCASED_NAMES and not _SENTENCE_END.search(line)
        return MAX_UNCASED_COVER_NAMES if is_open else 0

    def is_covered(self, beside: int, max_names: int) -> bool:
        """
        Is every word in one of the lists, or one of a few names?
        """
        limit = max_names * (SIGNS_A_NAME if self.lexicon.is_unspaced else 1)
        names = self._least_names(beside)
        return names is not None and names <= limit

    def is_mostly_known(self) -> bool:
        """
        Does the lexicon list enough of the words? A sentence in another language, or about another matter, has fewer.
        """
        return sum(map(bool, self.readings)) >= MIN_KNOWN * len(self.readings)

    def is_credit(self, beside: int) -> bool:
        """
        Are these names, words of the lists, and at most one other word? That one stands alone, or beside two names.
        """
        plain = [at for at, found in enumerate(self.readings) if not any(bits & beside for _, bits in found)]
        names = sum(map(self._may_be_name, plain))
        unsaid = len(plain) - names
        return not unsaid or (unsaid <= MAX_UNSAID and (names > unsaid or len(self.readings) <= MAX_LONE_CREDIT_WORDS))

    def _may_be_name(self, at: int) -> bool:
        return self.tokens.are_names[at] or (self.tokens.are_uncased[at] and not self.lexicon.is_cased)

    def has_name(self, rule: Label, own: int) -> bool:
        """
        Do two words that may be a name stand together, the first of them no ordinary word ("by popular demand")?
        Behind a colon one will do, as where capitals tell nothing.
        """
        names = self.tokens.are_names
        if not self.lexicon.is_cased and any(self.tokens.are_uncased):
            return True
        if not rule.is_opening:
            return names[0]
        ordinary = ~(self.lexicon.time | own)
        return any(
            first and second and not any(bits & ordinary for _, bits in found)
            for (first, second), found in zip(pairwise(names), self.readings, strict=False)
        )

    def has_in_order(self, order: Sequence[int], small: int, *, is_free: bool = False) -> bool:
        """
        Do words of these lists come in this order, the first of them where a plea may begin?
        """
        return any(self._follow(order, start) for start in self._starts(small, is_free=is_free))

    def _follow(self, order: Sequence[int], start: int) -> bool:
        at = self._next(order[0], start, start + 1)
        for bit in order[1:]:
            if at is None:
                return False
            at = self._next(bit, at, len(self.readings))
        return at is not None

    def _next(self, bit: int, start: int, stop: int) -> int | None:
        """
        Behind which word the first word of a list ends.
        """
        for found in self.readings[start:stop]:
            ends = [end for end, bits in found if bits & bit]
            if ends:
                return min(ends)
        return None

    def _starts(self, small: int, *, is_free: bool) -> range:
        if is_free:
            return range(len(self.readings))
        lead = 0
        while lead < min(MAX_LEAD_WORDS, len(self.readings) - 1):
            if not any(bits & small for _, bits in self.readings[lead]):
                break
            lead += 1
        return range(lead + 1)

    def _least_names(self, beside: int) -> int | None:
        count = len(self.readings)
        least: list[int | None] = [0, *[None] * count]
        for at, found in enumerate(self.readings):
            names = least[at]
            if names is None:
                continue
            for end, bits in found:
                if bits & beside:
                    _lower(least, end, names)
            if self._may_be_name(at):
                _lower(least, at + 1, names + 1)
        return least[count]


def _lower(least: list[int | None], at: int, names: int) -> None:
    known = least[at]
    if known is None or names < known:
        least[at] = names


def _is_list(text: str) -> bool:
    """
    Are these tags: a few short ones, and no sentence?
    """
    if _SENTENCE_END.search(text):
        return False
    tags = [tag for tag in _TAG_BREAK.split(text) if tag]
    if not 0 < len(tags) <= MAX_TAGS:
        return False
    limit = MAX_TAG_WORDS if len(tags) > 1 else MAX_TAG_WORDS - 1
    return all(_length(tag) <= limit for tag in tags)


def _length(tag: str) -> float:
    words = _read(tag).words
    signs = sum(map(is_sign, words))
    return len(words) - signs + signs / SIGNS_A_NAME
