"""
A collector of traces on this machine: takes OTLP over HTTP and keeps what it was sent.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Seen:
    """
    A span as it came. Ids are hexadecimal; `links` are span ids.
    """

    service: str
    name: str
    kind: int
    trace_id: str
    span_id: str
    parent_id: str
    began: int
    ended: int
    attributes: dict[str, Any]
    links: tuple[str, ...]
    is_error: bool


@dataclass
class Collector:
    """
    What was sent, and the answer that is given.
    """

    endpoint: str = ""
    status: int = 200
    spans: list[Seen] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)

    def take(self, path: str, body: bytes) -> None:
        """
        Keep the spans of one request.
        """
        self.paths.add(path)
        told = ExportTraceServiceRequest()
        told.ParseFromString(body)
        for group in told.resource_spans:
            service = values(group.resource.attributes)["service.name"]
            self.spans += [seen(service, span) for scope in group.scope_spans for span in scope.spans]


def values(attributes: Any) -> dict[str, Any]:
    """
    Attributes as Python has them.
    """
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}


def seen(service: str, span: Any) -> Seen:
    """
    A span of the wire.
    """
    return Seen(
        service=service,
        name=span.name,
        kind=span.kind,
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        began=span.start_time_unix_nano,
        ended=span.end_time_unix_nano,
        attributes=values(span.attributes),
        links=tuple(link.span_id.hex() for link in span.links),
        is_error=span.status.code == 2,
    )


@contextmanager
def collecting() -> Iterator[Collector]:
    """
    Listen on a free port.
    """
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if collector.status == 200:
                packed = self.headers.get("Content-Encoding") == "gzip"
                collector.take(self.path, gzip.decompress(body) if packed else body)
            self.send_response(collector.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """
            The spans are what there is to tell.
            """

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
