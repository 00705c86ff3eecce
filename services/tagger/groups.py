"""
A group: one thing of the world, gathered from the ways in which an article writes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.parts import Mention
from services.tagger.gazetteer import Site
from services.tagger.rules import NameType

_FIELD_WEIGHT = {"headline": 3.0, "description": 2.0, "articleBody": 1.0}
EARLY_CHARS = 600
"""The lead of a body; what stands there weighs half as much again."""


@dataclass
class Group:
    """
    One thing and its pieces.
    """

    name: str
    type: NameType
    score: float
    site: Site | None = None
    mentions: list[Mention] = field(default_factory=list)
    wikidata: str | None = None

    @property
    def weight(self) -> float:
        """
        The attention that its mentions get.
        """
        return sum(
            _FIELD_WEIGHT[m.field] * (1.5 if m.field == "articleBody" and m.start < EARLY_CHARS else 1.0)
            for m in self.mentions
        )
