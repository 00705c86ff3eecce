"""
The services as processes of their own: started, watched, started again when one dies, and stopped together.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from time import monotonic

from services.cli.connection import SERVERS_VARIABLE, kafka_settings
from services.cli.errors import MissingPartError, ServiceDiesError

SERVICES = ("fetcher", "cleaner", "tagger", "linker")

WITHIN = {"linker": "tagger"}
"""The linker is the tagger's second topology, and a process of its own: its memory is not the tagger's."""

BACKOFF_S = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Pause before the n-th restart in a row; a service that lived for `HEALTHY_S` begins anew."""

HEALTHY_S = 60.0

GIVE_UP_AFTER = 6
"""Deaths in a row after which `up` ends: what does not live six times will not live the seventh time."""

STOP_TIMEOUT_S = 35.0
"""A service drains for 30 s at most by its own settings; after this it is killed."""

LOG_TAIL_LINES = 5
MAX_LOG_BYTES = 20 * 1024 * 1024

Tell = Callable[[str], None]


def run_in_foreground(name: str, *, as_json: bool) -> int:
    """
    Run one service in this process until it is told to stop; return its exit status. Its log is JSON where asked for.

    Raises:
        MissingPartError: Its dependencies are not installed.
        SettingsError: A variable is unknown or does not fit.
    """
    os.environ[SERVERS_VARIABLE] = kafka_settings(os.environ).bootstrap_servers
    if as_json:
        os.environ["NEWS_RUNTIME_LOG_FORMAT"] = "json"
    try:
        service = import_module(f"services.{WITHIN.get(name, name)}.__main__")
    except ModuleNotFoundError as error:
        raise MissingPartError(
            f"the {name} needs {error.name}, which is not installed",
            f"pip install 'news-ingest[{WITHIN.get(name, name)}]'",
        ) from None
    return int(service.linker() if name in WITHIN else service.main())


def command_of(name: str) -> list[str]:
    """
    The command line of a service.
    """
    return [sys.executable, "-m", f"services.{WITHIN.get(name, name)}", *([name] if name in WITHIN else [])]


@dataclass
class Child:
    """
    One service as `up` sees it.
    """

    name: str
    log: Path
    restarts: int = 0
    state: str = "starting"
    process: Process | None = None


@dataclass
class Supervisor:
    """
    Keeps the services running until it is cancelled, and stops them then.

    Attributes:
        environ: What the services get as environment.
        logs: Folder of their log files, `<service>.log`.
        tell: Told in words of each death and restart.
        command: What starts a service, by its name.
        backoff_s: Pause before the n-th restart in a row, seconds.
        running: Set as soon as all have been started.
    """

    environ: Mapping[str, str]
    logs: Path
    tell: Tell
    names: tuple[str, ...] = SERVICES
    command: Callable[[str], Sequence[str]] = command_of
    backoff_s: Sequence[float] = BACKOFF_S
    children: list[Child] = field(default_factory=list)
    running: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """
        Run all services.

        Raises:
            ServiceDiesError: One of them dies again and again.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        self.children.extend(Child(name, self.logs / f"{name}.log") for name in self.names)
        try:
            await asyncio.gather(*(self._keep(child) for child in self.children))
        finally:
            await asyncio.shield(self._stop())

    async def _keep(self, child: Child) -> None:
        deaths = 0
        while True:
            started = monotonic()
            child.process = await _start(child, self.command(child.name), self.environ)
            child.state = "running"
            if all(other.process for other in self.children):
                self.running.set()
            status = await child.process.wait()
            deaths = 1 if monotonic() - started > HEALTHY_S else deaths + 1
            if deaths >= GIVE_UP_AFTER:
                raise ServiceDiesError(_obituary(child, status), f"look into {child.log}")
            pause = self.backoff_s[min(deaths, len(self.backoff_s)) - 1]
            child.state, child.restarts = "restarting", child.restarts + 1
            self.tell(f"{child.name} {describe_status(status)}; started again in {pause:g} s (log: {child.log})")
            await asyncio.sleep(pause)

    async def _stop(self) -> None:
        """
        Ask all to stop at once, wait for them together, kill what is left.
        """
        alive = [child.process for child in self.children if child.process and child.process.returncode is None]
        for process in alive:
            _signal(process, signal.SIGTERM)
        waits = [asyncio.ensure_future(process.wait()) for process in alive]
        if waits:
            await asyncio.wait(waits, timeout=STOP_TIMEOUT_S)
        for process in alive:
            if process.returncode is None:
                _signal(process, signal.SIGKILL)
                await process.wait()


async def _start(child: Child, command: Sequence[str], environ: Mapping[str, str]) -> Process:
    if child.log.is_file() and child.log.stat().st_size > MAX_LOG_BYTES:
        child.log.replace(child.log.with_suffix(".log.1"))
    with child.log.open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=dict(environ),
            start_new_session=True,  # Ctrl-C reaches us alone; we stop them in order
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )


def _die_with_parent() -> None:
    """
    Linux: end when the parent ends, however it ends (PR_SET_PDEATHSIG). At once, for a kill loses nothing here, and the
    Kafka to drain into has most likely ended too.
    """
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _signal(process: Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except ProcessLookupError:
        return


def describe_status(status: int) -> str:
    """
    Say how a process ended.
    """
    if status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"ended with status {status}"


def _obituary(child: Child, status: int) -> str:
    last = child.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_TAIL_LINES:]
    return "\n    ".join(
        [f"the {child.name} {describe_status(status)}, {GIVE_UP_AFTER} times in a row. Its last words:", *last]
    )
