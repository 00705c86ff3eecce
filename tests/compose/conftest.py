from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.compose.stack import GRAFANA, SERVICES, Stack, docker, has_image, image_of, is_docker_there


@pytest.fixture(scope="session")
def images() -> Iterator[None]:
    """
    Whoever needs Docker asks for this: what was built is taken away when all tests are over.
    """
    if not is_docker_there():
        pytest.skip("no Docker engine with compose here")
    yield
    for service in (*SERVICES, "cli"):
        with suppress(AssertionError):
            docker("image", "rm", image_of(service))


@contextmanager
def running(folder: Path, *overlays: Path, profile: str = "") -> Iterator[Stack]:
    """
    The stack, built, healthy, with the small web beside it; taken away again at the end, and nothing of it is left.
    Grafana is with it where its image can be had.
    """
    stack = Stack(folder, *overlays, profile=profile)
    try:
        stack.compose("--profile", "cli", "build", timeout_s=600)
        named = stack.compose("config", "--services").split()
        services = [name for name in named if name != "grafana" or has_image(GRAFANA)]
        stack.compose("up", "-d", "--wait", *services, timeout_s=300)
        yield stack
    except BaseException:
        print(stack.compose("logs", "--tail", "40"))
        raise
    finally:
        stack.compose("--profile", "*", "down", "-v", "--timeout", "40")
    assert stack.left_behind() == "", "`down -v` leaves nothing"


@pytest.fixture(scope="module")
def stack(images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """
    The stack as deploy/compose.yaml has it.
    """
    with running(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """
    A broker that is away is the point of some tests; what the client says about it a hundred times a second is not.
    """
    caplog.set_level(logging.CRITICAL, "aiokafka")


async def until(claim: object, timeout_s: float, *, every_s: float = 1.0) -> bool:
    """
    Wait until a claim (a function without arguments) holds, or the time is over.
    """
    assert callable(claim)
    end = time.monotonic() + timeout_s
    while not claim():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(every_s)
    return True
