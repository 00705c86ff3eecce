"""
Looks into containers and images, for the checks of the CIS Docker benchmark.
"""

from __future__ import annotations

import json

from tests.compose.cis_images import Image
from tests.compose.cis_runtime import Container, Inside
from tests.compose.stack import Stack, docker

MARK = "-- "

LOOK = f"""
echo '{MARK}status'; cat /proc/1/status
echo '{MARK}listening'; cat /proc/net/tcp /proc/net/tcp6 2>/dev/null
echo '{MARK}commands'; cat /proc/[0-9]*/comm 2>/dev/null
echo '{MARK}sockets'; ls /var/run/docker.sock /run/docker.sock 2>/dev/null
true
"""

IS_LISTENING = "0A"

DNS_OF_DOCKER = "0B00007F"
"""127.0.0.11, as /proc writes it: Docker resolves names there, inside each container."""

LOOK_AT_IMAGE = """
find / -xdev -type f -perm /6000; echo '-- packages'
dpkg-query -W; echo '-- keys'
find /opt/news/app /secrets /root /home /tmp /srv -type f \\( -name '*.key' -o -name 'id_*' \\) 2>/dev/null
grep -rlIs 'PRIVATE KEY-----' /opt/news/app /secrets /root /home /tmp /srv; true
"""


def containers_of(stack: Stack) -> list[Container]:
    """
    All containers of a stack, those that have ended too, but for the small web of the tests.
    """
    found = stack.compose("--profile", "*", "ps", "-aq").split()
    containers = [container(inspected) for inspected in json.loads(docker("inspect", *found))]
    return [one for one in containers if one.service != "site"]


def container(inspected: dict[str, object]) -> Container:
    """
    A container, from inside too where it runs.
    """
    told = Container(inspected)
    if not told.inspected["State"]["Running"]:
        return told
    return Container(inspected, read(docker("exec", str(inspected["Id"]), "sh", "-c", LOOK)))


def read(told: str) -> Inside:
    """
    What `LOOK` has printed.
    """
    parts = dict(part.split("\n", 1) for part in f"\n{told}".split(f"\n{MARK}")[1:])
    status = (line.partition(":") for line in parts["status"].splitlines())
    return Inside(
        status={name: value.strip() for name, _, value in status},
        listening=frozenset(_ports(parts["listening"])),
        commands=frozenset(parts["commands"].split()),
        sockets=frozenset(parts["sockets"].split()),
    )


def _ports(table: str) -> set[int]:
    rows = [line.split() for line in table.splitlines() if line.strip()[:1].isdigit()]
    local = [row[1].split(":") for row in rows if row[3] == IS_LISTENING]
    return {int(port, 16) for address, port in local if address != DNS_OF_DOCKER}


def image(name: str, base: str) -> Image:
    """
    An image of ours, and what its base has.
    """
    setuid, packages, keys = _look(name)
    return Image(json.loads(docker("image", "inspect", name))[0], setuid, packages, _look(base)[1], keys)


def _look(image: str) -> tuple[tuple[str, ...], frozenset[str], tuple[str, ...]]:
    asked = ("run", "--rm", "--network", "none", "--user", "0", "--entrypoint", "sh", image, "-c", LOOK_AT_IMAGE)
    setuid, packages, keys = (part.splitlines() for part in docker(*asked).split(MARK))
    return tuple(setuid), frozenset(packages[1:]), tuple(keys[1:])
