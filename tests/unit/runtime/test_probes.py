"""
Metrics and health over HTTP.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from services.runtime import probes as module
from services.runtime.metrics import Metrics
from services.runtime.probes import PortError, Probes


@pytest.fixture
def probes() -> Iterator[Probes]:
    found = Probes(Metrics().registry)
    yield found
    found.stop()


def ask(port: int, path: str) -> tuple[int, str]:
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def test_a_service_that_starts_is_alive_and_not_ready(probes: Probes) -> None:
    """
    It must not be started again for that.
    """
    port = probes.start("127.0.0.1", 0)

    assert ask(port, "/live") == (200, "well\n")
    assert ask(port, "/ready") == (503, "it is starting\n")


def test_what_is_wrong_is_said(probes: Probes) -> None:
    """
    To whoever asks, as a sentence.
    """
    port = probes.start("127.0.0.1", 0)
    probes.say(live="", ready="the broker is away")

    assert ask(port, "/ready") == (503, "the broker is away\n")
    probes.say(live="", ready="")
    assert ask(port, "/ready") == (200, "well\n")


def test_an_event_loop_that_hangs_is_not_alive(probes: Probes, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    It no longer says anything itself.
    """
    monkeypatch.setattr(module, "MAX_SILENCE_S", 0.05)
    port = probes.start("127.0.0.1", 0)
    probes.say(live="", ready="")
    time.sleep(0.1)

    status, text = ask(port, "/live")

    assert status == 503
    assert "silent" in text


def test_metrics_are_in_prometheus_text_format(probes: Probes) -> None:
    """
    Those of the process too.
    """
    port = probes.start("127.0.0.1", 0)
    status, text = ask(port, "/metrics")

    assert status == 200
    assert "# TYPE news_records_total counter" in text
    assert "process_resident_memory_bytes" in text


def test_other_paths_are_not_found(probes: Probes) -> None:
    """
    With the paths that are.
    """
    status, text = ask(probes.start("127.0.0.1", 0), "/")

    assert status == 404
    assert "/ready" in text


def test_a_port_that_is_taken_is_named() -> None:
    """
    With what to do.
    """
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(PortError) as failed:
        Probes(Metrics().registry).start("127.0.0.1", taken.getsockname()[1])

    assert "NEWS_RUNTIME_HTTP_PORT" in failed.value.next_step


@pytest.mark.parametrize(("trouble", "status"), [("", 0), ("the broker is away", 1)])
def test_a_health_check_has_an_exit_status(probes: Probes, trouble: str, status: int) -> None:
    """
    As containers want it.
    """
    port = probes.start("127.0.0.1", 0)
    probes.say(live="", ready=trouble)
    command = [sys.executable, "-m", "services.runtime.healthcheck", "/ready"]

    done = subprocess.run(
        command, env={"NEWS_RUNTIME_HTTP_PORT": str(port)}, capture_output=True, text=True, check=False
    )

    assert done.returncode == status
    assert (trouble or "well") in done.stdout
