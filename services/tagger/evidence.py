"""
What an article says of where it plays: the countries and divisions that it names, and where its other places cluster.

Each name votes for all places that bear it, by their size; the votes of different names that fall into one division, or
near each other on the map, add up. A name that is qualified once ("London, Ontario") keeps that sense in its article.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from services.tagger.gazetteer import Candidate, Gazetteer, Site

CELL_DEGREES = 1.5
MAX_CANDIDATES = 40
"""Places of one name that vote; the largest."""

QUALIFIED_VOTES = 2.0

_NOT_NATIONAL = frozenset(("ai", "cc", "co", "fm", "io", "ly", "me", "to", "tv", "ws"))
"""Country domains that are sold to everybody."""

Cell = tuple[int, int]


@dataclass(frozen=True)
class Evidence:
    """
    Signs of where an article plays.

    Attributes:
        countries: Mentions by name or demonym, by ISO 3166-1 code.
        divisions: Mentions by name, by country and code.
        votes: What each name gives to the places that bear it.
        regional: The sum of the votes by division.
        near: The sum of the votes by cell of the map.
        pinned: The place that a name was qualified to.
        home: The country of the publisher's domain.
    """

    countries: Counter[str] = field(default_factory=Counter)
    divisions: Counter[tuple[str, str]] = field(default_factory=Counter)
    votes: dict[str, tuple[tuple[Site, float], ...]] = field(default_factory=dict)
    regional: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    near: dict[Cell, float] = field(default_factory=lambda: defaultdict(float))
    pinned: dict[str, Site] = field(default_factory=dict)
    home: str | None = None

    def name(self, key: str, candidates: Iterable[Candidate], pinned: Site | None = None) -> None:
        """
        Let a name vote, once an article unless it is qualified now and was not before.
        """
        if key in self.votes and (pinned is None or key in self.pinned):
            return
        if pinned is not None:
            self.pinned[key] = pinned
        self._count(self.votes.pop(key, ()), -1.0)
        self.votes[key] = _shares(candidates) if pinned is None else ((pinned, QUALIFIED_VOTES),)
        self._count(self.votes[key], 1.0)

    def _count(self, votes: tuple[tuple[Site, float], ...], sign: float) -> None:
        for site, share in votes:
            if site.country and site.division:
                self.regional[site.country, site.division] += sign * share
            if (cell := cell_of(site)) is not None:
                self.near[cell] += sign * share

    def in_division(self, key: str, site: Site) -> float:
        """
        The votes of the other names for a place's division.
        """
        if not site.country or not site.division:
            return 0.0
        where = (site.country, site.division)
        own = sum(share for other, share in self.votes.get(key, ()) if (other.country, other.division) == where)
        return max(0.0, self.regional.get(where, 0.0) - own)

    def around(self, key: str, site: Site) -> float:
        """
        The votes of the other names for the cell of a place and the eight around it.
        """
        cell = cell_of(site)
        if cell is None or not self.near:
            return 0.0
        if (total := self._in_cells(cell)) == 0.0:
            return 0.0
        return max(0.0, total - sum(share for other, share in self.votes.get(key, ()) if _touches(other, cell)))

    def _in_cells(self, cell: Cell) -> float:
        row, column = cell
        get = self.near.get
        return sum([get((i, j), 0.0) for i in (row - 1, row, row + 1) for j in (column - 1, column, column + 1)])

    def middle(self, country: str | None, division: str | None) -> tuple[float, float] | None:
        """
        The middle of the named cities of a division, by their votes.
        """
        total = latitude = longitude = 0.0
        for votes in self.votes.values():
            for site, share in votes:
                if site.kind == "city" and (site.country, site.division) == (country, division):
                    total += share
                    latitude += share * (site.latitude or 0.0)
                    longitude += share * (site.longitude or 0.0)
        return (round(latitude / total, 2), round(longitude / total, 2)) if total >= 0.2 else None


def _shares(candidates: Iterable[Candidate]) -> tuple[tuple[Site, float], ...]:
    ranked = sorted((site for site, _ in candidates), key=lambda site: (-site.population, site.geonames_id or 0))
    sizes = [(site, math.sqrt(site.population + 1000.0)) for site in ranked[:MAX_CANDIDATES]]
    total = sum(size for _, size in sizes)
    return tuple((site, size / total) for site, size in sizes)


def cell_of(site: Site) -> Cell | None:
    """
    The cell of the map that a city or county lies in; wider places lie in many.
    """
    if site.kind not in {"city", "county"} or site.latitude is None or site.longitude is None:
        return None
    return math.floor(site.latitude / CELL_DEGREES), math.floor(site.longitude / CELL_DEGREES)


def _touches(site: Site, cell: Cell) -> bool:
    own = cell_of(site)
    return own is not None and abs(own[0] - cell[0]) <= 1 and abs(own[1] - cell[1]) <= 1


def home_of(url: str, gazetteer: Gazetteer) -> str | None:
    """
    The country whose domain an address is under.
    """
    domain = (urlsplit(url).hostname or "").rpartition(".")[2]
    return None if domain in _NOT_NATIONAL else gazetteer.domains.get(domain)
