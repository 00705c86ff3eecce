"""
Section 5 of the CIS Docker benchmark (containers as they run), by the numbers of its versions 1.6 and 1.7.

Each check is a function of one container: true where it is met. What Docker was told comes from `docker inspect`, what
became of it from inside the container. docs/hardening.md has the whole list, with what no machine can check.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

SENSITIVE = ("/boot", "/dev", "/etc", "/lib", "/proc", "/root", "/run", "/sys", "/usr", "/var/lib/docker", "/var/run")
"""Folders of the machine that no container has to see."""

PRIVILEGED_PORTS = 1024

LISTENS: Mapping[str, frozenset[int]] = {
    "kafka": frozenset({9092, 19092, 19093, 19094}),
    "prometheus": frozenset({9090}),
    **dict.fromkeys(("fetcher", "cleaner", "tagger", "linker"), frozenset({9464})),
}
"""Ports that a service opens; `kafka` stands for all brokers. Whoever is not here opens none."""

PUBLISHES: Mapping[str, frozenset[int]] = {"kafka": frozenset({9092}), "prometheus": frozenset({9090})}
"""Those that can be reached from outside of compose."""

ENDLESS = "unless-stopped"
"""What a service is started again by; the benchmark has `on-failure` with 5. docs/hardening.md says why."""


@dataclass(frozen=True)
class Inside:
    """
    What a container sees of itself.

    Attributes:
        status: Of its first process, as /proc has it.
        listening: Ports that are open, to itself at least.
        commands: Names of its processes.
        sockets: Docker's own sockets, wherever they usually lie.
    """

    status: Mapping[str, str]
    listening: frozenset[int]
    commands: frozenset[str]
    sockets: frozenset[str]


@dataclass(frozen=True)
class Container:
    """
    A container, as Docker tells it, and as it sees itself while it runs.
    """

    inspected: Mapping[str, Any]
    inside: Inside | None = None

    @property
    def host(self) -> Mapping[str, Any]:
        """
        What Docker was asked for.
        """
        found: Mapping[str, Any] = self.inspected["HostConfig"]
        return found

    def is_asked_for(self, name: str, *values: str) -> bool:
        """
        Whether Docker was asked for one of these.
        """
        return str(self.host[name]) in values

    @property
    def service(self) -> str:
        """
        Its name in compose, without the number of a broker.
        """
        labels = self.inspected["Config"]["Labels"] or {}
        return str(labels.get("com.docker.compose.service", "")).partition("-")[0]

    @property
    def is_lasting(self) -> bool:
        """
        Whether it runs until somebody stops it.
        """
        return self.service in LISTENS

    def says(self, name: str, wanted: str) -> bool:
        """
        Whether its first process has this in its status; a container that has ended says nothing against it.
        """
        return self.inside is None or self.inside.status.get(name) == wanted


def keeps_the_filters_of_the_machine(container: Container) -> bool:
    return not any("unconfined" in option for option in container.host["SecurityOpt"] or [])


def keeps_its_labels(container: Container) -> bool:
    return not any(option.replace(":", "=") == "label=disable" for option in container.host["SecurityOpt"] or [])


def has_no_capability(container: Container) -> bool:
    sets = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
    is_asked = container.host["CapDrop"] == ["ALL"] and not container.host["CapAdd"]
    return is_asked and all(container.says(name, "0" * 16) for name in sets)


def is_not_privileged(container: Container) -> bool:
    return container.host["Privileged"] is False


def mounts_no_folder_of_the_system(container: Container) -> bool:
    sources = [mount["Source"] for mount in container.inspected["Mounts"] if mount["Type"] == "bind"]
    return not any(source == "/" or source.startswith(SENSITIVE) for source in sources)


def runs_no_ssh(container: Container) -> bool:
    return container.inside is None or "sshd" not in container.inside.commands


def uses_no_privileged_port(container: Container) -> bool:
    bindings = published(container)
    used = {*bindings, *(int(host["HostPort"] or 65535) for hosts in bindings.values() for host in hosts)}
    return all(port >= PRIVILEGED_PORTS for port in used)


def opens_no_other_port(container: Container) -> bool:
    is_quiet = container.inside is None or container.inside.listening <= LISTENS.get(container.service, frozenset())
    return is_quiet and published(container).keys() == PUBLISHES.get(container.service, frozenset())


def has_a_network_of_its_own(container: Container) -> bool:
    return not container.is_asked_for("NetworkMode", "host")


MOST_MEMORY = 3 * 1024**3
"""The linker's window takes most, 1.7 GB."""


def has_limited_memory(container: Container) -> bool:
    return 0 < int(container.host["Memory"]) <= MOST_MEMORY


def has_its_share_of_processors(container: Container) -> bool:
    return container.host["CpuShares"] not in (0, 1024)


def has_a_read_only_root(container: Container) -> bool:
    return container.host["ReadonlyRootfs"] is True


def listens_on_one_interface(container: Container) -> bool:
    return all(host["HostIp"] not in ("", "0.0.0.0", "::") for hosts in published(container).values() for host in hosts)


def is_started_again_as_meant(container: Container) -> bool:
    wanted = ENDLESS if container.is_lasting else "no"
    return str(container.host["RestartPolicy"]["Name"]) == wanted


def sees_its_own_processes_only(container: Container) -> bool:
    return container.is_asked_for("PidMode", "")


def shares_no_memory_with_the_machine(container: Container) -> bool:
    return container.is_asked_for("IpcMode", "private", "none", "")


def has_no_device(container: Container) -> bool:
    return not container.host["Devices"] and not container.host["DeviceRequests"]


def writes_no_image_of_its_memory(container: Container) -> bool:
    return {limit["Name"]: limit["Hard"] for limit in container.host["Ulimits"] or []} == {"core": 0}


def passes_no_mount_on(container: Container) -> bool:
    return not any(mount.get("Propagation", "").endswith("shared") for mount in container.inspected["Mounts"])


def has_a_host_name_of_its_own(container: Container) -> bool:
    return container.is_asked_for("UTSMode", "")


def has_its_system_calls_filtered(container: Container) -> bool:
    return not any("seccomp" in option for option in container.host["SecurityOpt"] or []) and container.says(
        "Seccomp", "2"
    )


def is_in_the_usual_group(container: Container) -> bool:
    return container.is_asked_for("CgroupParent", "", "docker")


def gains_no_privilege(container: Container) -> bool:
    options = {option.removesuffix(":true") for option in container.host["SecurityOpt"] or []}
    return "no-new-privileges" in options and container.says("NoNewPrivs", "1")


def is_asked_how_it_is(container: Container) -> bool:
    return not container.is_lasting or "Health" in container.inspected["State"]


def names_the_version_of_its_image(container: Container) -> bool:
    return container.inspected["Config"]["Image"].partition(":")[2] not in ("", "latest")


def has_few_processes(container: Container) -> bool:
    return 0 < int(container.host["PidsLimit"] or 0) <= 512


def is_off_the_default_bridge(container: Container) -> bool:
    return not container.is_asked_for("NetworkMode", "bridge", "default")


def keeps_the_users_of_the_daemon(container: Container) -> bool:
    return container.is_asked_for("UsernsMode", "")


def cannot_reach_docker(container: Container) -> bool:
    mounted = [mount["Source"] for mount in container.inspected["Mounts"]]
    is_there = container.inside is not None and bool(container.inside.sockets)
    return not is_there and not any(source.endswith("docker.sock") for source in mounted)


def published(container: Container) -> dict[int, list[dict[str, str]]]:
    """
    Ports of the container that are bound on the machine, and where.
    """
    bound = container.host["PortBindings"] or {}
    return {int(port.partition("/")[0]): hosts or [] for port, hosts in bound.items()}


CHECKS: Mapping[str, Callable[[Container], bool]] = {
    "5.2": keeps_the_filters_of_the_machine,
    "5.3": keeps_its_labels,
    "5.4": has_no_capability,
    "5.5": is_not_privileged,
    "5.6": mounts_no_folder_of_the_system,
    "5.7": runs_no_ssh,
    "5.8": uses_no_privileged_port,
    "5.9": opens_no_other_port,
    "5.10": has_a_network_of_its_own,
    "5.11": has_limited_memory,
    "5.12": has_its_share_of_processors,
    "5.13": has_a_read_only_root,
    "5.14": listens_on_one_interface,
    "5.15": is_started_again_as_meant,
    "5.16": sees_its_own_processes_only,
    "5.17": shares_no_memory_with_the_machine,
    "5.18": has_no_device,
    "5.19": writes_no_image_of_its_memory,
    "5.20": passes_no_mount_on,
    "5.21": has_a_host_name_of_its_own,
    "5.22": has_its_system_calls_filtered,
    "5.25": is_in_the_usual_group,
    "5.26": gains_no_privilege,
    "5.27": is_asked_how_it_is,
    "5.28": names_the_version_of_its_image,
    "5.29": has_few_processes,
    "5.30": is_off_the_default_bridge,
    "5.31": keeps_the_users_of_the_daemon,
    "5.32": cannot_reach_docker,
}
"""By number. 5.1, 5.23 and 5.24 are no matter of one container: tests/compose/test_cis.py has them."""
