"""
What is said between those who read pages from elsewhere and those who write them on.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from schemas.events import PageFetched
from schemas.replays import Stretch


@dataclass(frozen=True)
class Capture:
    """
    An answer as somebody kept it, its content encoding not undone.

    Attributes:
        url: Who answered.
        asked: Who was asked, where that is another and is known.
        headers: By lower-case name; several of one name are joined by a comma.
    """

    url: str
    fetched_at: datetime
    status: int
    headers: Mapping[str, str]
    body: bytes
    asked: str | None = None


@dataclass(frozen=True)
class Left:
    """
    Something that becomes no page, and why: a stable code, or the option that it does not fit.
    """

    why: str
    detail: str = ""


@dataclass(frozen=True)
class Found:
    """
    What was found in one place: a page, or a reason why there is none.

    Attributes:
        place: In words.
        partition: Of the stretch that it lies in.
        next: Where the stretch goes on behind it.
        headers: As they were on another cluster's topic; empty: they have to be made.
    """

    what: PageFetched | Left
    place: str
    partition: int
    next: int
    headers: Mapping[str, bytes] = field(default_factory=dict)


class Origin(Protocol):
    """
    Where pages come from.
    """

    @property
    def name(self) -> str:
        """
        For people.
        """

    @property
    def identity(self) -> str:
        """
        Equal for what is the same thing again.
        """

    @property
    def unit(self) -> str:
        """
        What its stretches count: bytes, files, offsets.
        """

    async def stretches(self) -> list[Stretch]:
        """
        All of it.
        """

    def found(self, left: Mapping[int, tuple[int, int]]) -> AsyncGenerator[Found, None]:
        """
        What lies in what is left of it.
        """
