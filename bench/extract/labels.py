"""
Which blocks of a page are of its article, by the known text: a block's words are sought in it, in order.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SHINGLE = 4
"""Words that have to follow each other; shorter blocks have to match as a whole."""

MIN_SHARE = 0.25
"""A block of which less is found is not of the article."""

_WORDS = re.compile(r"\w+")


@dataclass(frozen=True)
class Match:
    """
    A place in the known text where a block may stand, in words, and how much of the block is found there.
    """

    start: int
    end: int
    share: float
    weight: float


class Truth:
    """
    The known text of an article, indexed.
    """

    def __init__(self, body: str) -> None:
        self.words = _WORDS.findall(body.casefold())
        self.lines: set[tuple[int, int]] = set()
        at = 0
        for line in body.split("\n"):
            size = len(_WORDS.findall(line.casefold()))
            self.lines.add((at, at + size))
            at += size
        self.at: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for index in range(len(self.words)):
            self.at[tuple(self.words[index : index + SHINGLE])].append(index)
            self.at[(self.words[index],)].append(index)

    def matches(self, text: str) -> Iterator[Match]:
        """
        The places where a block may stand.
        """
        words = _WORDS.findall(text.casefold())
        if words and len(words) < SHINGLE:
            yield from self._whole(words)
        elif words:
            yield from self._partly(words)

    def _whole(self, words: list[str]) -> Iterator[Match]:
        size = len(words)
        for start in self.at.get((words[0],), [])[:200]:
            if self.words[start : start + size] == words:
                is_line = (start, start + size) in self.lines
                yield Match(start, start + size, 1.0 if is_line else 0.6, size * (1.0 if is_line else 0.3))

    def _partly(self, words: list[str]) -> Iterator[Match]:
        votes: dict[int, int] = defaultdict(int)
        last = len(words) - SHINGLE + 1
        for index in range(last):
            for start in self.at.get(tuple(words[index : index + SHINGLE]), [])[:50]:
                votes[start - index] += 1
        slack = max(3, len(words) // 8)
        for start in sorted(votes, key=lambda start: (-votes[start], start))[:6]:
            near = sum(count for other, count in votes.items() if abs(other - start) <= slack)
            share = min(1.0, near / last)
            if share >= MIN_SHARE:
                yield Match(max(0, start), min(len(self.words), start + len(words)), share, len(words) * share)


def label_blocks(texts: Sequence[str], body: str) -> list[float]:
    """
    How much of each block is of the article: the heaviest chain of matches that is in order on both sides.
    """
    truth = Truth(body)
    size = len(truth.words) + 3
    heaviest: list[tuple[float, int]] = [(0.0, -1)] * size  # a Fenwick tree of maxima over places in the text
    links: list[tuple[int, int, Match]] = []
    for index, text in enumerate(texts):
        found = []
        for match in truth.matches(text):
            overlap = min(2, (match.end - match.start) // 4)
            weight, before = _best(heaviest, match.start + 1 + overlap)
            found.append((weight + match.weight, before, max(1, match.end - overlap + 1), match))
        for weight, before, place, match in found:
            links.append((before, index, match))
            _raise(heaviest, place, (weight, len(links) - 1))
    labels = [0.0] * len(texts)
    at = _best(heaviest, size - 1)[1]
    while at >= 0:
        at, index, match = links[at]
        labels[index] = match.share
    return labels


def label_by_snippets(texts: Sequence[str], inside: Sequence[str], outside: Sequence[str]) -> list[float | None]:
    """
    What little is known where only snippets are: None is not known.
    """
    labels: list[float | None] = [None] * len(texts)
    folded = [" ".join(text.split()) for text in texts]
    for snippet in (" ".join(snippet.split()) for snippet in outside):
        for index, text in enumerate(folded):
            if snippet in text and len(snippet) * 3 > len(text):
                labels[index] = 0.0
    for snippet in (" ".join(snippet.split()) for snippet in inside):
        hits = [index for index, text in enumerate(folded) if snippet in text]
        if len(hits) == 1:
            labels[hits[0]] = 1.0
    return labels


def _best(tree: list[tuple[float, int]], at: int) -> tuple[float, int]:
    best = (0.0, -1)
    at = min(at, len(tree) - 1)
    while at > 0:
        if tree[at][0] > best[0]:
            best = tree[at]
        at -= at & -at
    return best


def _raise(tree: list[tuple[float, int]], at: int, value: tuple[float, int]) -> None:
    while at < len(tree):
        if value[0] > tree[at][0]:
            tree[at] = value
        at += at & -at
