"""
What an operator may set about texts and stories.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from services.runtime.settings import Settings


class LinkerSettings(Settings):
    """
    How long the linker remembers articles, and how much alike they have to be; degrees are in 0..1.
    """

    prefix: ClassVar[str] = "NEWS_LINKER_"

    window_hours: int = Field(72, ge=1, description="so long an article is compared with those that come, hours")
    max_articles: int = Field(
        1_000_000, ge=1, description="articles that are compared at most, the newest; a million take 1.7 GB of memory"
    )
    min_text_share: float = Field(
        0.4, gt=0, le=1, description="of a text that has to be in another for the two to be the same"
    )
    min_story_likeness: float = Field(
        0.22, gt=0, le=1, description="two articles that are less alike are not of one story"
    )
