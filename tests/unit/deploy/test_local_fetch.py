"""
Fetching jars, from a real HTTP server on this machine that can be told to misbehave.
"""

import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploy.local import fetch
from deploy.local.errors import ErrorCode, LocalBrokerError
from deploy.local.fetch import FetchProgress, fetch_jars
from deploy.local.jars import Jar


@dataclass
class Repository:
    """
    A Maven repository: what it holds, how it misbehaves, and what it was asked.
    """

    bodies: dict[str, bytes] = field(default_factory=dict)
    fail_first: int = 0
    cut_first_at: int | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    url: str = ""

    def add(self, name: str, body: bytes) -> Jar:
        """
        Publish a jar.
        """
        jar = Jar(f"org.example:{name}:1", hashlib.sha256(body).hexdigest(), len(body))
        self.bodies[f"/{jar.repository_path}"] = body
        return jar


class Handler(BaseHTTPRequestHandler):
    """
    Answers for one Repository, with ranges.
    """

    def __init__(self, repository: Repository, *args: object) -> None:
        self.repository = repository
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """
        Send a jar, or the part of it that was asked for.
        """
        shop, wanted = self.repository, self.headers.get("Range")
        shop.asked.append((self.path, wanted))
        if shop.fail_first:
            shop.fail_first -= 1
            return self.send_error(503)
        if self.path not in shop.bodies:
            return self.send_error(404)
        begin = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        body = shop.bodies[self.path][begin:]
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        end, shop.cut_first_at = shop.cut_first_at, None
        self.wfile.write(body[:end])
        return None

    def log_message(self, *_: object) -> None:
        """
        Say nothing.
        """


@pytest.fixture
def repository() -> Iterator[Repository]:
    """
    A repository that runs for one test.
    """
    shop = Repository()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, shop)) as server:
        shop.url = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield shop
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Retry at once.
    """
    monkeypatch.setattr(fetch, "BACKOFF_S", 0.0)


def test_missing_jars_are_fetched_once(repository: Repository, tmp_path: Path) -> None:
    """
    The first call fetches, the second finds everything in place and asks nobody.
    """
    jars = [repository.add(name, name.encode() * 50_000) for name in ("a", "bc", "def")]

    paths = fetch_jars(jars, tmp_path, repository=repository.url)
    again = fetch_jars(jars, tmp_path, repository="http://127.0.0.1:1/nobody")

    assert [path.read_bytes() for path in paths] == [b"a" * 50_000, b"bc" * 50_000, b"def" * 50_000]
    assert again == paths
    assert len(repository.asked) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "a-1.jar", "bc-1.jar", "def-1.jar"]


def test_a_jar_that_was_changed_on_disk_is_fetched_again(repository: Repository, tmp_path: Path) -> None:
    """
    A damaged cache heals itself; no jar is used that is not the locked one.
    """
    jar = repository.add("a", b"good")
    (tmp_path / "a-1.jar").write_bytes(b"evil")

    [path] = fetch_jars([jar], tmp_path, repository=repository.url)

    assert path.read_bytes() == b"good"


def test_a_server_that_stumbles_is_asked_again(repository: Repository, tmp_path: Path) -> None:
    """
    Two refusals in a row do not end the fetch.
    """
    jar = repository.add("a", b"body")
    repository.fail_first = 2

    [path] = fetch_jars([jar], tmp_path, repository=repository.url)

    assert path.read_bytes() == b"body"
    assert len(repository.asked) == 3


def test_a_transfer_that_breaks_off_goes_on_where_it_stopped(repository: Repository, tmp_path: Path) -> None:
    """
    What arrived before the connection was lost is not fetched a second time.
    """
    jar = repository.add("a", bytes(range(256)) * 4_000)
    repository.cut_first_at = fetch.CHUNK_BYTES * 3

    [path] = fetch_jars([jar], tmp_path, repository=repository.url)

    assert path.read_bytes() == bytes(range(256)) * 4_000
    assert [wanted for _, wanted in repository.asked] == [None, f"bytes={fetch.CHUNK_BYTES * 3}-"]


def test_the_wrong_beginning_of_an_earlier_fetch_is_thrown_away(repository: Repository, tmp_path: Path) -> None:
    """
    A `.part` file that does not fit the jar costs one attempt, not the fetch.
    """
    jar = repository.add("a", b"0123456789")
    (tmp_path / "a-1.jar.part").write_bytes(b"XXX")

    [path] = fetch_jars([jar], tmp_path, repository=repository.url)

    assert path.read_bytes() == b"0123456789"


def test_other_bytes_than_the_locked_ones_are_refused(repository: Repository, tmp_path: Path) -> None:
    """
    A jar with the wrong hash never gets its name, and the error says so.
    """
    jar = repository.add("a", b"good")
    repository.bodies[f"/{jar.repository_path}"] = b"evil"

    with pytest.raises(LocalBrokerError) as caught:
        fetch_jars([jar], tmp_path, repository=repository.url)

    assert caught.value.code is ErrorCode.JAR_MISMATCH
    assert not list(tmp_path.glob("*.jar*"))


def test_a_jar_that_cannot_be_had_is_named(tmp_path: Path, repository: Repository) -> None:
    """
    The error has the coordinate, the reason, and a next step.
    """
    jar = Jar("org.example:absent:1", "0" * 64, 1)

    with pytest.raises(LocalBrokerError) as caught:
        fetch_jars([jar], tmp_path, repository=repository.url)

    assert caught.value.code is ErrorCode.FETCH_FAILED
    assert "org.example:absent:1" in caught.value.message
    assert "404" in caught.value.message
    assert "NEWS_INGEST_MAVEN" in caught.value.next_step


def test_progress_ends_at_the_size_of_what_was_missing(repository: Repository, tmp_path: Path) -> None:
    """
    Reports never overlap, never go past the total, and end at it.
    """
    jars = [repository.add(name, b"x" * 200_000) for name in "abcd"]
    seen: list[FetchProgress] = []

    fetch_jars(jars, tmp_path, report=seen.append, repository=repository.url)

    assert seen[-1] == FetchProgress(800_000, 800_000)
    assert [one.done_bytes for one in seen] == sorted(one.done_bytes for one in seen)


def test_an_exception_from_the_report_ends_the_fetch(repository: Repository, tmp_path: Path) -> None:
    """
    That is how a caller who is asked to stop leaves a long download.
    """
    jar = repository.add("a", b"x" * 200_000)

    def report(_: FetchProgress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_jars([jar], tmp_path, report=report, repository=repository.url)

    assert not (tmp_path / "a-1.jar").exists()


def test_two_at_once_fetch_each_jar_once(repository: Repository, tmp_path: Path) -> None:
    """
    The second waits for the first, and then finds the jars.
    """
    jars = [repository.add(name, name.encode() * 100_000) for name in "abcdef"]
    one = partial(fetch_jars, jars, tmp_path, repository=repository.url)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(one), pool.submit(one)

    assert first.result() == second.result()
    assert len(repository.asked) == len(jars)


def test_a_cache_that_cannot_be_written_says_what_to_set(tmp_path: Path) -> None:
    """
    The error names the folder and the variable.
    """
    blocker = tmp_path / "file"
    blocker.write_text("", encoding="utf-8")

    with pytest.raises(LocalBrokerError) as caught:
        fetch_jars([Jar("a:b:1", "0" * 64, 1)], blocker / "cache")

    assert caught.value.code is ErrorCode.CACHE_UNUSABLE
    assert "NEWS_INGEST_CACHE" in caught.value.next_step
