"""
The client as it is, with the system's resolver, on an internet that is this machine alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.island import PRIVATE, PUBLIC_4, PUBLIC_6

HERE = Path(__file__).parent

UNSHARED = ("unshare", "--user", "--map-root-user", "--net", "--mount")


def may_unshare() -> bool:
    """
    Whether this machine lets its users have a network of their own.
    """
    try:
        return subprocess.run([*UNSHARED, "ip", "link", "show", "lo"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.fixture(scope="module")
def island(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """
    What came of asking for public and private hosts there.
    """
    if not may_unshare():
        pytest.skip("no network of its own can be had here: unshare or ip is missing, or not allowed")
    folder = tmp_path_factory.mktemp("island")
    script = ["sh", str(HERE / "island.sh"), str(folder), sys.executable, "-m", "tests.hostile.island"]
    run = subprocess.run([*UNSHARED, *script], capture_output=True, text=True, check=False, cwd=HERE.parents[1])
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize("host", ["public.test", "public-6.test", "both.test", PUBLIC_4, f"[{PUBLIC_6}]"])
def test_public_hosts_are_fetched_from(island: Any, host: str) -> None:
    """
    By name and by address; of several addresses the public one is taken.
    """
    assert island["ends"][f"http://{host}/"] == "page"


@pytest.mark.parametrize(
    "host",
    [
        *("loopback.test", "private.test", "metadata.test", "metadata-6.test", "mapped.test", "alias.test"),
        *("localhost", "127.1", "0", "[::1]", "2852039166"),
    ],
)
def test_private_hosts_are_not(island: Any, host: str) -> None:
    """
    Though each of them is there, and would answer.
    """
    assert island["ends"][f"http://{host}/"] == "ADDRESS_REFUSED"


def test_nobody_knocked_at_a_private_address(island: Any) -> None:
    """
    Those who listen there say so themselves.
    """
    visits = island["visits"]

    assert {address: visits[address] for address in PRIVATE} == dict.fromkeys(PRIVATE, 0)
    assert visits[PUBLIC_4] >= 3
    assert visits[PUBLIC_6] == 2


def test_a_name_that_nobody_knows_may_be_known_later(island: Any) -> None:
    """
    It is no final failure.
    """
    assert island["ends"]["http://nowhere.test/"] == "DNS_FAILED"
