"""
The inputs of a simulated task that are under way: `services.runtime.window`, with work that is done or not yet.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from services.runtime.pool import Worked
from services.runtime.processor import Input


@dataclass
class UnderWay:
    """
    An input, and the work on it once that is done.
    """

    given: Input
    work: Worked | None = None
    is_patient: bool = False


@dataclass
class Window:
    """
    Records in order, and actions as they come.
    """

    records: deque[UnderWay] = field(default_factory=deque)
    actions: list[UnderWay] = field(default_factory=list)

    @property
    def is_idle(self) -> bool:
        return not self.records and not self.actions

    @property
    def has_finished(self) -> bool:
        return bool(self.records and self.records[0].work) or any(each.work for each in self.actions)

    @property
    def is_finished(self) -> bool:
        return all(each.work for each in self.records if not each.is_patient)

    def take_finished(self) -> list[UnderWay]:
        taken = []
        while self.records and self.records[0].work:
            taken.append(self.records.popleft())
        done = [each for each in self.actions if each.work]
        self.actions = [each for each in self.actions if not each.work]
        return taken + done
