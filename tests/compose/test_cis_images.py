"""
The CIS Docker benchmark, section 4, over every image of ours.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.compose.cis_images import IMAGE_CHECKS, Image
from tests.compose.looking import image
from tests.compose.stack import BASE, SERVICES, Stack, docker, image_of

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("images")]

CARELESS = "news-ingest-careless:test"


@pytest.fixture(scope="module", params=(*SERVICES, "cli"))
def ours(request: pytest.FixtureRequest, images: None, tmp_path_factory: pytest.TempPathFactory) -> Image:
    """
    An image, as compose builds it.
    """
    stack = Stack(tmp_path_factory.mktemp("images"))
    stack.compose("--profile", "cli", "build", request.param, timeout_s=600)
    return image(image_of(request.param), BASE)


@pytest.fixture(scope="module")
def careless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    """
    The base as it is, with a secret.
    """
    folder = tmp_path_factory.mktemp("careless")
    recipe = f"FROM {BASE}\nLABEL org.opencontainers.image.title=x\nENV API_TOKEN=1\n"
    (folder / "Dockerfile").write_text(recipe, encoding="utf-8")
    docker("build", "-q", "-t", CARELESS, str(folder))
    yield image(CARELESS, BASE)
    docker("image", "rm", CARELESS)


@pytest.mark.parametrize("number", IMAGE_CHECKS)
def test_every_image_meets(number: str, ours: Image) -> None:
    """
    One check of section 4.
    """
    assert IMAGE_CHECKS[number](ours)


@pytest.mark.parametrize("number", sorted(set(IMAGE_CHECKS) - {"4.3"}))
def test_a_careless_image_is_noticed(number: str, careless: Image) -> None:
    """
    But for 4.3, which compares with the base: it is the base.
    """
    assert not IMAGE_CHECKS[number](careless)
