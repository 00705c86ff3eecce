"""
Metrics and health over HTTP, from a thread of their own: they answer while the event loop is busy, and say so.

    /metrics   for Prometheus
    /live      is it worth keeping alone? 503: start the process again
    /ready     does it do its work now? 503 while it starts, or while the broker is away
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app

from services.runtime.errors import NewsIngestError

MAX_SILENCE_S = 30.0
"""An event loop that has said nothing for so long hangs."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class PortError(NewsIngestError):
    """
    The port for metrics and health cannot be opened.
    """

    code = "NI-303"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """
        One line for each look would be all that the log says.
        """


class Probes:
    """
    Answers for one process.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._metrics = make_wsgi_app(registry)
        self._said_at = time.monotonic()
        self._troubles = {"/live": "", "/ready": "it is starting"}
        self._server: WSGIServer | None = None

    def start(self, host: str, port: int) -> int:
        """
        Listen; return the port, which is chosen where 0 is given.

        Raises:
            PortError: It is taken, or not ours to open.
        """
        try:
            self._server = make_server(host, port, self._answer, _Server, _Quiet)
        except OSError as error:
            raise PortError(
                f"{host}:{port} cannot be opened: {error.strerror}", "set NEWS_RUNTIME_HTTP_PORT to a free port"
            ) from None
        Thread(target=self._server.serve_forever, name="probes", daemon=True).start()
        return self._server.server_port

    def say(self, *, live: str, ready: str) -> None:
        """
        Tell what is wrong, as a sentence, or nothing (an empty text). To be called every second.
        """
        self._said_at = time.monotonic()
        self._troubles = {"/live": live, "/ready": ready}

    def stop(self) -> None:
        """
        Close the port.
        """
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            found: Iterable[bytes] = self._metrics(environ, start_response)
            return found
        if path not in self._troubles:
            return _text(start_response, "404 Not Found", "there are /metrics, /live and /ready")
        silence = time.monotonic() - self._said_at
        hangs = f"the event loop has been silent for {silence:.0f} s" if silence > MAX_SILENCE_S else ""
        trouble = hangs or self._troubles[path]
        return _text(start_response, "503 Service Unavailable" if trouble else "200 OK", trouble or "well")


def _text(start_response: Callable[..., Any], status: str, text: str) -> Iterable[bytes]:
    body = f"{text}\n".encode()
    start_response(status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
