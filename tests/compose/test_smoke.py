from __future__ import annotations

import time

import pytest

from schemas import topics
from tests.compose.stack import BASE, SERVICES, Stack, docker, image_of
from tests.kafka.watching import Subscriber

pytestmark = pytest.mark.e2e

MIB = 1024 * 1024

OVER_BASE_MIB = {"fetcher": 150, "cleaner": 250, "tagger": 450, "cli": 150}

ALSO = {"cli": "fetcher"}
"""Whose rules an image needs besides its own service."""

READ_LIMITS = """
cat /sys/fs/cgroup/pids.max 2>/dev/null || cat /sys/fs/cgroup/pids/pids.max
cat /sys/fs/cgroup/memory.max 2>/dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes
"""
"""The second of each is cgroup v1."""

UIDS = {"kafka": "1000", "fetcher": "10001", "cleaner": "10001", "tagger": "10001"}


def test_everything_is_healthy(stack: Stack) -> None:
    """
    One command on a clean machine: all services are healthy, and the topics are there.
    """
    assert {name: stack.health(name) for name in ("kafka", *SERVICES)} == {
        name: ["healthy"] for name in ("kafka", *SERVICES)
    }
    assert [container["State"]["ExitCode"] for container in stack.containers("topics")] == [0]


async def test_a_tagged_event_arrives_within_a_minute_of_adding_a_feed(stack: Stack) -> None:
    """
    One more command adds a feed; a subscriber outside of compose sees each of its articles, clean, once.
    """
    subscriber = Subscriber(stack.kafka, topics.ARTICLE_TAGGED)
    added = time.monotonic()
    stack.cli("sources", "add", "http://h0.example:8080/0-3.xml")
    await subscriber.wait_for(1, timeout_s=60)
    first_s = time.monotonic() - added
    await subscriber.wait_for(3, timeout_s=30)
    await subscriber.stop()

    assert first_s < 60
    assert dict(subscriber.seen) == {f"http://h0.example:8080/a/{number}": 1 for number in range(3)}
    bodies = [topics.ARTICLE_TAGGED.event.model_validate_json(record.value or b"") for record in subscriber.records]
    assert all("the ferry number" in article.article_body for article in bodies)
    assert not any("Skip to main" in article.article_body for article in bodies)


@pytest.mark.parametrize("service", UIDS)
def test_a_container_has_no_rights(stack: Stack, service: str) -> None:
    """
    Not root, no capability now or ever, system calls filtered: as the processes themselves see it.
    """
    status = dict(
        line.split(":\t", 1) for line in stack.run_inside(service, "cat /proc/1/status").splitlines() if ":\t" in line
    )

    assert set(status["Uid"].split()) == {UIDS[service]}
    assert [int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")] == [0] * 5
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"


@pytest.mark.parametrize("service", UIDS)
def test_a_container_has_nothing_to_write_on(stack: Stack, service: str) -> None:
    """
    The root is read-only; what can be written lies in memory, Kafka's data aside.
    """
    refused = stack.run_inside(service, "for at in / /opt /usr/local /etc; do touch $at/x 2>&1; done; touch /tmp/x")

    assert refused.count("Read-only file system") == 4


@pytest.mark.parametrize("service", UIDS)
def test_a_container_is_bounded(stack: Stack, service: str) -> None:
    """
    Neither a fork bomb nor a leak reaches the machine.
    """
    pids, memory = stack.run_inside(service, READ_LIMITS).split()

    assert int(pids) <= 512
    assert int(memory) <= 1536 * MIB


def test_who_runs_out_of_memory_harms_itself_only(stack: Stack) -> None:
    """
    A process that takes more than its container may have is killed. The container beside it, Kafka and the machine
    notice nothing.
    """
    hog = "block = []\nwhile True: block.append(bytes([1]) * 2**24)"
    with pytest.raises(AssertionError, match=": 137"):
        stack.run_inside("cleaner", f"python -c '{hog}'")
    others = {name: stack.containers(name)[0] for name in ("kafka", "fetcher", "tagger")}

    assert all(other["State"]["OOMKilled"] is False for other in others.values())
    assert all(other["RestartCount"] == 0 for other in others.values())
    assert all(stack.health(name) == ["healthy"] for name in others)


@pytest.mark.parametrize("service", ["cleaner", "tagger"])
def test_a_service_that_needs_no_web_has_none(stack: Stack, service: str) -> None:
    """
    Not even the small web beside it.
    """
    script = "import socket, sys; sys.exit(socket.gethostbyname(sys.argv[1]))"
    told = stack.run_inside(service, f'python -c "{script}" h0.example 2>&1 || true; ip route 2>/dev/null || true')

    assert "gaierror" in told


def test_only_loopback_ports_are_published(stack: Stack) -> None:
    """
    Nothing of the stack is open to the network of the machine.
    """
    bound = [
        binding["HostIp"]
        for service in ("kafka", *SERVICES)
        for container in stack.containers(service)
        for bindings in container["HostConfig"]["PortBindings"].values()
        for binding in bindings
    ]

    assert bound == ["127.0.0.1"]


@pytest.mark.parametrize("service", OVER_BASE_MIB)
def test_an_image_is_small(stack: Stack, service: str) -> None:
    """
    What it adds to its base stays below the limit.
    """
    assert stack.project
    size, base = (
        int(docker("image", "inspect", "--format", "{{.Size}}", image)) for image in (image_of(service), BASE)
    )

    assert (size - base) / MIB < OVER_BASE_MIB[service]


@pytest.mark.parametrize("service", OVER_BASE_MIB)
def test_an_image_holds_only_its_service(stack: Stack, service: str) -> None:
    """
    No compiler, no tests, no other service, and nothing of it can be changed by the user that it runs as.
    """
    script = (
        "for tool in cc gcc clang ld as make cargo; do command -v $tool; done;"
        "find /opt/news -name 'test_*.py' -o -type d -name tests -o -name '*.h' -o -name conftest.py;"
        "find /opt/news -writable ! -type l;"
        "ls /opt/news/app/services"
    )
    asked = ("run", "--rm", "--network", "none", "--entrypoint", "sh", image_of(service), "-c", script + "; true")
    listed = docker(*asked).split()

    assert stack.project
    assert [name for name in listed if name != "__pycache__"] == sorted(
        {"__init__.py", "runtime", service, ALSO.get(service, service)}
    )
