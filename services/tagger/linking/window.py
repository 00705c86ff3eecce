"""
The articles of the last days, found by what they say: numbers and indexes over the table that remembers them.

    key <-> number     numbers of articles that have left are given again
    texts              the first articles with each text, by shingles
    features           all articles, by what they are about
"""

from __future__ import annotations

from collections import Counter, deque
from datetime import datetime
from uuid import UUID

import numpy as np

from schemas.base import Event
from schemas.packing import EPOCH
from schemas.stories import WindowEntry
from services.runtime.table import Table
from services.tagger.linking import likeness, sketches
from services.tagger.linking.likeness import Features
from services.tagger.linking.postings import Postings
from services.tagger.linking.same_text import Match, Texts
from services.tagger.linking.sketches import Sketch

FIRST_ROOM = 1024
OLDEST_SHARE = 64
"""One look at all articles tells so small a part of them, the oldest: they leave one after the other."""

OFTEN = 2000
"""A feature that more articles have leads to none of them: it would lead to too many."""

LIKELY = 16
"""Articles that are compared, those that share most."""

_ID_BITS = 0xFFFFFFFF


class Window:
    """
    What is known of the last days' articles. What a decision changes it has read before: so the indexes know what was.

    Attributes:
        newest: When the newest article was seen.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._read: dict[str, WindowEntry] = {}
        self._rarities: dict[int, float] = {}
        self._ids = np.zeros((FIRST_ROOM, 16), dtype=np.uint8)
        self._seen = np.zeros(FIRST_ROOM, dtype=np.uint32)
        self._stories = np.zeros(FIRST_ROOM, dtype=np.uint64)
        self._free = list(range(FIRST_ROOM - 1, -1, -1))
        self._numbers = Postings()
        self._texts = Texts(self._sketch)
        self._features = Postings()
        self._oldest: deque[tuple[int, int]] = deque()
        self._count = 0
        self.newest = EPOCH
        table.watch(self._changed)

    def __len__(self) -> int:
        return self._count

    def begin(self) -> None:
        """
        A new decision: what was read and counted for the one before is forgotten.
        """
        self._read.clear()
        self._rarities.clear()

    def entry(self, article_id: UUID) -> WindowEntry | None:
        """
        What is remembered of an article.
        """
        key = str(article_id)
        if key not in self._read:
            found = self._table.get(key)
            if found is None:
                return None
            assert isinstance(found, WindowEntry)
            self._read[key] = found
        return self._read[key]

    def at(self, number: int) -> WindowEntry:
        """
        The article of a number.
        """
        entry = self.entry(UUID(bytes=self._ids[number].tobytes()))
        assert entry is not None
        return entry

    def same_text(self, sample: Sketch, least: float, but: UUID) -> Match | None:
        """
        The first article with this text, at least to a degree; never `but`.
        """
        return self._texts.find(sample, least, -1 if (own := self._number(but)) is None else own)

    def likely(self, features: Features, but: UUID) -> list[int]:
        """
        The articles that share most with one, never that one.
        """
        counts: Counter[int] = Counter()
        for each in features.hashes.tolist():
            articles = self._features.articles(each)
            if len(articles) <= OFTEN:
                worth = round(1000 * self.rarity_of(each))
                counts.update(dict.fromkeys(articles.tolist(), worth))
        if (own := self._number(but)) is not None:
            del counts[own]
        return sorted(counts, key=lambda number: (-counts[number], -int(self._seen[number]), number))[:LIKELY]

    def rarity_of(self, feature: int) -> float:
        """
        How much it says that two articles share a feature.
        """
        if feature not in self._rarities:
            self._rarities[feature] = likeness.rarity(self._count, len(self._features.articles(feature)))
        return self._rarities[feature]

    def story(self, story_id: UUID) -> list[int]:
        """
        The articles of a story, by age.
        """
        found = np.flatnonzero((self._stories == _story(story_id)) & (self._seen > 0))
        return sorted(found.tolist(), key=lambda number: (int(self._seen[number]), number))

    def size(self, story_id: UUID, but: UUID) -> int:
        """
        How many articles a story has, one apart.
        """
        members = self._stories == _story(story_id)
        if (own := self._number(but)) is not None:
            members[own] = False
        return int(np.count_nonzero(members & (self._seen > 0)))

    def leaving(self, before: datetime, most: int, limit: int) -> list[WindowEntry]:
        """
        Some of the oldest articles, if they were seen before a moment, or are more than `most`; at most `limit`.
        """
        found: list[WindowEntry] = []
        while len(found) < min(limit, self._count):
            if not self._oldest:
                self._look_for_oldest()
            number, seen = self._oldest[0]
            if seen >= _seconds(before) and self._count - len(found) <= most:
                break
            self._oldest.popleft()
            if self._seen[number] == seen:  # else it has left, or was seen again
                found.append(self.at(number))
        return found

    def _look_for_oldest(self) -> None:
        known = np.flatnonzero(self._seen)
        oldest = known[np.lexsort((known, self._seen[known]))][: 1 + len(known) // OLDEST_SHARE]
        self._oldest.extend(zip(oldest.tolist(), self._seen[oldest].tolist(), strict=True))

    def _sketch(self, number: int) -> Sketch:
        return sketches.decoded(self.at(number).sketch)

    def _changed(self, key: str, value: Event | None) -> None:
        """
        The table has another value for an article, or none.
        """
        article_id = UUID(key)
        number = self._number(article_id)
        if number is not None:
            self._leave(number, self._read.pop(key))
        if isinstance(value, WindowEntry):
            self._enter(article_id, value)

    def _enter(self, article_id: UUID, entry: WindowEntry) -> None:
        number = self._take_number()
        self._ids[number] = np.frombuffer(article_id.bytes, dtype=np.uint8)
        self._seen[number] = _seconds(entry.seen_at)
        self.newest = max(self.newest, entry.seen_at)
        self._stories[number] = _story(entry.story_id)
        self._numbers.add(_short(article_id), number)
        self._features.add(likeness.decoded(entry.features).hashes, number)
        if entry.sketch:
            self._texts.add(sketches.decoded(entry.sketch), number)
        self._count += 1

    def _leave(self, number: int, entry: WindowEntry) -> None:
        self._numbers.remove(_short(entry.article_id), number)
        self._features.remove(likeness.decoded(entry.features).hashes, number)
        if entry.sketch:
            self._texts.remove(sketches.decoded(entry.sketch), number)
        self._seen[number] = 0
        self._free.append(number)
        self._count -= 1

    def _take_number(self) -> int:
        if not self._free:
            room = len(self._seen)
            self._ids = np.concatenate((self._ids, np.zeros_like(self._ids)))
            self._seen = np.concatenate((self._seen, np.zeros_like(self._seen)))
            self._stories = np.concatenate((self._stories, np.zeros_like(self._stories)))
            self._free.extend(range(2 * room - 1, room - 1, -1))
        return self._free.pop()

    def _number(self, article_id: UUID) -> int | None:
        [short] = _short(article_id).tolist()
        for number in self._numbers.articles(short).tolist():
            if self._ids[number].tobytes() == article_id.bytes:
                return int(number)
        return None


def _short(article_id: UUID) -> sketches.Numbers:
    return np.array([article_id.int & _ID_BITS], dtype=np.uint32)


def _story(story_id: UUID) -> np.uint64:
    return np.uint64(story_id.int & 0xFFFFFFFFFFFFFFFF)


def _seconds(moment: datetime) -> int:
    """
    Since 1970, and never 0: that is nobody's.
    """
    return min(max(1, int((moment - EPOCH).total_seconds())), _ID_BITS)
