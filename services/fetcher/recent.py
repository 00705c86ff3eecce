"""
Entries that were read a moment ago, as values: the rules of a host are looked at for each of its pages, and reading
them from their bytes each time would cost more than all that is decided by them.
"""

from __future__ import annotations

from schemas.state import FrontierEntry

ROOM = 500
"""Entries; some kilobytes each, as values."""

MAX_ROBOTS_CHARS = 16 * 1024
"""An entry with longer rules is read anew each time; nearly all are shorter."""


class Recent:
    """
    The entries that were asked for last. Whoever keeps one here takes it out when it changes.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._entries: dict[str, FrontierEntry] = {}

    def get(self, url: str) -> FrontierEntry | None:
        """
        The entry of a URL, if it is here.
        """
        entry = self._entries.pop(url, None)
        if entry is not None:
            self._entries[url] = entry
        return entry

    def keep(self, entry: FrontierEntry) -> None:
        """
        Keep an entry, in place of the one that was not asked for the longest.
        """
        if len(entry.robots or "") > MAX_ROBOTS_CHARS:
            return
        if len(self._entries) >= self._room:
            del self._entries[next(iter(self._entries))]
        self._entries[entry.url] = entry

    def drop(self, url: str) -> None:
        """
        Know nothing of a URL.
        """
        self._entries.pop(url, None)
