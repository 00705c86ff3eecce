"""
What is told of an article that was linked, or moved, as the world gets it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from schemas.ids import text_group_id
from schemas.stories import SameText, SharedFeature, StoryLinked, StoryMembership, WindowEntry
from services.tagger.linking.stories import Fit, names_of

MOST_NAMED = 10
"""Shared features that are told."""


@dataclass(frozen=True)
class Came:
    """
    How an article came to the story that it is in now.

    Attributes:
        size: Articles of the story.
        before: The story that it was in before, if that is another.
        change: As in `StoryMembership`.
        fit: The article that it is most like, where that decided.
    """

    size: int
    change: Literal["began", "joined", "merged", "split"]
    before: UUID | None = None
    fit: Fit | None = None


def link_of(entry: WindowEntry, came: Came, at: datetime, features: Iterable[str] = ()) -> StoryLinked:
    """
    The event that tells of an article, which has these features.
    """
    nearest = came.fit
    shared = names_of(nearest.likeness, features) if nearest else {}
    return StoryLinked(
        article_id=entry.article_id,
        url=entry.url,
        in_language=entry.in_language,
        version=entry.version,
        linked_at=at,
        same_text=SameText(
            group_id=text_group_id(entry.first_article_id),
            first_article_id=entry.first_article_id,
            first_seen=entry.first_seen,
            similarity=entry.similarity,
            is_first=entry.first_article_id == entry.article_id,
        ),
        story=StoryMembership(
            story_id=entry.story_id,
            size=came.size,
            first_seen=entry.story_since,
            change=came.change,
            from_story_id=came.before,
            joined_article_id=nearest.nearest.article_id if nearest else None,
            similarity=round(nearest.likeness.degree, 4) if nearest else None,
            because=[SharedFeature(feature=f, weight=w) for f, w in list(shared.items())[:MOST_NAMED]],
        ),
    )
