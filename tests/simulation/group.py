"""
A consumer group: who is in it, and who has which partitions. Every rebalance takes everything away first.
"""

from __future__ import annotations

from functools import partial
from typing import Protocol

from tests.simulation.kernel import Kernel, Process

SESSION_S = 10.0
REBALANCE_S = 40.0
HEARTBEAT_S = 2.5


class Joined(Protocol):
    """
    A member, as its group knows it.
    """

    process: Process

    def revoked(self) -> None: ...

    def assigned(self, partitions: tuple[int, ...]) -> None: ...


class Group:
    """
    The coordinator of one group.
    """

    def __init__(self, kernel: Kernel, partitions: int) -> None:
        self._kernel, self._partitions = kernel, partitions
        self._generation = 0
        self._members: list[Joined] = []
        self._awaited: list[Joined] = []
        self.is_moving = False
        self.owners: dict[int, Joined] = {}

    def __contains__(self, member: Joined) -> bool:
        return member in self._members

    def join(self, member: Joined) -> None:
        """
        Somebody comes, for the first time or again; he holds nothing.
        """
        if member not in self._members:
            self._members.append(member)
        self._rebalance(but=member)

    def leave(self, member: Joined) -> None:
        """
        Somebody went, or was silent for a session.
        """
        if member in self._members:
            self._members.remove(member)
            self._let_go(member)
            self._rebalance(but=member)

    def shake(self) -> None:
        """
        A rebalance without a reason.
        """
        self._rebalance(but=None)

    def is_ready(self, member: Joined) -> None:
        """
        Somebody has ended his tasks.
        """
        self._let_go(member)

    def _let_go(self, member: Joined) -> None:
        if member in self._awaited:
            self._awaited.remove(member)
        if self.is_moving and not self._awaited:
            self._assign()

    def _rebalance(self, but: Joined | None) -> None:
        if self.is_moving:
            return
        self.is_moving = True
        self._generation += 1
        generation = self._generation
        self._awaited = [each for each in self._members if each is not but]
        for member in tuple(self._awaited):
            self._kernel.after(self._kernel.random.uniform(0, HEARTBEAT_S), partial(self._revoke, member, generation))
        self._kernel.after(REBALANCE_S, lambda: self._give_up(generation))
        if not self._awaited:
            self._assign()

    def _revoke(self, member: Joined, generation: int) -> None:
        if generation == self._generation and member in self._awaited:
            member.process.when_awake(member.revoked)

    def _give_up(self, generation: int) -> None:
        if self.is_moving and generation == self._generation:
            for member in tuple(self._awaited):
                self._members.remove(member)
            self._awaited.clear()
            self._assign()

    def _assign(self) -> None:
        self.is_moving = False
        self._generation += 1
        if not self._members:
            return
        count, turn = len(self._members), self._generation // 2
        self.owners = {part: self._members[(part + turn) % count] for part in range(self._partitions)}
        for member in self._members:
            share = tuple(part for part, owner in self.owners.items() if owner is member)
            call = partial(self._hand_over, member, share, self._generation)
            self._kernel.after(self._kernel.latency_s(), call)

    def _hand_over(self, member: Joined, share: tuple[int, ...], generation: int) -> None:
        if generation == self._generation and member in self._members:
            member.process.when_awake(lambda: member.assigned(share))
