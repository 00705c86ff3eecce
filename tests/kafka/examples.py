"""
The examples as processes, started as their READMEs say.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services.cli.verifying.tables import read_table
from services.runtime.settings import KafkaSettings

FOLDER = Path(__file__).parents[2] / "examples"

TOOLS: Mapping[str, Sequence[str]] = {
    "python-aiokafka": ["python3"],
    "python-confluent": ["python3"],
    "go": ["go"],
    "java": ["mvn", "javac"],
    "node": ["npm", "node"],
}
"""What each of them needs; node-gyp apart."""

PYTHONS = {name: [[sys.executable, "subscriber.py"]] for name in TOOLS if name.startswith("python")}
"""Here they run without a set-up: what they import is locked for the tests too."""

SET_UP_S, RUN_S = 300, 60


@dataclass(frozen=True)
class Task:
    """
    What an example is to read.
    """

    kafka: KafkaSettings
    topic: str


def readme_lines(name: str) -> list[list[str]]:
    """
    The commands of an example's README, the last of which starts it.
    """
    text = (FOLDER / name / "README.md").read_text(encoding="utf-8")
    return [line.split() for line in re.findall(r"^ {4}(\S.*)$", text, re.MULTILINE)]


async def table_of(name: str, task: Task, folder: Path, commands: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """
    Set an example up, let it read to the end, and return its table.
    """
    *set_up, start = commands
    if lacking := [tool for tool in TOOLS[name] if not shutil.which(tool)]:
        pytest.skip(f"NO {', '.join(lacking)}: the example {name} is not tested")
    here = folder / name
    shutil.copytree(FOLDER / name, here, ignore=shutil.ignore_patterns("node_modules", "target", ".venv"))
    for command in set_up:
        status, said = await run(command, here, {}, SET_UP_S)
        if status:
            pytest.skip(f"{name} CANNOT BE SET UP HERE, {' '.join(command)}: {said[-600:]}")
    environ = {
        "BOOTSTRAP": task.kafka.bootstrap_servers,
        "TOPIC": task.topic,
        "DATABASE": str(here / "articles.db"),
        "UNTIL_END": "1",
    }
    status, said = await run(start, here, environ, RUN_S)
    assert status == 0, said
    return sorted(read_table(here / "articles.db", "articles"), key=lambda row: str(row["id"]))


async def run(command: Sequence[str], folder: Path, environ: Mapping[str, str], timeout_s: float) -> tuple[int, str]:
    """
    Run a command in a folder; return its exit status and what it said.
    """
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env={**os.environ, **environ}, stdout=PIPE, stderr=STDOUT, start_new_session=True
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), timeout_s)
    except TimeoutError:
        return -1, f"not done after {timeout_s:.0f} s"
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return process.returncode or 0, said.decode(errors="replace")
