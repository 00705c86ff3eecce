"""
What happens to a run from outside: traffic and faults, drawn from its seed. A plan is a value, so it can be shrunk.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from tests.simulation.web import POISON

SERVICES = ("fetcher", "cleaner", "tagger")
FAULTS_UNTIL_S = 90.0

CALLS = ("begin", "produce", "add_offsets", "commit", "commit", "commit", "take_over", "restore", "committed")
PHASES = ("work", "sent", "known")

WORDS = ("dam", "held", "river", "mayor", "bridge", "council", "vote", "harbour", "train", "school", "snow", "market")
SUFFIXES = ("example", "test", "invalid")


@dataclass(frozen=True)
class Step:
    """
    One thing that happens, `at` so many seconds after the beginning.
    """

    at: float
    kind: str
    given: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return f"{self.at:7.3f} s  {self.kind} {' '.join(map(str, self.given))}"


@dataclass(frozen=True)
class Plan:
    """
    A whole run.

    Attributes:
        hosts: Name and Crawl-delay in seconds.
        members: Processes of each service at the beginning.
    """

    seed: int
    hosts: tuple[tuple[str, int], ...]
    members: tuple[int, ...]
    steps: tuple[Step, ...]


def plan_of(seed: int) -> Plan:
    """
    The plan of a seed.
    """
    chance = random.Random(f"plan {seed}")
    names = [f"paper{number}.{chance.choice(SUFFIXES)}" for number in range(chance.randint(1, 3))]
    hosts = tuple((name, chance.choice((0, 0, 2, 7))) for name in names)
    urls = [f"https://{name}/a{number}" for name in names for number in range(chance.randint(1, 3))]
    steps = [*_traffic(chance, urls), *_faults(chance, names)]
    members = tuple(chance.randint(1, 3) for _ in SERVICES)
    return Plan(seed, hosts, members, tuple(sorted(steps, key=lambda step: step.at)))


def _traffic(chance: random.Random, urls: list[str]) -> list[Step]:
    steps = [Step(0.0, "write", (url, _text(chance))) for url in urls]
    for url in urls:
        steps += [Step(_moment(chance), "request", (url,)) for _ in range(chance.choice((1, 1, 2, 3)))]
        for _ in range(chance.choice((0, 1, 1, 2))):
            at = _moment(chance)
            steps += [Step(at, "write", (url, _edit(chance))), Step(at + 0.1, "request", (url,))]
    if chance.random() < 0.5:
        at = _moment(chance)
        steps += [Step(at, "request", (url,)) for url in urls * 2]
    if chance.random() < 0.3:
        steps.append(Step(_moment(chance), "request", ("ftp://paper0.example/never",)))
    if chance.random() < 0.3:
        steps.append(Step(_moment(chance), "take_down", (chance.choice(urls),)))
    for _ in range(chance.choice((0, 0, 1, 2))):
        lane = chance.choice(("page", "article"))
        steps.append(Step(chance.uniform(20, FAULTS_UNTIL_S), "replay", (lane,)))
    return steps


def _faults(chance: random.Random, hosts: list[str]) -> list[Step]:
    kinds = ("kill", "freeze", "replace", "grow", "shake", "lose", "lose", "mood", "clock")
    others = [_fault(chance, chance.choice(kinds), hosts) for _ in range(chance.randint(0, 5))]
    return [*(_trap(chance) for _ in range(chance.randint(0, 5))), *others]


def _trap(chance: random.Random) -> Step:
    """
    A fault between two chosen steps of a transaction, or of a task's start.
    """
    fault = chance.choice(("kill", "kill", "freeze", "freeze", "shake"))
    seconds = chance.uniform(0.5, 15) if fault == "kill" else chance.choice((1.0, 12.0, 25.0, 40.0))
    place = chance.choice(SERVICES), chance.choice(CALLS), chance.choice(PHASES)
    return Step(round(chance.uniform(0, 20), 3), "trap", (*place, chance.randint(1, 6), fault, round(seconds, 3)))


def _fault(chance: random.Random, kind: str, hosts: list[str]) -> Step:
    at, service, which = _moment(chance), chance.choice(SERVICES), chance.randrange(3)
    given: tuple[Any, ...] = (service, which)
    if kind in {"kill", "replace"}:
        given += (round(chance.uniform(0.5, 15), 3),)
    elif kind == "freeze":
        given += (round(chance.choice((chance.uniform(0.05, 9), chance.uniform(9, 40))), 3),)
    elif kind == "lose":
        given += (chance.randint(1, 3),)
    elif kind in {"grow", "shake"}:
        given = (service,)
    elif kind == "mood":
        given = chance.choice(hosts), chance.choice(("slow", "busy", "broken", "silent")), chance.uniform(1, 40)
    elif kind == "clock":
        given = (chance.choice((-60, -5, 3, 100)),)
    return Step(at, kind, given)


def _moment(chance: random.Random) -> float:
    """
    Early ones are likelier, so that most happens while something is under way.
    """
    return round(chance.choice((chance.uniform(0.5, 25), chance.uniform(0.5, FAULTS_UNTIL_S))), 3)


def _text(chance: random.Random) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(12)).capitalize() + "."


def _edit(chance: random.Random) -> str | None:
    kind = chance.random()
    if kind < 0.1:
        return None
    return f"{POISON} {_text(chance)}" if kind < 0.3 else _text(chance)
