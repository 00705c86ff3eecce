"""
Lines that are no part of any article, told by their whole text: skip links, share bars, pleas to subscribe.

The rules are data, a file a language beside this module: phrases, and words that rules are made of (`cover`). All
files hold for every page: sites mix languages. A line is removed only if all of it falls under a rule, so the same
words inside a sentence stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import zip_longest

from services.cleaner.boilerplate.lexicon import START_WORDS
from services.cleaner.boilerplate.phrasebook import Phrasebook, read_phrasebook, rule_digests
from services.cleaner.boilerplate.tokens import read_line, tokens_of, words_of
from services.cleaner.document import Body, Cut, Part, Passage, without
from services.cleaner.lines import fold

__all__ = ["Rules", "load_rules", "rule_digests", "strip_boilerplate"]

MAX_LINE_CHARS = 260
"""A longer line is prose."""

MAX_SHORT_CHARS = 160
"""A longer line is prose, or begins as pleas do."""

START_CHARS = 60
MAX_ENTRIES_CHARS = 60
"""A line of phrases alone, apart by marks, is not longer."""

MAX_COPYRIGHT_WORDS = 12
"""A line that has the sign and is not longer names an owner."""

MIN_PROSE_CHARS = 80
"""A paragraph that has at least so many, and ends as sentences do, is prose: the body's edges are outside of it."""

MAX_SEEN_LINES = 2_000
"""Lines that the rules remember."""

LABEL_WORDS = 8
MAX_COVER_SIGNS = 40
"""Words, or signs of a writing without spaces, beyond which no cover is tried."""

MAX_SEGMENTS = 6
MAX_REST_WORDS = 24
"""A sentence that goes on from a plea, to the same reader, has no more."""

HEADING_RULES = frozenset({"menu", "back-to-top", "related", "comments", "follow", "share", "read-more"})
"""Rules whose shortest phrases ("Home", "Topics") also head a section of an article."""

_COPYRIGHT_SIGNS = frozenset("©ⓒⒸ")
_MARKS_ONLY = "marks-only"
_COLON = re.compile(r"[:=・/]")
_TAGS = re.compile(r"(?:[#＃][^\s#＃]+[\s,]*){2,}")
_QUOTE = re.compile(r"""["“”„«»]""")
_SPOKEN_OR_NUMBERED = re.compile(r"""["'“”„‟«‹「『]|\d{1,2}[.)]\s+[^\W\d_]""")
_MAY_BREAK = re.compile(r"[.!?…;؟:/·–—。！？|•›»→-](?:\s|(?<=[。！？|•›»→]))")
"""Holds wherever a line has a break, and is found in a fraction of the time."""

_BREAK = re.compile(r"((?<=[.!?…;؟])\s+|(?<=[。！？])|\s+[|·•/–—-]\s+|\s*[|•›»→]\s*|:\s+)")

MAX_JUDGED_PARTS = 1500
"""From either end of a body; what is between in a longer one is no article's, and each part costs."""


@dataclass(frozen=True)
class Rules:
    """
    Whole-line rules.

    Attributes:
        book: What they are made of.
        seen: The classes of lines judged before: a page shows its lines several times, a site on many pages.
    """

    book: Phrasebook
    seen: dict[tuple[str, bool], str | None] = field(default_factory=dict, compare=False)

    def match(self, line: str, *, at_edge: bool = False) -> str | None:
        """
        The class of the rule that a line falls under, or None: it is text.

        Args:
            line: A line, or a paragraph as one line.
            at_edge: It stands before the first prose of the body, or behind the last.
        """
        if len(line) > MAX_LINE_CHARS:
            return None
        key = (line, at_edge)
        if key not in self.seen:
            if len(self.seen) >= MAX_SEEN_LINES:
                self.seen.clear()
            self.seen[key] = self._match(line, at_edge=at_edge)
        return self.seen[key]

    def _match(self, line: str, *, at_edge: bool) -> str | None:
        if len(line) > MAX_SHORT_CHARS and not self._may_plead(line):
            return None
        folded, words = read_line(line)
        if not folded:
            return _MARKS_ONLY
        found = self._whole(line, folded)
        if found or _SPOKEN_OR_NUMBERED.match(line):
            return found
        covering, other = self._languages(words, folded, at_edge=at_edge)
        if not covering | other and len(line) > MAX_ENTRIES_CHARS:
            return None
        found = self._by_words(line, words, languages=(covering, other), at_edge=at_edge)
        return found or self._by_segments(line, at_edge=at_edge)

    def _whole(self, line: str, folded: str) -> str | None:
        """
        The class of a line that is listed as a whole, or tells by its marks.
        """
        if not _COPYRIGHT_SIGNS.isdisjoint(line) and len(line.split()) <= MAX_COPYRIGHT_WORDS:
            return "copyright"
        found = self.book.phrases.get(folded)
        return "tags" if not found and _TAGS.fullmatch(line) else found

    def _by_words(self, line: str, words: tuple[str, ...], *, languages: tuple[int, int], at_edge: bool) -> str | None:
        covering, other = languages
        ending = _ending(line)
        tokens = None
        left = covering | other
        while left:
            language = left & -left
            left ^= language
            lexicon = self.book.lexicon(language.bit_length() - 1)
            if not language & other and ending and not lexicon.lists(ending):
                continue
            tokens = tokens or tokens_of(line, words)
            is_known = bool(language & covering) and lexicon.knows(tokens)
            if not is_known and not language & other:
                continue
            for rule in self.book.grammar.match(line, tokens, lexicon, with_covers=is_known):
                if at_edge or rule not in self.book.only_at_edges:
                    return rule
        return None

    def _may_plead(self, line: str) -> bool:
        """
        Does a longer line begin as pleas do?
        """
        start = words_of(line[:START_CHARS])[:START_WORDS]
        return any(self.book.index.find(start, labels=0, at_edge=False))

    def _languages(self, words: tuple[str, ...], folded: str, *, at_edge: bool) -> tuple[int, int]:
        """
        The languages whose covers, and those whose other rules, a line may fall under.
        """
        stop = LABEL_WORDS if _COLON.search(folded) else 0
        covering, other = self.book.index.find(words, labels=stop, at_edge=at_edge)
        return covering if len(words) <= MAX_COVER_SIGNS else 0, other

    def _by_segments(self, line: str, *, at_edge: bool) -> str | None:
        """
        A line of several sentences or entries goes if each of them would go alone, or goes on from one that would.
        """
        if not _MAY_BREAK.search(line):
            return None
        parts = _BREAK.split(line)
        segments, breaks = parts[::2], parts[1::2]
        if not 1 < len(segments) <= MAX_SEGMENTS:
            return None
        first = None
        may_go_on = False
        for segment, behind in zip_longest(segments, breaks, fillvalue=""):
            if not segment or not fold(segment):
                continue
            rule = self._segment(segment, at_edge=at_edge)
            if rule is None and not (may_go_on and self._goes_on(segment)):
                return None
            first = first or rule
            may_go_on = may_go_on or not behind.startswith(":")
        return first

    def _segment(self, segment: str, *, at_edge: bool) -> str | None:
        folded, words = read_line(segment)
        found = self.book.phrases.get(folded)
        languages = self._languages(words, folded, at_edge=at_edge)
        return found or self._by_words(segment, words, languages=languages, at_edge=at_edge)

    def _goes_on(self, segment: str) -> bool:
        words = words_of(segment)
        if all(word[0].isdigit() for word in words):
            return True
        return len(words) <= MAX_REST_WORDS and any(word in self.book.you for word in words)


def _ending(line: str) -> str:
    """
    The last word, folded, if it is surely no name: a sentence mostly ends with a word that no list holds.
    """
    last = line.rsplit(None, 1)[-1].rstrip(".!?…,:;")
    return fold(last) if last.isalpha() and last.islower() and not _QUOTE.search(line) else ""


@cache
def load_rules() -> Rules:
    """
    Read the rules of all languages.
    """
    return Rules(read_phrasebook())


def strip_boilerplate(body: Iterable[Part], rules: Rules, headings: frozenset[str] = frozenset()) -> Body:
    """
    Cut boilerplate passages, and boilerplate lines within passages.

    Args:
        body: What was found.
        rules: What to remove.
        headings: Folded one-word subheadings of the article, which stay under rules that they may share a word with.
    """
    return tuple(_stripped(tuple(body), rules, headings))


def _stripped(parts: Body, rules: Rules, headings: frozenset[str]) -> Iterator[Part]:
    first, last = _prose(parts, rules)
    unjudged = range(MAX_JUDGED_PARTS, len(parts) - MAX_JUDGED_PARTS)
    for place, part in enumerate(parts):
        if place in unjudged:
            yield part
        else:
            yield from _strip(part, rules, headings, at_edge=not first <= place <= last)


def _prose(parts: Sequence[Part], rules: Rules) -> tuple[int, int]:
    """
    The places of the first and the last prose; where there is none, all of the body is edge.
    """
    first = next((place for place in range(len(parts)) if _is_prose(parts[place], rules)), None)
    if first is None:
        return len(parts), -1
    return first, next(place for place in reversed(range(first, len(parts))) if _is_prose(parts[place], rules))


def _is_prose(part: Part, rules: Rules) -> bool:
    if not isinstance(part, Passage):
        return False
    text = part.text
    return len(text) >= MIN_PROSE_CHARS and part.kind != "heading" and not rules.match(text.replace("\n", " "))


def _is_one(part: Passage) -> bool:
    """
    May it be read as one line? The lines of a list, and the rows of a table, each stand for themselves.
    """
    return len(part.lines) == 1 or part.kind == "paragraph"


def _strip(part: Part, rules: Rules, headings: frozenset[str], *, at_edge: bool) -> Body:
    if not isinstance(part, Passage):
        return (part,)
    rule = rules.match(part.text.replace("\n", " "), at_edge=at_edge) if _is_one(part) else None
    if rule and not (rule in HEADING_RULES and fold(part.text) in headings):
        return (Cut(rule, part.text),)
    if len(part.lines) == 1:
        return (part,)
    gone = [(line, rule) for line in part.lines if (rule := rules.match(line.text, at_edge=at_edge))]
    return without(part, gone) if gone else (part,)
