"""
Runs: spans of capitalised words that may be one name, in text where capitals tell names.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.tagger.document import Document, Text, Token
from services.tagger.lexicon import Lexicon

MAX_RUN = 9
"""Words; anything longer is a title or a list, not a name."""

JOINTS = frozenset(("of", "for", "and", "on", "to", "in", "upon"))

Joined = frozenset[tuple[str, str, str]]
"""Places whose names have a joint inside: the words before it, the joint, and after it."""


@dataclass(frozen=True)
class Run:
    """
    Tokens `start` to `stop` of a text, with what stands right before.

    Attributes:
        is_titled: A title such as "President" comes before and is not part of it.
    """

    text: int
    start: int
    stop: int
    is_titled: bool = False

    def __len__(self) -> int:
        return self.stop - self.start


class RunFinder:
    """
    Finds the runs of one document.
    """

    def __init__(self, document: Document, lexicon: Lexicon, joined: Joined = frozenset()) -> None:
        self._document = document
        self._joined = joined
        self._lexicon = lexicon
        self._common = {
            token.norm for text in document.texts for token in text.tokens if not token.is_capital
        } | lexicon.stopwords
        self._before_of = lexicon.org_heads | lexicon.event_heads | lexicon.place_heads | {"republic"}
        self._heads = lexicon.given_names | lexicon.event_heads | lexicon.org_heads

    def runs(self) -> list[Run]:
        """
        All runs, in reading order.
        """
        found: list[Run] = []
        for number, text in enumerate(self._document.texts):
            if text.is_cased:
                found += self._in_text(number, text)
        return found

    def _in_text(self, number: int, text: Text) -> list[Run]:
        found: list[Run] = []
        position = 0
        is_titled = False
        while position < len(text.tokens):
            token = text.tokens[position]
            if not self._begins(token) and not self._leads(text, position):
                is_titled = self._is_title(token) or (is_titled and token.is_linked and self._modifies(token))
                position += 1
                continue
            stop = self._end(text, position)
            titled = is_titled and token.is_linked
            found.append(Run(number, position, stop, titled))
            position, is_titled = stop, False
        return found

    def _begins(self, token: Token) -> bool:
        if not token.is_capital or token.norm in self._lexicon.not_names or self._is_title(token):
            return False
        is_acronym = len(token.text) > 1 and token.text.isupper()
        if is_acronym or token.norm in self._lexicon.stopwords:
            return is_acronym
        if token.opens and token.norm in self._lexicon.roles:
            return False
        return not token.opens or token.norm in self._heads or token.norm not in self._common

    def _leads(self, text: Text, position: int) -> bool:
        """
        Whether a word that is no name by itself begins one: "New" before "Orleans".
        """
        token = text.tokens[position]
        return token.is_capital and token.norm in self._lexicon.prefixes and self._capital(text, position + 1)

    def _is_title(self, token: Token) -> bool:
        return token.is_capital and token.norm in self._lexicon.titles

    def _modifies(self, token: Token) -> bool:
        return token.is_capital and token.norm in self._lexicon.title_modifiers

    def _end(self, text: Text, start: int) -> int:
        stop = start + 1
        while stop < len(text.tokens) and stop - start < MAX_RUN:
            following = self._continues(text, start, stop)
            if not following:
                break
            stop = following
        return self._trimmed(text, start, stop)

    def _continues(self, text: Text, start: int, stop: int) -> int:
        """
        Where the run goes on to beyond `stop`; 0 where it ends there.
        """
        token = text.tokens[stop]
        if not token.is_linked:
            return 0
        if token.is_capital:
            return 0 if self._breaks(text, start, stop) else stop + 1
        if token.norm in self._lexicon.particles and self._capital(text, stop + 1):
            return stop + 2
        if token.norm in JOINTS and self._may_join(text, start, stop):
            after = stop + 1
            if after < len(text.tokens) and text.tokens[after].norm == "the":
                after += 1
            return after + 1 if self._capital(text, after) else 0
        return 0

    def _breaks(self, text: Text, start: int, stop: int) -> bool:
        """
        Whether a capitalised word begins something else: a title, a weekday.
        """
        token, last = text.tokens[stop], text.tokens[stop - 1]
        if token.norm in self._lexicon.not_names:
            return last.norm not in self._lexicon.given_names
        followed = self._capital(text, stop + 1) or (stop + 1 < len(text.tokens) and text.tokens[stop + 1].norm == "of")
        return stop - start >= 1 and token.norm in self._lexicon.titles and followed

    def _capital(self, text: Text, position: int) -> bool:
        if position >= len(text.tokens):
            return False
        token = text.tokens[position]
        return token.is_capital and token.is_linked and token.norm not in self._lexicon.not_names

    def _may_join(self, text: Text, start: int, stop: int) -> bool:
        joint = text.tokens[stop].norm
        words = [token.norm for token in text.tokens[start:stop]]
        if stop + 1 < len(text.tokens) and (words[-1], joint, text.tokens[stop + 1].norm) in self._joined:
            return True
        if joint == "of" and words[-1] in self._lexicon.event_tails:
            return True
        if joint in {"of", "for", "on", "to"}:
            return words[-1] in self._before_of
        return "of" in words or "for" in words

    def _trimmed(self, text: Text, start: int, stop: int) -> int:
        """
        Take modifiers of a title that follows off the end: "Ukraine Foreign" before "Minister".
        """
        following = text.tokens[stop] if stop < len(text.tokens) else None
        if following is None or not following.is_linked or following.norm not in self._lexicon.titles:
            return stop
        while stop - start > 1 and text.tokens[stop - 1].norm in self._lexicon.title_modifiers:
            stop -= 1
        return stop
