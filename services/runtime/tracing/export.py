"""
Sends spans to a collector by OTLP over HTTP, from a thread of its own: whoever hands them over never waits, and nothing
of it can fail the service. Imported only where a collector is named.
"""

from __future__ import annotations

import gzip
import ssl
from collections.abc import Callable, Iterable
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from queue import Empty, Full, Queue
from threading import Event, Thread
from urllib.parse import SplitResult, urlsplit

from services.runtime.tracing.otlp import encoded
from services.runtime.tracing.spans import Span

MAX_WAITING = 8192
"""Spans that wait to be sent, about 10 MB; more are dropped, and counted."""

BATCH, PAUSE_S = 512, 1.0
"""Spans in one request, and how long one that is not full waits for more."""

TIMEOUT_S = 5.0
"""To connect, and for each answer."""

AGAIN_AFTER_S = (1.0, 4.0)
"""Pauses before a batch is tried again; then it is dropped."""

GOODBYE_S = 1.0
"""At the end, for what still waits."""

PASSING = frozenset({429, 502, 503, 504})
"""Statuses after which OTLP lets a batch be sent again."""

AWAY = 503
"""What stands for no answer."""


class Exporter:
    """
    A bounded queue and the thread that empties it. `count` is told how many were `sent` and how many `dropped`.
    """

    def __init__(self, service: str, endpoint: str, count: Callable[[str, int], None]) -> None:
        self._service = service
        self._url = urlsplit(f"{endpoint.rstrip('/')}/v1/traces")
        self._count = count
        self._waiting: Queue[Span] = Queue(MAX_WAITING)
        self._is_over = Event()
        self._thread = Thread(target=self._run, name="traces", daemon=True)
        self._thread.start()

    def put(self, spans: Iterable[Span]) -> None:
        """
        Take spans over, as many as there is room for.
        """
        for span in spans:
            try:
                self._waiting.put_nowait(span)
            except Full:
                self._count("dropped", 1)

    def stop(self) -> None:
        """
        Send what waits, if the collector takes it at once.
        """
        self._is_over.set()
        self._thread.join(GOODBYE_S)

    def _run(self) -> None:
        while not self._is_over.is_set() or not self._waiting.empty():
            batch = self._next_batch()
            if batch:
                is_sent = self._deliver(gzip.compress(encoded(self._service, batch), 1))
                self._count("sent" if is_sent else "dropped", len(batch))

    def _next_batch(self) -> list[Span]:
        """
        All that waits, up to a full batch; a pause comes first, so that they gather.
        """
        if self._waiting.qsize() < BATCH:
            self._is_over.wait(PAUSE_S)
        batch: list[Span] = []
        try:
            while len(batch) < BATCH:
                batch.append(self._waiting.get_nowait())
        except Empty:
            pass
        return batch

    def _deliver(self, body: bytes) -> bool:
        for pause_s in (*AGAIN_AFTER_S, None):
            status = post(self._url, body)
            if status not in PASSING or pause_s is None or self._is_over.wait(pause_s):
                break
        return 200 <= status < 300


def post(url: SplitResult, body: bytes) -> int:
    """
    Send one request to just this address: no proxies, no redirects. Return the status of the answer.
    """
    connection = _connection(url)
    try:
        connection.request("POST", url.path, body, HEADERS)
        answer = connection.getresponse()
        answer.read()
    except (OSError, HTTPException, UnicodeError):  # the last for a host name that is none
        return AWAY
    else:
        return answer.status
    finally:
        connection.close()


HEADERS = {"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip", "User-Agent": "news-ingest"}


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _connection(url: SplitResult) -> HTTPConnection:
    host = url.hostname or ""
    if url.scheme == "https":
        return HTTPSConnection(host, url.port, timeout=TIMEOUT_S, context=_trust())
    return HTTPConnection(host, url.port, timeout=TIMEOUT_S)
