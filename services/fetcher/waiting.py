"""
What waits to be asked for, by origin and by when it is due. News goes before looks: a look at a page that was published
already may be late, and nothing waits for it.

    key, due time, rank --> of each origin: what is due first, of each rank
"""

from __future__ import annotations

from heapq import heappop, heappush

NEWS, LOOK = RANKS = (0, 1)
"""Pages that are new and lists, before pages that are looked at again."""

Item = tuple[float, str]
"""When something is due, in seconds since 1970, and its key."""


class Waiting:
    """
    Items that wait no more, or for another time, are left behind in their queues until they come first.
    """

    def __init__(self) -> None:
        self._items: dict[str, Item] = {}
        self._queues: tuple[dict[str, list[Item]], ...] = ({}, {})

    def origins(self) -> int:
        """
        How many origins have something waiting, or had so lately.
        """
        return len(self._queues[NEWS].keys() | self._queues[LOOK].keys())

    def has(self, origin: str) -> bool:
        """
        Whether something waits at an origin, or did so lately.
        """
        news, looks = self._queues
        return origin in news or origin in looks

    def add(self, key: str, origin: str, *, due_s: float, rank: int) -> None:
        """
        Something waits.
        """
        item = self._items[key] = (due_s, key)  # its own: by it what stands in a queue is told from what stood there
        heappush(self._queues[rank].setdefault(origin, []), item)

    def remove(self, key: str) -> float | None:
        """
        It waits no more; return when it was due, if it waited.
        """
        item = self._items.pop(key, None)
        return None if item is None else item[0]

    def first(self, origin: str, rank: int) -> Item | None:
        """
        What of an origin is due first.
        """
        queue = self._queues[rank].get(origin)
        if queue is None:
            return None
        while queue and self._items.get(queue[0][1]) is not queue[0]:
            heappop(queue)
        if queue:
            return queue[0]
        del self._queues[rank][origin]
        return None


class Ready:
    """
    When each origin may be asked next, soonest first; an origin has one appointment.
    """

    def __init__(self) -> None:
        self._queue: list[Item] = []
        self._at: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, origin: str, when: float) -> None:
        """
        Make an appointment, or another one.
        """
        if self._at.get(origin) != when:
            self._at[origin] = when
            heappush(self._queue, (when, origin))

    def soonest(self) -> Item | None:
        """
        The next appointment.
        """
        while self._queue and self._at.get(self._queue[0][1]) != self._queue[0][0]:
            heappop(self._queue)
        return self._queue[0] if self._queue else None

    def take(self) -> str:
        """
        Remove the next appointment; return its origin.
        """
        origin = heappop(self._queue)[1]
        del self._at[origin]
        return origin
