"""
The pause between two requests to a host holds, whoever owns it.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.fetcher.simulated import SESSION_S, Simulation

HOSTS = ("plain.example", "brisk.example", "slow.example")

PATHS = ("1", "2", "3", "busy", "away", "bad1", "bad2", "no1")

Courses = st.lists(
    st.one_of(
        st.tuples(
            st.just("request"), st.sampled_from(HOSTS), st.sampled_from(PATHS), st.sampled_from(["http", "https"])
        ),
        st.tuples(st.just("wait"), st.sampled_from([0.5, 2.0, 7.0, 31.0, 90.0, 700.0])),
        st.tuples(st.just("kill")),
        st.tuples(st.just("freeze"), st.sampled_from([1.0, 5.0, 9.5, 30.0])),
        st.tuples(st.just("hand_over")),
    ),
    min_size=4,
    max_size=25,
)


def run(course: list[tuple[Any, ...]], **fields: Any) -> Simulation:
    """
    What the hosts saw of a course of events, and of the quiet minutes after it.
    """
    world = Simulation(**fields)
    for what, *how in course:
        if what == "request":
            world.request(f"{how[2]}://{how[0]}/{how[1]}")
        else:
            getattr(world, what)(*how)
    world.wait(120)
    return world


def breaches(world: Simulation) -> list[tuple[str, float, float]]:
    """
    Requests that came too soon: host, gap, and the gap that should have been, in seconds.
    """
    found = []
    for host, log in world.log.items():
        for first, second in pairwise(log):
            wanted = max(first.delay_s, first.retry_after_s if first.ended_at else 0)
            gap = (second.at - (first.ended_at or first.at)) / timedelta(seconds=1)
            if gap < wanted:
                found.append((host, gap, wanted))
    return found


@settings(max_examples=60)
@given(Courses)
def test_no_course_of_kills_and_handovers_makes_a_request_too_soon(course: list[tuple[Any, ...]]) -> None:
    """
    Neither before the host's delay nor before its Retry-After, for pages, rules and reservations alike.
    """
    assert breaches(run(course)) == []


Ends = st.sampled_from([("kill",), ("hand_over",), ("freeze", 5.0), ("freeze", 30.0)])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.5, 1.0, 2.5, 7.0, 31.0]), Ends), max_size=5))
def test_what_was_asked_for_is_asked_for_again_once_at_most_for_each_end_of_an_owner(
    ends: list[tuple[float, tuple[Any, ...]]],
) -> None:
    """
    For a host is asked for one thing at a time; what was committed is not asked for again, and nothing is lost.
    """
    pages = [f"https://{host}/{number}" for host in HOSTS for number in range(4)]
    course = [("request", *url.removeprefix("https://").split("/"), "https") for url in pages]
    blows = [step for pause_s, end in ends for step in (("wait", pause_s), end)]
    world = run([*course, *blows, ("wait", 300.0)], robots_ttl_s=86_400, reserved_pages="fetch")
    asked = {host: Counter(sent.url for sent in log) for host, log in world.log.items()}

    assert {url for counts in asked.values() for url in counts} >= set(pages)
    assert {world.entry(url).state for url in pages} == {"done"}
    assert max(sum(counts.values()) - len(counts) for counts in asked.values()) <= len(ends)


@pytest.mark.parametrize("end", ["kill", "hand_over", ("freeze", 9.5)])
def test_a_new_owner_keeps_a_long_crawl_delay(end: Any) -> None:
    """
    Also where the rules have to be asked for anew first.
    """
    course = [("request", "slow.example", "1", "https"), ("wait", 90.0), ("request", "slow.example", "2", "https")]
    ends = [end if isinstance(end, tuple) else (end,)]
    seen = run([*course, ("wait", 0.5), *ends, ("wait", 700.0)] * 3)

    assert len(seen.log["slow.example"]) >= 6
    assert breaches(seen) == []


def test_the_simulation_can_tell_a_breach(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    With an owner that does not wait for the former one to be silent, gaps are too short.
    """
    monkeypatch.setattr("services.fetcher.frontier.Frontier.handed_over_at", lambda self, _: self.assignment.since)
    course = [("request", "slow.example", path, "https") for path in ("1", "2", "3")]

    assert breaches(run([*course, ("wait", 40.0), ("kill",), ("wait", 90.0)], reserved_pages="fetch")) != []
    assert SESSION_S < 30
