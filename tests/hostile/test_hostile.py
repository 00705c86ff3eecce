"""
Hosts that misbehave on purpose, all at once: each ends as it is stated, none keeps another waiting, nobody is dialled
who may not be.

Tests only look at what one run of all cases wrote down.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from statistics import median

import pytest

from tests.hostile.case import Case
from tests.hostile.cases import (
    addresses,
    bodies,
    channels,
    feeds,
    protocol,
    redirects,
    robots,
    statuses,
    tls,
    validators,
)
from tests.hostile.running import Report, run
from tests.hostile.server import PUBLIC_NETWORK

KINDS = (statuses, bodies, protocol, redirects, addresses, tls, robots, validators, feeds, channels)

CASES: tuple[Case, ...] = tuple(case for kind in KINDS for case in kind.CASES)


@pytest.fixture(scope="module")
def report() -> Report:
    """
    What came of all cases.
    """
    return run(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_ends_as_stated(report: Report, case: Case) -> None:
    """
    And publishes nothing that nobody asked for.
    """
    ended = report.ended[case.name]

    assert ended.ends == case.ends
    assert not [page for page in ended.published if case.never in page]


def test_there_are_many_and_each_has_its_name() -> None:
    """
    A case that hides another one would not be run.
    """
    assert len({case.name for case in CASES}) == len(CASES) > 300


def test_nobody_is_dialled_who_may_not_be(report: Report) -> None:
    """
    By what the interpreter tells of every connection that any socket of the process is asked for.
    """
    allowed = ip_network(PUBLIC_NETWORK)

    assert {address for address, _ in report.dialled if ip_address(address) not in allowed} == set()
    assert report.trapped == 0
    assert len(report.dialled) > 10


def test_a_name_of_hundreds_of_addresses_is_not_tried_at_all_of_them(report: Report) -> None:
    """
    No name makes a storm of connections of one request.
    """
    dead = [address for address, _ in report.dialled if address.startswith("127.66.1.")]

    assert 7 <= len(dead) <= 8


def test_no_host_keeps_another_waiting(report: Report) -> None:
    """
    Well-behaved hosts, each with a name to be looked up, are served all the time.
    """
    answered = [seconds for seconds in report.calm_s if seconds is not None]

    assert len(answered) == len(report.calm_s) > 5
    assert median(answered) < 1
