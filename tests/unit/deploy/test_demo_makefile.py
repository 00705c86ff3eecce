from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(*arguments: str) -> str:
    outside = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    done = subprocess.run(["make", *arguments], cwd=ROOT, env=outside, capture_output=True, text=True, check=True)
    return done.stdout


@needs_make
def test_make_alone_lists_what_can_be_done() -> None:
    """
    The Makefile is its own documentation.
    """
    told = make()

    assert {"demo", "test", "check", "lock", "clean"} <= {line.split()[1] for line in told.splitlines() if line.strip()}


@needs_make
def test_every_target_is_explained() -> None:
    """
    A target without a word is one that nobody finds.
    """
    phony = next(line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith(".PHONY:"))
    listed = [line.split()[1] for line in make("help").splitlines() if line.strip()]

    assert sorted(phony.removeprefix(".PHONY:").split()) == sorted(listed)
