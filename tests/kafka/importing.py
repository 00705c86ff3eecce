"""
An import as an operator runs it, in a process of its own, and what it took.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from services.runtime.settings import KafkaSettings


@dataclass(frozen=True)
class Usage:
    """
    What an import told, and what it used: seconds of processor, and MiB of memory at most.
    """

    told: dict[str, Any]
    cpu_s: float
    memory_mib: float


async def imported(kafka: KafkaSettings, *words: str) -> Usage:
    """
    Run `news-ingest import` to its end.
    """
    command = [sys.executable, "-m", "services.cli", "import", *words, "--json"]
    environ = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers}
    return await asyncio.to_thread(_run, command, environ)


def _run(command: list[str], environ: dict[str, str]) -> Usage:
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE) as process:
        assert process.stdout
        answer = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, answer
    return Usage(json.loads(answer), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
