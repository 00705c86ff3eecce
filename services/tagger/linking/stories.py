"""
The same story: which of the stories of the last days an article belongs to, and what becomes of the others by it.

    joined    like an article of the story, and not unlike the two next
    began     like none
    merged    like two stories, more than it takes to join: the smaller becomes part of the larger
    split     what held a story together was withdrawn or says something else now: the parts go on by themselves

A story keeps its id for as long as any of its articles is known, and the larger part of a story that falls apart does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from schemas.stories import WindowEntry
from services.tagger.linking import likeness
from services.tagger.linking.likeness import Features, Likeness
from services.tagger.linking.window import Window

NEXT = 3
NEXT_SHARE = 0.6
"""The mean of the `NEXT` likest articles of a story has to be this share of what the likest one has to be."""

MERGE_MORE = 1.3
"""An article has to be so much liker to two stories that they are one."""

KEEP_SHARE = 0.6
"""What is in a story stays while it is so much as like as it has to be for joining."""

MOST_MOVED = 100
"""Articles that one event moves from story to story; larger stories stay apart, or together."""


@dataclass(frozen=True)
class Newcomer:
    """
    An article, or a new version of one, that looks for its story.
    """

    article_id: UUID
    language: str | None
    seen_at: datetime
    features: Features


@dataclass(frozen=True)
class Fit:
    """
    A story that an article may belong to, and its article that it is most like.
    """

    nearest: WindowEntry
    likeness: Likeness

    @property
    def story_id(self) -> UUID:
        """
        The story.
        """
        return self.nearest.story_id


def newcomer_of(entry: WindowEntry) -> Newcomer:
    """
    An article that is known, as it would look for its story anew.
    """
    return Newcomer(entry.article_id, entry.in_language, entry.seen_at, likeness.decoded(entry.features))


def compare(window: Window, newcomer: Newcomer, entry: WindowEntry) -> Likeness:
    """
    How much an article is like one that is known.
    """
    return likeness.likeness(
        newcomer.features,
        likeness.decoded(entry.features),
        window.rarity_of,
        is_one_language=newcomer.language == entry.in_language,
        hours=abs((newcomer.seen_at - entry.seen_at).total_seconds()) / 3600,
    )


def fits(window: Window, newcomer: Newcomer, least: float) -> list[Fit]:
    """
    The stories that an article fits, best first.
    """
    by_story: defaultdict[UUID, list[Fit]] = defaultdict(list)
    for number in window.likely(newcomer.features, newcomer.article_id):
        entry = window.at(number)
        by_story[entry.story_id].append(Fit(entry, compare(window, newcomer, entry)))
    best = [max(found, key=_degree) for found in by_story.values() if _is_one(window, newcomer, found, least)]
    return sorted(best, key=_degree, reverse=True)


def _degree(fit: Fit) -> tuple[float, str]:
    return fit.likeness.degree, str(fit.nearest.article_id)


def _is_one(window: Window, newcomer: Newcomer, found: list[Fit], least: float) -> bool:
    degrees = sorted((fit.likeness.degree for fit in found), reverse=True)[:NEXT]
    if degrees[0] < least:
        return False
    others = window.size(found[0].story_id, newcomer.article_id)
    return sum(degrees) / min(NEXT, others) >= least * NEXT_SHARE


def merging(window: Window, found: Sequence[Fit], least: float) -> list[WindowEntry]:
    """
    The articles of a story that becomes part of another by an article that fits both: of the second in `found` into the
    first, which is the larger one here; none where nothing merges.
    """
    if len(found) < 2 or found[1].likeness.degree < least * MERGE_MORE:
        return []
    smaller = window.story(found[1].story_id)
    return [window.at(number) for number in smaller] if len(smaller) <= MOST_MOVED else []


def larger_first(window: Window, found: Sequence[Fit]) -> list[Fit]:
    """
    The two best fits, the larger story first; the older of two equal ones.
    """
    return sorted(found[:2], key=lambda fit: (-len(window.story(fit.story_id)), fit.nearest.story_since))


def stays(window: Window, newcomer: Newcomer, known: WindowEntry, least: float) -> Fit | None:
    """
    What holds a new version in the story that its article is in, if something does.
    """
    others = [window.at(number) for number in window.story(known.story_id)[:MOST_MOVED]]
    found = [Fit(other, compare(window, newcomer, other)) for other in others if other.article_id != known.article_id]
    best = max(found, key=_degree, default=None)
    return best if best is not None and best.likeness.degree >= least * KEEP_SHARE else None


Piece = list[WindowEntry]
"""Articles of a story that hold together by what each has joined, the oldest first."""


def pieces_without(window: Window, gone: WindowEntry, least: float) -> tuple[Piece, list[Piece]]:
    """
    What becomes of a story when an article leaves it: the articles that are tied to another of it instead, as they are
    then, and the pieces that fall off.
    """
    members = [window.at(number) for number in window.story(gone.story_id)]
    if len(members) > MOST_MOVED:
        return [], []
    held, orphans = _pieces([entry for entry in members if entry.article_id != gone.article_id], gone.article_id)
    if not held:
        held, orphans = [entry for piece in orphans[:1] for entry in piece], orphans[1:]
    tied, fallen = [], []
    for piece in orphans:
        newcomer = newcomer_of(piece[0])
        best = max((Fit(other, compare(window, newcomer, other)) for other in held), key=_degree)
        if best.likeness.degree >= least * KEEP_SHARE:
            tied.append(piece[0].model_copy(update={"joined_id": best.nearest.article_id}))
        else:
            fallen.append(piece)
    return tied, fallen


def _pieces(entries: Piece, gone: UUID) -> tuple[Piece, list[Piece]]:
    """
    The articles that need not what is gone, and the pieces that it held, the largest first, each with the article that
    was tied to it in front.
    """
    by_id = {entry.article_id: entry for entry in entries}
    pieces: defaultdict[UUID, Piece] = defaultdict(list)
    for entry in entries:
        pieces[_root(entry, by_id).article_id].append(entry)
    held, orphans = [], []
    for root, piece in pieces.items():
        if by_id[root].joined_id == gone:
            orphans.append(sorted(piece, key=lambda entry: entry.article_id != root))
        else:
            held.extend(piece)
    return held, sorted(orphans, key=lambda piece: (-len(piece), str(piece[0].article_id)))


def _root(entry: WindowEntry, by_id: dict[UUID, WindowEntry]) -> WindowEntry:
    passed = set()
    while entry.joined_id in by_id and entry.article_id not in passed:
        passed.add(entry.article_id)
        entry = by_id[entry.joined_id]
    return entry


def names_of(shares: Likeness, told: Iterable[str]) -> dict[str, float]:
    """
    The features that two articles share, by their names, the weightiest first.
    """
    named = {feature: shares.shares.get(likeness.hash_of(feature), 0.0) for feature in told}
    ordered = sorted(named.items(), key=lambda pair: (-pair[1], pair[0]))
    return {feature: round(share, 3) for feature, share in ordered if share > 0}
