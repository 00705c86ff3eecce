from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.cli.errors import ServiceDiesError
from services.cli.processes import Supervisor, describe_status

LIVES = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); time.sleep(60)"
DIES = "import sys; print('my last word', flush=True); sys.exit(7)"


def supervisor(folder: Path, script: str, told: list[str]) -> Supervisor:
    return Supervisor(
        dict(os.environ),
        folder,
        tell=told.append,
        names=("one", "two"),
        command=lambda _: [sys.executable, "-S", "-c", script],
        backoff_s=(0.01,),
    )


@asynccontextmanager
async def running(it: Supervisor) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(it.run())
    async with asyncio.timeout(10):
        await it.running.wait()
        yield task
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_all_services_run_and_end_with_their_supervisor(tmp_path: Path) -> None:
    """
    Nothing is left behind.
    """
    it = supervisor(tmp_path, LIVES, [])
    async with running(it):
        pids = [child.process.pid for child in it.children if child.process]
        alive = [is_alive(pid) for pid in pids]

    assert alive == [True, True]
    assert [is_alive(pid) for pid in pids] == [False, False]


async def test_a_service_that_dies_is_started_again_and_that_is_said(tmp_path: Path) -> None:
    """
    The others are left alone.
    """
    told: list[str] = []
    it = supervisor(tmp_path, LIVES, told)
    async with running(it):
        first, second = it.children
        assert first.process is not None
        assert second.process is not None
        killed, untouched = first.process, second.process.pid
        killed.kill()
        await until(lambda: first.process is not killed)

        assert (first.restarts, second.restarts, second.process.pid) == (1, 0, untouched)
        assert told[0].startswith("one was killed by SIGKILL; started again")


async def test_a_service_that_never_lives_ends_it_all_with_its_last_words(tmp_path: Path) -> None:
    """
    Six deaths in a row are enough.
    """
    it = supervisor(tmp_path, DIES, [])

    with pytest.raises(ServiceDiesError, match="6 times in a row") as told:
        await asyncio.wait_for(it.run(), 20)
    assert "my last word" in str(told.value)
    assert str(tmp_path) in told.value.next_step


async def test_services_do_not_outlive_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    """
    Linux ends them; elsewhere they go on, and wait for Kafka.
    """
    if sys.platform != "linux":
        pytest.skip("PR_SET_PDEATHSIG is Linux's")
    script = (
        "import asyncio, os, sys; from pathlib import Path; from services.cli.processes import Supervisor\n"
        f"it = Supervisor(dict(os.environ), Path({str(tmp_path)!r}), tell=print, names=('one',),"
        f" command=lambda _: [sys.executable, '-S', '-c', {LIVES!r}])\n"
        "async def main():\n"
        "    task = asyncio.create_task(it.run()); await it.running.wait()\n"
        "    print(it.children[0].process.pid, flush=True); await task\n"
        "asyncio.run(main())"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    pid = int(await asyncio.wait_for(parent.stdout.readline(), 10))
    parent.kill()
    await parent.wait()
    async with asyncio.timeout(10):
        await until(lambda: not is_running(pid))

    assert not is_running(pid)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(("status", "words"), [(-9, "was killed by SIGKILL"), (3, "ended with status 3")])
def test_the_end_of_a_process_is_told_in_words(status: int, words: str) -> None:
    """
    Negative statuses are signals.
    """
    assert describe_status(status) == words
