from __future__ import annotations

import subprocess
import sys

HEAVY = ("aiokafka", "pydantic", "httpx", "lxml", "trafilatura", "numpy", "asyncio", "rich.console", "deploy.local")


def test_help_loads_nothing_heavy() -> None:
    """
    `news-ingest --help` answers at once; what a command needs is imported when it runs.
    """
    script = f"import sys, services.cli.app; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
