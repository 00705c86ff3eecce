"""
What a task keeps of each site, for the sites seen last: there is no end of sites, but of memory there is.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

MAX_SITES = 2000

Kept = TypeVar("Kept")


class RecentSites(Generic[Kept]):
    """
    Something of each of the `MAX_SITES` sites asked for last.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, site: str, begin: Callable[[], Kept]) -> Kept:
        """
        What is kept of a site, begun if it is new or forgotten; the site asked for longest ago is forgotten for it.
        """
        kept = self._kept.get(site)
        if kept is None:
            kept = self._kept[site] = begin()
        self._kept.move_to_end(site)
        if len(self._kept) > MAX_SITES:
            self._kept.popitem(last=False)
        return kept
