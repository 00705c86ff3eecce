"""
Serves the demo's world on this machine: every publisher on a loopback address of its own, so that politeness, which is
per host, does not make them wait for each other. Where only 127.0.0.1 exists (macOS), each gets a port of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from deploy.demo.world import FEED_PATH, Publisher

PORT_ATTEMPTS = 20


@dataclass(frozen=True)
class Answer:
    """
    What a path is answered with.
    """

    content_type: str
    body: bytes


@dataclass
class Site:
    """
    The running world.

    Attributes:
        bases: Base URL by publisher id.
        requests: Every path that was asked for, in order, by publisher id.
    """

    bases: dict[str, str]
    requests: dict[str, list[str]] = field(default_factory=dict)

    @property
    def feeds(self) -> list[str]:
        """
        The URLs of all feeds.
        """
        return [base + FEED_PATH for base in self.bases.values()]

    @property
    def ports(self) -> list[int]:
        """
        The ports that have to be reachable.
        """
        return sorted({int(base.rpartition(":")[2]) for base in self.bases.values()})


@contextmanager
def serving(world: tuple[Publisher, ...]) -> Iterator[Site]:
    """
    Serve the world until the block ends.

    Raises:
        OSError: No port of 127.0.0.1 can be listened on.
    """
    with ExitStack() as stack:
        servers = _listen(len(world))
        for server in servers:
            stack.callback(server.server_close)
        site = Site({p.id: _base(server) for p, server in zip(world, servers, strict=True)})
        for publisher, server in zip(world, servers, strict=True):
            server.answers = _answers(publisher, site.bases)
            server.seen = site.requests.setdefault(publisher.id, [])
            Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
            stack.callback(server.shutdown)
        yield site


def _answers(publisher: Publisher, bases: Mapping[str, str]) -> dict[str, Answer]:
    pages = {page.path: Answer(page.content_type, page.render(bases)) for page in publisher.pages}
    return {
        **pages,
        FEED_PATH: Answer("application/xml", publisher.feed_document(bases[publisher.id])),
        "/robots.txt": Answer("text/plain; charset=utf-8", publisher.robots.encode()),
    }


def _base(server: ThreadingHTTPServer) -> str:
    host, port = server.server_address[:2]
    return f"http://{host!s}:{port}"


class _Server(ThreadingHTTPServer):
    """
    One publisher's server.
    """

    daemon_threads = True
    answers: dict[str, Answer]
    seen: list[str]

    def handle_error(self, request: object, client_address: object) -> None:
        """
        An asker that goes away in the middle is no news here; it is what has to happen to a page that is too large.
        """


def _listen(count: int) -> list[_Server]:
    """
    Listen `count` times: on one port of 127.0.0.1, 127.0.0.2, ..., else on as many ports of 127.0.0.1.
    """
    for _ in range(PORT_ATTEMPTS):
        servers = [_Server(("127.0.0.1", 0), _Handler)]
        port = servers[0].server_address[1]
        try:
            # Lazily: what is open already is in the list when the next address turns out not to exist.
            servers.extend(_Server((f"127.0.0.{number}", port), _Handler) for number in range(2, count + 1))
        except OSError:
            for server in servers:
                server.server_close()
        else:
            return servers
    return [_Server(("127.0.0.1", 0), _Handler) for _ in range(count)]


class _Handler(BaseHTTPRequestHandler):
    """
    Answers with what the world says.
    """

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """
        Answer one request.
        """
        self.server.seen.append(self.path)
        answer = self.server.answers.get(self.path)
        found = answer or Answer("text/plain; charset=utf-8", b"no such page\n")
        self.send_response(HTTPStatus.OK if answer else HTTPStatus.NOT_FOUND)
        self.send_header("Content-Type", found.content_type)
        self.send_header("Content-Length", str(len(found.body)))
        self.end_headers()
        try:
            self.wfile.write(found.body)
        except OSError:  # the asker had enough: a page of six megabytes
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """
        Say nothing: the demo's own lines are what matters.
        """
