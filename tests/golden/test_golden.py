"""
Every golden page gives exactly its article, in whatever order Python's sets are walked.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_golden_pages_give_their_articles_byte_for_byte(hash_seed: str) -> None:
    """
    The cleaner's output depends on its input alone, not on the process that computes it.
    """
    environ = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(HERE.parents[1])}
    result = subprocess.run(
        [sys.executable, str(HERE / "regenerate.py"), "--check"],
        capture_output=True,
        text=True,
        env=environ,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr


def test_there_are_golden_cases_for_text_and_for_html() -> None:
    """
    The comparison is not an empty one.
    """
    kinds = [path.name for path in HERE.glob("*/page.*")]

    assert kinds.count("page.html") >= 5
    assert kinds.count("page.txt") >= 1
