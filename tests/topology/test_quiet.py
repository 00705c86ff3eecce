from __future__ import annotations

import subprocess
import sys


def test_cleaning_and_tagging_ask_nobody() -> None:
    """
    From the imports to the tagged event there is no look-up and no connection: only the fetcher talks to the web.
    """
    done = subprocess.run(
        [sys.executable, "-m", "tests.topology.quiet"], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.strip() == ""


def test_the_watch_sees_a_connection() -> None:
    """
    The watcher is not blind.
    """
    code = (
        "import sys; from tests.topology import quiet; sys.addaudithook(quiet.watch)\n"
        "import socket; s = socket.socket(); s.settimeout(0.2); s.connect_ex(('127.0.0.1', 9)); print(len(quiet.met))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout.strip() == "1"
