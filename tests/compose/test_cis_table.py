from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.compose.cis_images import DOCKERFILE_CHECKS, IMAGE_CHECKS
from tests.compose.cis_runtime import CHECKS
from tests.compose.stack import ROOT

DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")

CARELESS = """\
FROM debian:latest AS build
ENV API_TOKEN=hunter2
ADD https://example.org/tool.tar.gz /opt/
RUN apt-get update
RUN pip install flask
"""

ELSEWHERE = {"5.1", "5.23", "5.24"}
"""Of the machine, or of what people type: no matter of one container."""

ALL = [f"4.{number}" for number in range(1, 13)] + [f"5.{number}" for number in range(1, 33)]

AS_ROOT = re.compile(r"exec\b[^\n`]*(--privileged|-u[ =]?(root|0)\b|--user[ =](root|0)\b)")


def rows() -> dict[str, str]:
    """
    The table of docs/hardening.md: how each number is dealt with.
    """
    page = (ROOT / "docs" / "hardening.md").read_text(encoding="utf-8")
    return {row[1]: row[2] for row in re.finditer(r"^\| ([45]\.\d+) \|[^|]*\| ([^|]*?) \|", page, flags=re.MULTILINE)}


@pytest.mark.parametrize("number", DOCKERFILE_CHECKS)
def test_the_dockerfile_meets(number: str) -> None:
    """
    One check of section 4 that needs no image.
    """
    assert DOCKERFILE_CHECKS[number](DOCKERFILE)


@pytest.mark.parametrize("number", DOCKERFILE_CHECKS)
def test_a_careless_dockerfile_is_noticed(number: str) -> None:
    """
    No check is met by everything.
    """
    assert not DOCKERFILE_CHECKS[number](CARELESS)


def texts() -> list[Path]:
    """
    What tells people and machines what to type.
    """
    return [
        path
        for folder in (ROOT / "docs", ROOT / "deploy")
        for path in folder.rglob("*")
        if path.suffix in {".md", ".yaml", ".sh", ".py"} and path.name != "hardening.md"
    ]


def test_nobody_is_told_to_enter_a_container_as_root() -> None:
    """
    5.23 and 5.24: neither with privileges nor as another user.
    """
    assert [path.name for path in texts() if AS_ROOT.search(path.read_text(encoding="utf-8"))] == []
    assert AS_ROOT.search("docker exec -it --user root kafka bash")


def test_the_page_deals_with_every_number_of_both_sections() -> None:
    """
    In order, none left out.
    """
    assert list(rows()) == ALL


def test_the_page_says_tested_where_it_is() -> None:
    """
    And nowhere else.
    """
    tested = {number for number, how in rows().items() if how.startswith("tested")}

    assert tested == {*CHECKS, *DOCKERFILE_CHECKS, *IMAGE_CHECKS, *ELSEWHERE}
