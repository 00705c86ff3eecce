"""
Service processes under a supervisor that starts again whatever ends, as compose would; and what is done to them.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from services.runtime.settings import KafkaSettings

QUICK: Mapping[str, str] = {
    "NEWS_RUNTIME_SESSION_TIMEOUT_S": "2",
    "NEWS_RUNTIME_REBALANCE_TIMEOUT_S": "6",
    "NEWS_RUNTIME_TRANSACTION_TIMEOUT_S": "5",
    "NEWS_RUNTIME_WORKERS": "1",
    "NEWS_RUNTIME_RECORD_TIMEOUT_S": "2",
    "NEWS_RUNTIME_DRAIN_TIMEOUT_S": "10",
}
"""Short sessions, so that a minute holds many take-overs."""


class Replica:
    """
    One service process, started again whenever it ends.
    """

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], log: Path) -> None:
        self._command = command
        self._environ = environ
        self._log = log
        self.process: asyncio.subprocess.Process | None = None
        self.starts = 0
        self._keeper = asyncio.create_task(self._keep())

    async def _keep(self) -> None:
        while True:
            with self._log.open("ab") as log:
                self.process = await asyncio.create_subprocess_exec(
                    *self._command, env=self._environ, stderr=log, stdout=log, start_new_session=True
                )
            self.starts += 1
            await self.process.wait()
            await asyncio.sleep(0.2)

    def signal(self, number: signal.Signals) -> None:
        """
        Send a signal to the process, if it is there.
        """
        if self.process and self.process.returncode is None:
            self.process.send_signal(number)

    async def stop(self) -> int | None:
        """
        End it in order, for good; return its exit status.
        """
        self._keeper.cancel()
        await asyncio.gather(self._keeper, return_exceptions=True)
        if self.process is None:
            return None
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(self.process.wait(), 20)
        except TimeoutError:
            self.signal(signal.SIGKILL)
            return await self.process.wait()


class Fleet:
    """
    All replicas of a test.
    """

    def __init__(self, kafka: KafkaSettings, folder: Path) -> None:
        self._kafka = kafka
        self._folder = folder
        self.replicas: list[Replica] = []

    def start(
        self, name: str, module_arguments: Sequence[str], *, replicas: int = 1, environ: Mapping[str, str] | None = None
    ) -> None:
        """
        Start replicas of `python -m <module> <arguments>`.
        """
        merged = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": self._kafka.bootstrap_servers, **QUICK, **(environ or {})}
        for number in range(replicas):
            log = self._folder / f"{name}-{number}.log"
            self.replicas.append(Replica([sys.executable, "-m", *module_arguments], merged, log))

    async def torment(self, seconds: float, seed: int, pause_s: tuple[float, float] = (0.5, 9.0)) -> list[str]:
        """
        SIGKILL or SIGSTOP a random replica again and again; return what was done.
        """
        rng, done = random.Random(seed), []
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            victim = rng.choice(self.replicas)
            if rng.random() < 0.5:
                victim.signal(signal.SIGKILL)
                done.append("kill")
            else:
                victim.signal(signal.SIGSTOP)
                done.append("stop")
                await asyncio.sleep(rng.uniform(*pause_s))
                victim.signal(signal.SIGCONT)
            await asyncio.sleep(rng.uniform(0.2, 2.0))
        return done

    async def stop(self) -> list[int | None]:
        """
        End all, in order; return their exit statuses.
        """
        statuses = await asyncio.gather(*(replica.stop() for replica in self.replicas))
        self.replicas.clear()
        return statuses

    def logs(self) -> str:
        """
        Everything that the processes said.
        """
        return "\n".join(path.read_text(errors="replace") for path in sorted(self._folder.glob("*.log")))
