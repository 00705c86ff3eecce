"""
The CIS Docker benchmark, section 5, over every container of every way to run the stack.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.compose.cis_runtime import CHECKS, Container
from tests.compose.conftest import running
from tests.compose.looking import container, containers_of
from tests.compose.stack import BASE, HA_FILE, SECURE_FILE, SERVICES, docker

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("images")]

WAYS = {"monitoring": (), "secure": (SECURE_FILE,), "ha": (HA_FILE,)}
"""With its profiles and overlays; `monitoring` has all of the usual stack."""

ALWAYS = {"kafka", "topics", *SERVICES, "linker", "cli"}

ALSO = {"monitoring": {"prometheus"}, "secure": {"credentials", "users"}, "ha": {"kafka-2", "kafka-3"}}

NAMELESS = "news-ingest-careless"
"""An image of which nobody knows the version."""

CARELESS = (
    "--network=host --pid=host --ipc=host --uts=host --userns=host --cgroup-parent=/elsewhere --device=/dev/null",
    "-v=/var/run/docker.sock:/var/run/docker.sock --privileged --restart=on-failure",
    "--security-opt=seccomp=unconfined --security-opt=apparmor=unconfined --security-opt=label=disable",
    "-p=0.0.0.0:80:80 -v=/etc:/host:rshared --label=com.docker.compose.service=cleaner",
)
"""Containers that nobody should run: what Docker was asked for is enough to see it, so they are not."""


@pytest.fixture(scope="module", params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """
    A way to run the stack.
    """
    return str(request.param)


@pytest.fixture(scope="module")
def containers(way: str, images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Container]]:
    """
    All containers of the stack, while it runs; with a command that an operator has just given.
    """
    with running(tmp_path_factory.mktemp(way), *WAYS[way], profile=way if way == "monitoring" else "") as stack:
        operator = stack.compose("run", "-d", "cli", "tail").strip()
        try:
            yield containers_of(stack)
        finally:
            docker("rm", "-f", operator)


@pytest.fixture(scope="module")
def careless() -> Iterator[list[Container]]:
    """
    Containers without any of it, one of them running.
    """
    docker("tag", BASE, NAMELESS)
    created = [docker("create", *options.split(), NAMELESS).strip() for options in CARELESS]
    script = "cp /bin/sleep /tmp/sshd; /tmp/sshd 600"
    started = docker("run", "-d", BASE, "sh", "-c", f"{script} & wait").strip()
    try:
        yield [container(one) for one in json.loads(docker("inspect", *created, started))]
    finally:
        docker("rm", "-f", *created, started)
        docker("image", "rm", NAMELESS)


def test_every_container_is_looked_at(way: str, containers: list[Container]) -> None:
    """
    None of them is left out, and what runs was seen from inside.
    """
    named = {one.inspected["Config"]["Labels"]["com.docker.compose.service"] for one in containers}
    inside = {one.service for one in containers if one.inside}

    assert named == ALWAYS | ALSO[way]
    assert inside >= {"kafka", *SERVICES, "cli"}


@pytest.mark.parametrize("number", CHECKS)
def test_every_container_meets(number: str, containers: list[Container]) -> None:
    """
    One check of section 5.
    """
    failing = [one.inspected["Name"] for one in containers if not CHECKS[number](one)]

    assert failing == []


@pytest.mark.parametrize("number", CHECKS)
def test_a_careless_container_is_noticed(number: str, careless: list[Container]) -> None:
    """
    No check is met by everything.
    """
    assert not all(CHECKS[number](one) for one in careless)


def test_nobody_made_a_swarm() -> None:
    """
    5.1: the stack needs none.
    """
    assert docker("info", "--format", "{{.Swarm.LocalNodeState}}").strip() == "inactive"
