"""
The compose stack in the hands of a test: brought up under a project name of its own, looked into, and harmed.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from services.runtime.settings import KafkaSettings

ROOT = Path(__file__).parents[2]
COMPOSE_FILE = ROOT / "deploy" / "compose.yaml"
SECURE_FILE = ROOT / "deploy" / "compose" / "secure.yaml"
HA_FILE = ROOT / "deploy" / "compose" / "ha.yaml"
SITE_FILE = Path(__file__).parent / "site.yaml"
SITE_SCRIPT = Path(__file__).parent / "serve.py"

SERVICES = ("fetcher", "cleaner", "tagger")

BASE = "python:3.12-slim-bookworm"
"""What our images are built on, and the small web runs in."""

VERSION = f"test-{os.getpid()}"
"""Tag of the images: what another run builds beside this one is not what this one runs."""

TYPED = "docker compose -f deploy/compose.yaml "
"""How commands begin in the documentation."""

A_LINE_S = 300
"""For the longest of them."""

PRIVATE = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"
"""Where Docker puts the containers of a network; the fetcher goes to no such place by itself."""


class Stack:
    """
    One project of docker compose, with the small web beside it.
    """

    def __init__(self, folder: Path, *overlays: Path, profile: str = "") -> None:
        self.project = f"news-ingest-test-{os.getpid()}"
        self.port, self.prometheus_port, self.grafana_port = _free_port(), _free_port(), _free_port()
        env_file = folder / "stack.env"
        values = {"NEWS_FETCHER_ALLOWED_NETWORKS": PRIVATE, "NEWS_FETCHER_DELAY_S": "0.2"}
        env_file.write_text("".join(f"{name}={value}\n" for name, value in values.items()), encoding="utf-8")
        self._environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("STACK_", "COMPOSE_"))},
            "STACK_ENV_FILE": str(env_file),
            "STACK_KAFKA_PORT": str(self.port),
            "STACK_KAFKA_PORT_2": str(_free_port()),
            "STACK_KAFKA_PORT_3": str(_free_port()),
            "STACK_PROMETHEUS_PORT": str(self.prometheus_port),
            "STACK_GRAFANA_PORT": str(self.grafana_port),
            "COMPOSE_PROFILES": profile,
            "STACK_VERSION": VERSION,
            "TEST_SITE_SCRIPT": str(SITE_SCRIPT),
        }
        self._files = [COMPOSE_FILE, *overlays, SITE_FILE]

    @property
    def kafka(self) -> KafkaSettings:
        """
        Where a subscriber outside of compose finds Kafka.
        """
        return KafkaSettings(bootstrap_servers=f"127.0.0.1:{self.port}")

    def compose(self, *arguments: str, timeout_s: float = 300) -> str:
        """
        Run docker compose on this project; return what it answers.
        """
        command = ["docker", "compose", "--progress", "quiet", "-p", self.project, *self._given_files(), *arguments]
        return _run(command, self._environ, timeout_s)

    def _given_files(self) -> list[str]:
        return [part for path in self._files for part in ("-f", str(path))]

    def set(self, name: str, value: str) -> None:
        """
        What an operator writes into deploy/.env.
        """
        self._environ[name] = value

    def types(self, line: str, folder: Path) -> str:
        """
        Run a line of the documentation, redirections included, as it stands there but for the project it is about.

        Args:
            line: Begins with `docker compose -f deploy/compose.yaml`.
            folder: The files that it names are here.
        """
        start, _, rest = line.partition(TYPED)
        assert not start, line
        ours = shlex.join(["docker", "compose", "--progress", "quiet", "-p", self.project, *self._given_files()])
        return _run(["sh", "-c", f"cd {shlex.quote(str(folder))} && {ours} {rest}"], self._environ, A_LINE_S)

    def cli(self, *arguments: str) -> str:
        """
        What an operator types, as docs/deployment.md has it.
        """
        return self.compose("run", "--rm", "-T", "cli", *arguments)

    def containers(self, service: str) -> list[dict[str, Any]]:
        """
        What Docker knows of the containers of a service.
        """
        ids = self.compose("ps", "-aq", service).split()
        found: list[dict[str, Any]] = json.loads(docker("inspect", *ids)) if ids else []
        return found

    def run_inside(self, service: str, script: str) -> str:
        """
        Run a shell script in the first container of a service, as its own user.
        """
        return docker("exec", self.containers(service)[0]["Id"], "sh", "-c", script)

    def kill_inside(self, service: str) -> None:
        """
        SIGKILL every process in every container of a service; `docker kill` would count as a wish to stop it.
        """
        for container in self.containers(service):
            docker("exec", container["Id"], "sh", "-c", "kill -9 -1; true")

    @contextmanager
    def cut_off(self, service: str, *networks: str) -> Iterator[None]:
        """
        Take the first container of a service off some networks of the stack, and put it back at the end.
        """
        container = self.containers(service)[0]["Id"]
        for network in networks:
            docker("network", "disconnect", f"{self.project}_{network}", container)
        try:
            yield
        finally:
            for network in networks:
                docker("network", "connect", "--alias", service, f"{self.project}_{network}", container)

    def health(self, service: str) -> list[str]:
        """
        The health of each container of a service.
        """
        return [container["State"].get("Health", {}).get("Status", "none") for container in self.containers(service)]

    def left_behind(self) -> str:
        """
        Whatever carries the label of this project.
        """
        label = f"label=com.docker.compose.project={self.project}"
        kinds: Sequence[Sequence[str]] = (("ps", "-a"), ("volume", "ls"), ("network", "ls"))
        return "".join(docker(*kind, "-q", "--filter", label) for kind in kinds)


def image_of(service: str) -> str:
    """
    The name of an image as the tests build it.
    """
    return f"news-ingest/{service}:{VERSION}"


def docker(*arguments: str, with_stderr: bool = False) -> str:
    """
    Run docker; return what it answers.
    """
    return _run(["docker", *arguments], os.environ, 120, with_stderr=with_stderr)


def is_docker_there() -> bool:
    """
    Whether an engine and compose answer.
    """
    try:
        return bool(docker("info", "--format", "{{.ServerVersion}}") and docker("compose", "version"))
    except (OSError, AssertionError):
        return False


PROMETHEUS, GRAFANA = (
    re.findall(rf"STACK_{name}_IMAGE:-([^}}]+)", COMPOSE_FILE.read_text(encoding="utf-8"))[0]
    for name in ("PROMETHEUS", "GRAFANA")
)


def has_image(name: str) -> bool:
    """
    Whether the engine has an image, or can get it.
    """
    for asking in (("image", "inspect", name), ("pull", "--quiet", name)):
        try:
            return bool(docker(*asking))
        except AssertionError:
            continue
    return False


def _run(command: Sequence[str], environ: Mapping[str, str], timeout_s: float, *, with_stderr: bool = False) -> str:
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=timeout_s, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout + (done.stderr if with_stderr else "")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
