"""
One broker process: configured, formatted once, started until it answers, stopped or killed, started again.

    NEW --start--> RUNNING --stop or kill--> STOPPED --start, same port and data--> RUNNING
"""

import asyncio
import atexit
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Self

from deploy.local import jvm as launch
from deploy.local.diagnosis import port_in_use, start_failure, start_timeout
from deploy.local.errors import ErrorCode, LocalBrokerError
from deploy.local.fetch import FetchProgress, Report, fetch_jars, ignore_progress
from deploy.local.jars import jar_folder, locked_jars
from deploy.local.java import find_java
from deploy.local.ports import free_ports, is_free
from deploy.local.probe import is_ready
from deploy.local.properties import HOST, render, server_properties
from deploy.local.storage import claim, format_once, sweep

POLL_S = 0.1
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
"""After it the broker is killed; it recovers its log at the next start."""
PORT_ATTEMPTS = 3


@dataclass(frozen=True)
class BrokerConfig:
    """
    What a broker is started with.

    Attributes:
        data_dir: Everything the broker writes: its log, its settings, broker.log. Created when missing; kept.
        port: For clients; 0 picks a free one at the first start, which later starts of the same Broker keep.
        heap: A size as Java writes it.
        overrides: Kafka settings by name; they win over every default of `properties.py`.
        jvm_options: Further options of Java.
        start_timeout_s: How long a start may take until the broker answers.
    """

    data_dir: Path
    port: int = 0
    heap: str = "256m"
    overrides: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    jvm_options: Sequence[str] = launch.QUICK_START
    start_timeout_s: float = START_TIMEOUT_S


class Broker:
    """
    A single Kafka node on the loopback interface, owned by this process and ended with it.

    Not bound to an event loop: it can be started in one and stopped in another, as a session-wide fixture does. Start
    it from the main thread, or from one that outlives it (see `jvm.die_with_parent`).
    """

    def __init__(
        self,
        config: BrokerConfig,
        *,
        environ: Mapping[str, str] = os.environ,
        report: Report = ignore_progress,
    ) -> None:
        self._config = config
        self._environ = environ
        self._report = report
        self._folder = config.data_dir.absolute()
        self._port = config.port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap_servers(self) -> str:
        """
        The address for clients; known once the broker has started for the first time.
        """
        if not self._port:
            raise LocalBrokerError(
                ErrorCode.NOT_STARTED, "The broker has no port yet.", next_step="Await start() first."
            )
        return f"{HOST}:{self._port}"

    @property
    def pid(self) -> int | None:
        """
        The process, or None when it does not run.
        """
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def log_path(self) -> Path:
        """
        What the broker says since its last start; the time before is beside it, as broker.log.1.
        """
        return self._folder / "broker.log"

    async def __aenter__(self) -> Self:
        """
        Start.
        """
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """
        Stop.
        """
        await self.stop()

    async def start(self) -> None:
        """
        Start the broker and return when it answers. Starting a running one does nothing.

        1. Find a Java, fetch the jars that are missing.
        2. Format the data folder if it is new.
        3. Start; wait until a metadata request is answered by this very cluster.
        4. If another process took a port in between, and the port was ours to pick, pick again.

        Raises:
            LocalBrokerError: With a code, the broker's last words, and what to do.
        """
        if self.pid:
            return
        jvm = await self._prepare()
        with claim(self._folder) as lock:
            sweep(self._folder)
            cluster_id = await asyncio.to_thread(format_once, self._folder, jvm, self._config.overrides)
            await self._start_on_some_port(jvm, cluster_id, lock)

    async def stop(self) -> None:
        """
        Stop the broker in order, or kill it when that takes too long. Stopping a stopped one does nothing.
        """
        process = self._process
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        # A stopped (SIGSTOP) process takes no other signal.
        process.send_signal(signal.SIGCONT)
        deadline = time.monotonic() + STOP_TIMEOUT_S
        while process.poll() is None and time.monotonic() < deadline:  # noqa: ASYNC110 - a process sets no event
            await asyncio.sleep(POLL_S)
        self.kill()

    def kill(self) -> None:
        """
        End the process at once (SIGKILL), as a crash would: nothing is handed over, nothing is cleaned up.
        """
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._process = None
        atexit.unregister(self.kill)

    async def wait(self) -> int:
        """
        Return the exit status when the process ends; for who runs the broker in the foreground.
        """
        process = self._process
        while process is not None and process.poll() is None:  # noqa: ASYNC110 - a process sets no event
            await asyncio.sleep(POLL_S)
        return process.returncode if process else 0

    async def _prepare(self) -> launch.Jvm:
        """
        Return a Java with all jars. Leaving early, by cancellation, ends the fetch as well.
        """
        left = threading.Event()

        def report(progress: FetchProgress) -> None:
            if left.is_set():
                raise asyncio.CancelledError
            self._report(progress)

        try:
            java = await asyncio.to_thread(find_java, self._environ)
            mirror = self._environ.get("NEWS_INGEST_MAVEN")
            jars = await asyncio.to_thread(
                fetch_jars, locked_jars(), jar_folder(self._environ), report=report, repository=mirror
            )
        finally:
            left.set()
        return launch.Jvm(java, jars, self._config.heap, self._config.jvm_options)

    async def _start_on_some_port(self, jvm: launch.Jvm, cluster_id: str, lock: BinaryIO) -> None:
        """
        Start on the given port; or, where it is ours to pick, on the first one that nobody snatches.
        """
        for _ in range(1 if self._port else PORT_ATTEMPTS):
            try:
                return await self._start_once(jvm, cluster_id, lock)
            except LocalBrokerError as error:
                if error.code is not ErrorCode.PORT_IN_USE:
                    raise
                taken = error
        raise taken

    async def _start_once(self, jvm: launch.Jvm, cluster_id: str, lock: BinaryIO) -> None:
        """
        Start the process with ports that are free now, and leave none behind on failure.
        """
        port, controller_port = choose_ports(self._port)
        settings = server_properties(port, controller_port, self._config.overrides)
        (self._folder / "server.properties").write_text(render(settings), encoding="ascii")
        self._spawn(jvm.command(launch.BROKER, "server.properties"), lock)
        try:
            await self._wait_until_ready(port, cluster_id)
        except BaseException:
            self.kill()
            raise
        self._port = port

    def _spawn(self, command: list[str], lock: BinaryIO) -> None:
        """
        Start the process, which holds the data folder's lock from now on.

        It gets a session of its own: Ctrl-C is for the parent, who stops its broker last.
        """
        if self.log_path.exists():
            self.log_path.replace(self.log_path.with_suffix(".log.1"))
        with self.log_path.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command line
                command,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[lock.fileno()],
                start_new_session=True,
                preexec_fn=launch.die_with_parent(),  # noqa: PLW1509 - one system call, nothing that can lock
            )
        atexit.register(self.kill)

    async def _wait_until_ready(self, port: int, cluster_id: str) -> None:
        """
        Return when the broker answers; raise when it ended or took too long.
        """
        process = self._process
        deadline = time.monotonic() + self._config.start_timeout_s
        while process is not None and process.poll() is None:
            if await is_ready(port, cluster_id):
                return
            if time.monotonic() > deadline:
                raise start_timeout(self._config.start_timeout_s, self.log_path)
            await asyncio.sleep(POLL_S)
        raise start_failure(self.log_path)


def external_bootstrap_servers(environ: Mapping[str, str]) -> str | None:
    """
    Return the brokers that the operator named in KAFKA_BOOTSTRAP_SERVERS: then no local one is wanted.
    """
    return environ.get("KAFKA_BOOTSTRAP_SERVERS") or None


def choose_ports(port: int) -> tuple[int, int]:
    """
    Return the port for clients and the one for the controller. A given port must be free.
    """
    if not port:
        first, second = free_ports(2)
        return first, second
    if not is_free(port):
        raise port_in_use(port)
    [controller_port] = free_ports(1)
    return port, controller_port
