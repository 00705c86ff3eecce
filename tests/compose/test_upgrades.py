"""
What docs/upgrades.md tells an operator to type, typed: each line stands there as it is run here.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from schemas import topics
from services.runtime.kafka import admin
from tests.compose.conftest import until
from tests.compose.flow import UNDER_WAY_S, Flow, all_healthy, faults
from tests.compose.stack import ROOT, SERVICES, VERSION, Stack, docker

pytestmark = pytest.mark.e2e

PAGE = (ROOT / "docs" / "upgrades.md").read_text(encoding="utf-8")

BACKUP = "docker compose -f deploy/compose.yaml run --rm -T --no-deps topics backup - > news.backup.gz"
RESTORE = "docker compose -f deploy/compose.yaml run --rm -T --no-deps topics restore - < news.backup.gz"

LATER = f"{VERSION}-later"
"""Tag of a release that was built from changed code: each service is of a later generation."""

RUNNING = (*SERVICES, "linker")
"""Upstream first."""

PARTITIONS = 7

GENERATION = re.compile(r"^GENERATION = (\d+)$", flags=re.MULTILINE)


@pytest.fixture
async def flow(stack: Stack) -> AsyncIterator[Flow]:
    """
    A subscriber, and what it has to wait for.
    """
    flow = Flow(stack)
    yield flow
    await flow.stop()


@pytest.fixture(scope="module")
def later(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """
    The images of a later release.
    """
    assert stack.project
    tree = tmp_path_factory.mktemp("later")
    for name in ("deploy", "schemas", "services"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (".dockerignore", "pyproject.toml", "requirements.lock", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, tree / name)
    for path in (tree / "services").rglob("*.py"):
        path.write_text(GENERATION.sub("GENERATION = 1000", path.read_text(encoding="utf-8")), encoding="utf-8")
    parts = {**{service: ("service", service) for service in SERVICES}, "cli": ("command", "fetcher")}
    images = [f"news-ingest/{part}:{LATER}" for part in parts]
    for (part, (target, needs)), image in zip(parts.items(), images, strict=True):
        arguments = ("--target", target, "--build-arg", f"SERVICE={part}", "--build-arg", f"WITH={needs}")
        docker("build", "-q", *arguments, "-f", str(tree / "deploy/Dockerfile"), "-t", image, str(tree))
    yield LATER
    with suppress(AssertionError):
        docker("image", "rm", "-f", *images)


def typed(stack: Stack, line: str, folder: Path) -> str:
    """
    What a line of the page answers.
    """
    assert f"    {line}\n" in PAGE, f"docs/upgrades.md does not have it: {line}"
    return stack.types(line, folder)


def fingerprint(stack: Stack, service: str) -> str:
    """
    What a service said of itself when it was last started.
    """
    lines = docker("logs", stack.containers(service)[0]["Id"], with_stderr=True).splitlines()
    [*_, told] = [json.loads(line) for line in lines if '"event": "started"' in line]
    return str(told["fingerprint"])


async def test_each_article_comes_once_while_a_release_is_rolled_out_and_back(
    stack: Stack, flow: Flow, later: str, tmp_path: Path
) -> None:
    """
    One service after the other becomes a later one, downstream first, and then the former again, upstream first, with
    articles under way all the time.
    """
    prints: dict[str, list[str]] = {service: [fingerprint(stack, service)] for service in RUNNING}
    under_way = []
    for version, order in ((later, reversed(RUNNING)), (VERSION, RUNNING)):
        stack.set("STACK_VERSION", version)
        typed(stack, "docker compose -f deploy/compose.yaml run --rm --no-deps topics", tmp_path)
        for service in order:
            flow.add(1, articles=120)
            await asyncio.sleep(UNDER_WAY_S)
            under_way.append(len(flow.missing()))
            typed(stack, f"docker compose -f deploy/compose.yaml up -d --wait --no-deps {service}", tmp_path)
            prints[service].append(fingerprint(stack, service))
    seen = await flow.end()

    assert all(under_way)
    assert faults(flow, seen) == {}
    assert all(before == after != between for before, between, after in prints.values())


async def test_another_partition_count_loses_no_article_and_doubles_none(
    stack: Stack, flow: Flow, tmp_path: Path
) -> None:
    """
    The whole procedure, with articles under way when it begins: what was out is out once, what was not comes once.
    """
    flow.add(2)
    await asyncio.sleep(UNDER_WAY_S)
    typed(stack, "docker compose -f deploy/compose.yaml stop fetcher", tmp_path)
    under_way = len(flow.missing())
    told = typed(stack, "docker compose -f deploy/compose.yaml run --rm -T cli topics drained --wait 600", tmp_path)
    typed(stack, "docker compose -f deploy/compose.yaml stop cleaner tagger linker", tmp_path)
    typed(stack, BACKUP.replace("backup -", "backup --articles -"), tmp_path)
    await flow.stop()
    typed(stack, 'docker compose -f deploy/compose.yaml --profile "*" down -v', tmp_path)
    stack.set("STACK_PARTITIONS", str(PARTITIONS))
    typed(stack, "docker compose -f deploy/compose.yaml up -d --wait kafka", tmp_path)
    typed(stack, "docker compose -f deploy/compose.yaml run --rm topics", tmp_path)
    restored = typed(stack, RESTORE, tmp_path)
    typed(stack, "docker compose -f deploy/compose.yaml up -d --wait", tmp_path)
    after = Flow(stack)
    after.wanted = set(flow.wanted)
    after.add(1)
    seen = await after.end()
    await after.stop()
    states = await admin.describe_topics(stack.kafka)

    assert under_way
    assert "Drained" in told
    assert "the services may start" in restored
    assert faults(after, seen) == {}
    assert {state.topic.name: state.partitions for state in states} == {
        topic.name: topic.partitions or PARTITIONS for topic in topics.ALL
    }


async def test_nothing_is_restored_under_services_that_run(stack: Stack, tmp_path: Path) -> None:
    """
    They are named, with the code and what to do; a backup may be taken all the same.
    """
    assert await until(all_healthy(stack), 120)
    typed(stack, BACKUP, tmp_path)

    with pytest.raises(AssertionError, match="NI-205") as refused:
        typed(stack, RESTORE, tmp_path)
    assert "cleaner (1), fetcher (1), linker (1), tagger (1)" in str(refused.value)
    assert "stop all services" in str(refused.value)
