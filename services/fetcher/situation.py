"""
What a decision on an entry is made in, and how the entry changes by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas import topics
from schemas.parts import Hints
from schemas.state import FrontierEntry
from services.fetcher.frontier import Frontier
from services.fetcher.looks import next_look
from services.runtime.outcome import Change


@dataclass(frozen=True)
class Situation:
    """
    What a decision is made in.
    """

    frontier: Frontier
    entry: FrontierEntry
    now: datetime

    def changed(self, **fields: Any) -> tuple[Change, ...]:
        """
        The entry's change, in the form of an outcome.
        """
        fresh = self.entry.model_copy(update={"changed_at": self.now, "reason": None, **fields})
        return (Change(topics.FRONTIER, fresh.url, fresh),)

    def closed(
        self, state: str, reason: str | None = None, due_at: datetime | None = None, **fields: Any
    ) -> tuple[Change, ...]:
        """
        The change of an entry that is over: what was only needed to fetch it is forgotten, unless it is looked at
        again; title and date of change are kept, by which an edit is known. One that its source edited meanwhile is due
        again: what came may be older.
        """
        said = self.entry.revised or self.entry.hints
        kept = Hints(title=said.title, modified=said.modified) if due_at is None else said
        over: dict[str, Any] = {"state": state, "reason": reason, "due_at": due_at, "hints": kept}
        if due_at is None:
            over |= {"request_id": "", "traceparent": None, "origin": None, "discovered_at": None}
        if self.entry.revised is not None:
            over = {"state": "waiting", "due_at": self.now, "hints": said, "revised": None}
        return self.changed(**over, attempts=0, chain=[], **fields)

    def look_at(self, born: datetime | None) -> datetime | None:
        """
        When a page that was new at some moment is looked at next, if it is.
        """
        return None if born is None else next_look(born, self.now, self.frontier.settings.revisit_ages_s)
