"""
The core under simulated faults: a few seeds here, ten thousand in `make simulate`; and the checker itself, checked.
"""

from __future__ import annotations

import pytest

from schemas import topics
from schemas.ids import article_id
from services.runtime.record import Outgoing
from tests.simulation.broker import Marked
from tests.simulation.bugs import Bug
from tests.simulation.campaign import broken, judge, shrunk
from tests.simulation.checks import taken_down, violations
from tests.simulation.plan import Plan, plan_of
from tests.simulation.web import Sent
from tests.simulation.world import World

SEEDS = 60
"""About five seconds of one core."""

FIRST, BUG_SEEDS = {Bug.EARLY_MEMORY: 36, Bug.EARLY_OFFSET: 16}, 6
"""Within so many seeds each planted mistake is found; those that find the two rarest are known."""

QUIET = Plan(seed=1, hosts=(("paper.example", 2),), members=(1, 1, 1), steps=())


def test_no_seed_breaks_a_promise() -> None:
    """
    Nothing lost, nothing doubled, no key backwards, tables as outputs, no host asked too soon, under all faults.
    """
    found = "\n".join(str(shrunk(each)) for each in broken(range(SEEDS)))

    assert found == ""


@pytest.mark.parametrize("bug", list(Bug), ids=lambda bug: bug.name)
def test_a_planted_bug_is_found(bug: Bug) -> None:
    """
    The checker is checked: each mistake breaks a promise within few seeds.
    """
    first = FIRST.get(bug, 0)
    found = next(broken(range(first, first + BUG_SEEDS), bug), None)

    assert found is not None, bug


def test_a_seed_is_replayed() -> None:
    """
    Equal seeds give equal logs, to the byte.
    """
    one, other = World(plan_of(3)), World(plan_of(3))
    one.run()
    other.run()

    assert _told(one) == _told(other)


def test_what_is_not_needed_is_left_out() -> None:
    """
    A plan that breaks a promise is shrunk to what breaks it: records that are lost by planted mistake need no fault.
    """
    found = next(broken(range(BUG_SEEDS), Bug.DROPPED_LETTER))
    smallest = shrunk(found, Bug.DROPPED_LETTER)

    assert len(smallest.plan.steps) < len(found.plan.steps)
    assert judge(smallest.plan, Bug.DROPPED_LETTER) is not None


def test_two_requests_too_soon_are_found() -> None:
    """
    By the host's own log.
    """
    world = World(QUIET)
    world.run()
    owner = object()
    log = world.web.hosts["paper.example"].log
    log += [_sent(10.0, owner), _sent(11.5, owner)]

    assert [each.partition(":")[0] for each in violations(world)] == ["politeness"]


def test_a_delivery_after_a_takedown_is_found() -> None:
    """
    A value for a key that was taken down is none that may stand.
    """
    world = World(QUIET)
    world.run()
    name = article_id("https://paper.example/a0")
    world.barred.add(name)
    world.broker.append([Marked(Outgoing(topics.ARTICLE_CLEANED.name, 0, str(name).encode(), b"{}"))])

    assert list(taken_down(world)) == [f"{topics.ARTICLE_CLEANED.name} {name}"]


def _sent(at: float, owner: object) -> Sent:
    return Sent("https://paper.example/a0", at, 2.0, 0.2, owner, is_zombie=False, heard_at=at + 0.2)


def _told(world: World) -> list[object]:
    logs = world.broker.logs
    return [(place, entry.marked, entry.at) for place in sorted(logs) for entry in logs[place]]
