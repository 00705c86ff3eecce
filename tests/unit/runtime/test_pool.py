from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.runtime.outcome import Drop, Outcome
from services.runtime.pool import Broken, Done, Pool, PoolError, Worked
from services.runtime.settings import RuntimeSettings
from services.runtime.stage import Stage, pure
from tests.unit.runtime import stub_work

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Workers import the stubs from the repository's root.
    """
    monkeypatch.chdir(ROOT)


def stage(work: Callable[..., Any] = stub_work.behave, warm: Callable[[], None] | None = None) -> Stage:
    def decide(*_arguments: object) -> Outcome:
        return Drop("UNUSED")

    return Stage(work=work, decide=decide, warm=warm)


@asynccontextmanager
async def running(given: Stage | None = None, **settings: Any) -> AsyncIterator[Pool]:
    """
    A pool of one worker that ends with the test.
    """
    limits = {"workers": 1, "record_timeout_s": 30.0, "worker_memory_mb": 512} | settings
    pool = Pool(given or stage(), RuntimeSettings(**limits))
    await pool.start()
    try:
        yield pool
    finally:
        await pool.stop()


async def answers(pool: Pool) -> bool:
    """
    Whether it still works as it should.
    """
    return await pool.run("return", 7) == Done(7)


async def test_a_result_comes_back() -> None:
    """
    The work is done elsewhere, its result is here.
    """
    async with running(stage(stub_work.double)) as pool:
        result = await pool.run(21)

    assert result == Done(42)


async def test_work_is_done_in_other_processes() -> None:
    """
    Two workers are two processes, neither of them this one.
    """
    async with running(workers=2) as pool:
        await asyncio.gather(pool.run("sleep", 0.2), pool.run("sleep", 0.2))
        seen = await asyncio.gather(*(pool.run("process id") for _ in range(4)))

    ids = {worked.value for worked in seen if isinstance(worked, Done)}
    assert len(ids) == 2
    assert os.getpid() not in ids


async def test_it_tells_how_many_workers_are_at_work() -> None:
    """
    What waits for one is not at work; one that was lost is not either.
    """
    async with running(record_attempts=1) as pool:
        calls = [asyncio.create_task(pool.run(*how)) for how in (("sleep", 0.1), ("crash",))]
        await asyncio.sleep(0)
        meanwhile = pool.busy
        await asyncio.gather(*calls)
        after = pool.busy

    assert (meanwhile, after) == (1, 0)


async def test_a_partial_of_a_function_is_work() -> None:
    """
    Settings travel with the function.
    """
    async with running(pure(partial(stub_work.behave, value="set"))) as pool:
        result = await pool.run("return")

    assert result == Done("set")


async def test_models_are_loaded_before_the_first_record() -> None:
    """
    `warm` runs once in each worker.
    """
    async with running(stage(warm=stub_work.warm)) as pool:
        result = await pool.run("warmed")

    assert result == Done("warm")


async def test_work_that_raises_is_tried_twice_and_given_up() -> None:
    """
    The trace is told, the worker's place is served on.
    """
    async with running() as pool:
        result = await pool.run("raise", "asked to")

        assert isinstance(result, Broken)
        assert (result.reason, result.detail, result.attempts) == ("STAGE_FAILED", "RuntimeError: asked to", 2)
        assert result.exception is not None
        assert "stub_work.py" in result.exception
        assert await answers(pool)


async def test_the_second_try_has_a_fresh_worker(tmp_path: Path) -> None:
    """
    What failed once by the state of its worker succeeds in another.
    """
    async with running() as pool:
        before = await pool.run("process id")
        result = await pool.run("fail once", str(tmp_path / "mark"))
        after = await pool.run("process id")

    assert result == Done("at the second try")
    assert before != after


async def test_work_that_hangs_is_ended_and_its_neighbour_does_not_notice() -> None:
    """
    A record has its time and no more; others are worked on meanwhile.
    """
    async with running(workers=2, record_timeout_s=1.0) as pool:
        began = time.monotonic()
        hanging = asyncio.create_task(pool.run("sleep", 3600))
        await asyncio.sleep(0.05)
        neighbours = [await pool.run("return", number) for number in range(20)]
        waited = time.monotonic() - began
        result = await hanging

    assert isinstance(result, Broken)
    assert (result.reason, result.attempts) == ("WORK_TIMEOUT", 2)
    assert neighbours == [Done(number) for number in range(20)]
    assert waited < 1.0


async def test_a_crash_ends_its_worker_only() -> None:
    """
    A fault in a parser written in C is a dead letter, not an outage.
    """
    async with running() as pool:
        result = await pool.run("crash")

        assert isinstance(result, Broken)
        assert (result.reason, result.attempts) == ("WORKER_DIED", 2)
        assert str(-signal.SIGSEGV.value) in result.detail
        assert await answers(pool)


async def test_an_exit_ends_its_worker_only() -> None:
    """
    A library that ends the process has ended a worker.
    """
    async with running(record_attempts=1) as pool:
        result = await pool.run("exit", 3)

        assert result == Broken("WORKER_DIED", "worker ended with 3")
        assert await answers(pool)


async def test_work_that_wants_too_much_memory_is_given_up() -> None:
    """
    The limit is the worker's, the machine keeps its memory.
    """
    async with running(worker_memory_mb=256) as pool:
        result = await pool.run("eat", 1024)

        assert isinstance(result, Broken)
        assert (result.reason, result.detail) == ("STAGE_FAILED", "MemoryError")
        assert await pool.run("eat", 16) == Done(16 * 1024 * 1024)


async def test_a_worker_is_replaced_after_its_records() -> None:
    """
    What leaks, leaks for so many records.
    """
    async with running(worker_records=2) as pool:
        seen = [await pool.run("process id") for _ in range(5)]

    assert seen[0] == seen[1] != seen[2] == seen[3] != seen[4]


async def test_what_work_prints_does_not_break_the_protocol(capfd: pytest.CaptureFixture[str]) -> None:
    """
    Output of a library goes to stderr, frames go their own way.
    """
    async with running() as pool:
        result = await pool.run("print", "chatter")
        assert await answers(pool)

    assert result == Done("chatter")
    assert capfd.readouterr().err.splitlines() == ["chatter", "written past Python"]


async def test_a_result_that_cannot_travel_is_a_failure_of_the_stage() -> None:
    """
    It is told like any other exception of the work.
    """
    async with running(record_attempts=1) as pool:
        result = await pool.run("unpicklable")

        assert isinstance(result, Broken)
        assert result.reason == "STAGE_FAILED"
        assert "pickle" in result.detail
        assert await answers(pool)


async def test_a_large_result_comes_back_whole() -> None:
    """
    Frames are longer than any pipe's buffer.
    """
    async with running() as pool:
        result = await pool.run("return", b"." * 9_000_000)

    assert result == Done(b"." * 9_000_000)


async def test_a_cancelled_call_leaves_a_working_pool() -> None:
    """
    The answer of an abandoned record is never taken for that of the next.
    """
    async with running() as pool:
        call = asyncio.create_task(pool.run("sleep", 3600))
        await asyncio.sleep(0.1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

        assert await answers(pool)


async def test_a_pool_whose_models_do_not_load_does_not_start(capfd: pytest.CaptureFixture[str]) -> None:
    """
    The start fails at once, and the worker's own message is on stderr.
    """
    with pytest.raises(PoolError, match="did not start"):
        async with running(stage(warm=stub_work.warm_badly)):
            pass

    assert "no model here" in capfd.readouterr().err


async def test_no_worker_outlives_its_pool() -> None:
    """
    A stop ends all of them, whatever they are at.
    """
    async with running(workers=2) as pool:
        seen = [await pool.run("process id")]
        hanging = asyncio.create_task(pool.run("sleep", 3600))
        await asyncio.sleep(0.05)
        hanging.cancel()
        await asyncio.gather(hanging, return_exceptions=True)
        seen.append(await pool.run("process id"))

    assert await eventually(lambda: not any(is_alive(worked.value) for worked in seen if isinstance(worked, Done)))


PARENT = """
import asyncio
from services.runtime.pool import Pool
from services.runtime.settings import RuntimeSettings
from services.runtime.stage import Stage
from tests.unit.runtime import stub_work

async def main():
    pool = Pool(Stage(stub_work.behave, None), RuntimeSettings(workers=1))
    await pool.start()
    print((await pool.run("process id")).value, flush=True)
    await pool.run("sleep", 3600)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="an orphan that is at work ends at once on Linux only")
async def test_workers_end_with_a_parent_that_was_killed() -> None:
    """
    Even in the middle of a record, and though the parent could not say goodbye.
    """
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert is_alive(worker)
        parent.kill()

    assert await eventually(lambda: not is_alive(worker))


def is_alive(process_id: int) -> bool:
    """
    Whether a process is there and has not ended (one that nobody has waited for counts as ended).
    """
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


async def eventually(claim: Callable[[], bool], within_s: float = 5.0) -> bool:
    """
    Whether a claim comes true in time.
    """
    until = time.monotonic() + within_s
    while not claim() and time.monotonic() < until:
        await asyncio.sleep(0.02)
    return claim()


async def test_the_detail_of_a_failure_begins_with_its_class() -> None:
    """
    Messages of several lines are common (those of the validation library end in a link).
    """
    async with running(record_attempts=1) as pool:
        result: Worked = await pool.run("raise", "first line\nsecond line")

    assert isinstance(result, Broken)
    assert result.detail.startswith("RuntimeError: first line")


async def test_a_cancelled_start_leaves_no_process() -> None:
    """
    A partition that is lost while a worker loads its models leaves nothing behind.
    """
    before = children()
    pool = Pool(stage(warm=stub_work.warm_slowly), RuntimeSettings(workers=1))
    starting = asyncio.create_task(pool.start())
    assert await eventually(lambda: bool(children() - before))
    started = children() - before
    await asyncio.sleep(0.1)
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await pool.stop()

    left = {child for child in started if is_alive(child)}
    for child in left:
        os.kill(child, signal.SIGKILL)
    assert left == set()


def children() -> set[int]:
    """
    The processes that this one has started.
    """
    return {int(child) for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


async def test_patient_work_leaves_a_worker_to_the_others() -> None:
    """
    However much of it there is, what is in a hurry finds one free.
    """
    async with running(workers=2) as pool:
        patient = [asyncio.create_task(pool.run_patiently("sleep", 0.3)) for _ in range(3)]
        await asyncio.sleep(0.05)
        await pool.run("return", 1)
        unfinished = [task for task in patient if not task.done()]
        await asyncio.gather(*patient)

    assert len(unfinished) == 3


async def test_a_lone_worker_does_patient_work_too() -> None:
    """
    There is nobody else.
    """
    async with running() as pool:
        assert await pool.run_patiently("return", 7) == Done(7)
