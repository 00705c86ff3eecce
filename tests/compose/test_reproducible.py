from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from deploy.supply.compare import contents, differences
from tests.compose.stack import SERVICES, VERSION, Stack, docker

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("images")]

TAGS = (f"{VERSION}-one", f"{VERSION}-two")

IMAGES = (*SERVICES, "cli")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ...]]:
    """
    All images, made twice, with nothing taken over from before.
    """
    stack = Stack(tmp_path_factory.mktemp("twice"))
    for tag in TAGS:
        stack.set("STACK_VERSION", tag)
        stack.compose("--profile", "cli", "build", "--no-cache", *IMAGES, timeout_s=600)
    yield TAGS
    with suppress(AssertionError):
        docker("image", "rm", *(f"news-ingest/{name}:{tag}" for name in IMAGES for tag in TAGS))


def exported(image: str, path: Path) -> Path:
    """
    What an image holds, as a tar.
    """
    container = docker("create", image).strip()
    try:
        docker("export", "-o", str(path), container)
    finally:
        docker("rm", container)
    return path


@pytest.mark.parametrize("name", IMAGES)
def test_two_builds_hold_the_same(built: tuple[str, ...], name: str, tmp_path: Path) -> None:
    """
    Byte for byte, owners and rights included; only when files were written differs.
    """
    one, two = (contents(exported(f"news-ingest/{name}:{tag}", tmp_path / f"{tag}.tar")) for tag in built)

    assert len(one) > 1000
    assert list(differences(one, two)) == []


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_says_the_same_of_itself(built: tuple[str, ...], name: str) -> None:
    """
    User, environment, command, health check: what is no file.
    """
    one, two = (docker("image", "inspect", "-f", "{{json .Config}}", f"news-ingest/{name}:{tag}") for tag in built)

    assert one == two
