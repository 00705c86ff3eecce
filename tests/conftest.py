"""
How Hypothesis runs here: the same examples on every machine, and no example is timed, for the machines are noisy. How
tests are called: the same in every process, for several look for them at once.
"""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """
    Bytes that nobody can read give no name: those that gzip makes hold the time.
    """
    return argname if isinstance(val, bytes) and not val.isascii() else None
