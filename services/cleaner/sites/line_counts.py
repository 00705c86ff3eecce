"""
Counting: which lines of a site's last articles are the site's, not the article's.

Pure: what was seen of a site goes in, lines go out. An article counts once, however often it was fetched, and a text
counts once, under however many addresses it stands.
"""

from __future__ import annotations

import struct
from array import array
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from services.cleaner.sites.site_lines import DIGEST_BYTES, Sighting

WINDOW = 50
"""Articles that shares are of: the last ones."""

MIN_ARTICLES, MIN_PERCENT = 6, 20
"""A line that stood in so many of them, and in such a share of them, is the site's."""

MIN_ARTICLES_GUARDED, MIN_PERCENT_GUARDED = 15, 50
"""The same where a line stands as the article's own text does."""

FORGET_AFTER = 200
"""Articles without a line, after which it is the site's no more."""

MAX_LINES = 300
"""Of a site."""

MAX_ARTICLES = 500
"""Ids of a site's articles that are remembered, so as not to count one twice."""

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class SiteCounts:
    """
    What was seen of a site since the task took over.

    Attributes:
        seen: For each of the site's known lines, the number of the last article that it stood in.
        articles: Ids of those that were counted, by their first 8 bytes; a ring.
        window: What was seen in the last of them.
        number: How many were counted.
        latest: The latest time at which one of the site's pages was fetched, counted or not.
    """

    seen: dict[bytes, int]
    articles: array[int] = field(default_factory=lambda: array("Q"))
    window: deque[Sighting] = field(default_factory=lambda: deque(maxlen=WINDOW))
    number: int = 0
    latest: datetime = BEGINNING

    @classmethod
    def after(cls, known: Iterable[bytes]) -> SiteCounts:
        """
        Begin to count, where some lines are known from before.
        """
        return cls(dict.fromkeys(sorted(known), 0))

    def count(self, article_id: UUID, sighting: Sighting) -> bool:
        """
        Take an article in, unless it, or its text, was taken before; say whether it was.
        """
        short_id = int.from_bytes(article_id.bytes[:8], "big")
        if short_id in self.articles or any(sighting.prose == other.prose for other in self.window):
            return False
        if len(self.articles) < MAX_ARTICLES:
            self.articles.append(short_id)
        else:
            self.articles[self.number % MAX_ARTICLES] = short_id
        self.window.append(sighting)
        self.number += 1
        for number in _numbers(sighting.free + sighting.guarded) if self.seen else ():
            if (digest := number.to_bytes(DIGEST_BYTES, "big")) in self.seen:
                self.seen[digest] = self.number
        return True

    def know(self, lines: Iterable[bytes]) -> None:
        """
        From now on these are the site's known lines.
        """
        self.seen = {digest: self.seen.get(digest, self.number) for digest in sorted(lines)}

    def lasting(self) -> set[bytes]:
        """
        The known lines that are not forgotten.
        """
        return {digest for digest, number in self.seen.items() if self.number - number < FORGET_AFTER}


def learned(window: deque[Sighting]) -> dict[bytes, int]:
    """
    The lines of a site by its last articles, each with the share of them that it stood in, percent.
    """
    free = Counter(_numbers(b"".join(sighting.free for sighting in window)))
    both = Counter(_numbers(b"".join(sighting.free + sighting.guarded for sighting in window)))
    size = len(window)
    return {
        number.to_bytes(DIGEST_BYTES, "big"): 100 * count // size
        for number, count in both.items()
        if count >= MIN_ARTICLES
        and (
            _is_enough(free[number], size, MIN_ARTICLES, MIN_PERCENT)
            or _is_enough(count, size, MIN_ARTICLES_GUARDED, MIN_PERCENT_GUARDED)
        )
    }


def _numbers(digests: bytes) -> tuple[int, ...]:
    """
    Joined digests as numbers: they are counted in a third of the time.
    """
    return struct.unpack(f">{len(digests) // DIGEST_BYTES}Q", digests)


def _is_enough(count: int, size: int, articles: int, percent: int) -> bool:
    return count >= articles and 100 * count >= percent * size


def joined(now: Mapping[bytes, int], before: Mapping[bytes, int], lasting: set[bytes]) -> dict[bytes, int]:
    """
    The lines of a site: those of its last articles, and those known before that last; the surest of too many.
    """
    lines = {digest: share for digest, share in before.items() if digest in lasting} | dict(now)
    ranked = sorted(lines, key=lambda digest: (-lines[digest], digest))
    return {digest: lines[digest] for digest in sorted(ranked[:MAX_LINES])}
