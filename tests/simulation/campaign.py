"""
Seeds, one after the other, and the smallest plan that still breaks a promise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tests.simulation.bugs import Bug
from tests.simulation.checks import violations
from tests.simulation.plan import Plan, plan_of
from tests.simulation.world import World


@dataclass(frozen=True)
class Broken:
    """
    A run that broke a promise: its plan, and what was broken.
    """

    plan: Plan
    found: tuple[str, ...]

    def __str__(self) -> str:
        steps = "\n".join(f"  {step}" for step in self.plan.steps)
        hosts = " ".join(f"{name} ({delay_s} s)" for name, delay_s in self.plan.hosts)
        told = "\n".join(f"  {what}" for what in self.found)
        return f"seed {self.plan.seed}, hosts {hosts}, members {self.plan.members}\n{steps}\nbreaks:\n{told}"


def judge(plan: Plan, bug: Bug | None = None) -> Broken | None:
    """
    Run a plan.
    """
    world = World(plan, bug)
    world.run()
    found = violations(world)
    return Broken(plan, tuple(found)) if found else None


def broken(seeds: Iterable[int], bug: Bug | None = None) -> Iterator[Broken]:
    """
    The seeds among some that break a promise.
    """
    for seed in seeds:
        found = judge(plan_of(seed), bug)
        if found is not None:
            yield found


def shrunk(given: Broken, bug: Bug | None = None) -> Broken:
    """
    Leave out step by step what is not needed to break the same kind of promise.
    """
    kinds = {_kind(what) for what in given.found}
    best, size = given, max(1, len(given.plan.steps) // 2)
    while size:
        start = 0
        while start < len(best.plan.steps):
            fewer = replace(best.plan, steps=best.plan.steps[:start] + best.plan.steps[start + size :])
            found = judge(fewer, bug)
            if found is not None and kinds & {_kind(what) for what in found.found}:
                best = found
            else:
                start += size
        size //= 2
    return best


def _kind(what: str) -> str:
    return ":".join(what.split(":")[:2]) if what.count(":") > 1 else what.partition(":")[0]
