from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

from services.cli.errors import ExitCode


def test_ctrl_c_ends_a_comparison_as_interrupted() -> None:
    """
    Whoever started it learns that it did not come to its end; there is no trace on the screen.
    """
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        environ = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{silent.getsockname()[1]}"}
        command = [sys.executable, "-m", "services.cli", "replay", "compare", "pages", "--from", "1d"]
        with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as comparison:
            connection, _ = silent.accept()
            with connection:
                comparison.send_signal(signal.SIGINT)
                _, said = comparison.communicate(timeout=30)

    assert comparison.returncode == ExitCode.INTERRUPTED
    assert "Traceback" not in said
