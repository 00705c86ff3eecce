"""
What an operator can set on the cleaner. All of it matters to outcomes, so all of it is in the fingerprint.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from services.runtime.settings import Settings


class CleanerSettings(Settings):
    """
    Limits of what counts as an article.
    """

    prefix: ClassVar[str] = "NEWS_CLEANER_"

    min_chars: int = Field(120, ge=0, description="a body shorter than this many characters is not an article")
    formats: tuple[Literal["markdown", "html"], ...] = Field(
        (), description="what events carry besides the clean text: markdown, html"
    )
    max_removed: int = Field(50, ge=0, le=50, description="removed lines that are told with an article")
    site_lines: bool = Field(
        default=True, description="lines that a site repeats from page to page are learned and cut"
    )
    site_lines_kept: tuple[str, ...] = Field(
        (), description="sites (registrable domains) where none are learned and none are cut"
    )
