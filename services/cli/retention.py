"""
How long topics keep what holds text: settings, in days, instead of what the contract says.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from schemas import topics
from schemas.topics import DAY_MS, Topic
from services.runtime.settings import Settings

LONGEST_DAYS = 3650


def _days(topic: Topic[Any]) -> int:
    assert topic.retention_ms is not None
    return topic.retention_ms // DAY_MS


class TopicsSettings(Settings):
    """
    How long topics keep what holds text, in days; taken by `news-ingest topics create`, and by `topics apply` later on.
    """

    prefix: ClassVar[str] = "NEWS_TOPICS_"

    pages_days: int = Field(
        _days(topics.PAGE_FETCHED),
        ge=1,
        le=LONGEST_DAYS,
        description="news.page.fetched; older pages cannot be replayed",
    )
    cleaned_days: int = Field(
        _days(topics.ARTICLE_CLEANED), ge=1, le=LONGEST_DAYS, description="news.article.cleaned; the same of articles"
    )
    tagged_days: int = Field(
        _days(topics.ARTICLE_TAGGED),
        ge=1,
        le=_days(topics.ARTICLE_TAGGED),
        description="news.article.tagged; not longer than versions are remembered",
    )
    letters_days: int = Field(
        _days(topics.DEAD_LETTERS),
        ge=1,
        le=LONGEST_DAYS,
        description="news.dead-letters; older ones are not driven again",
    )

    def retention_ms(self) -> dict[str, int]:
        """
        Milliseconds by the name of the topic.
        """
        days = {
            topics.PAGE_FETCHED.name: self.pages_days,
            topics.ARTICLE_CLEANED.name: self.cleaned_days,
            topics.ARTICLE_TAGGED.name: self.tagged_days,
            topics.DEAD_LETTERS.name: self.letters_days,
        }
        return {name: count * DAY_MS for name, count in days.items()}
