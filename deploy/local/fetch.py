"""
How the jars get into the cache: in parallel, resumed, tested, one process at a time.

Where they come from is `jgo`'s knowledge, not ours; it is imported only when a jar is missing, so a filled cache needs
neither it nor a network.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path

from deploy.local.errors import ErrorCode, LocalBrokerError
from deploy.local.jars import Jar, is_intact
from deploy.local.locks import try_lock

PARALLEL_DOWNLOADS = 4
ATTEMPTS = 4
BACKOFF_S = 0.5
"""Before the second attempt; doubles with each further one."""
REQUEST_TIMEOUT_S = 30.0
CHUNK_BYTES = 64 * 1024
LOCK_POLL_S = 0.2


@dataclass(frozen=True)
class FetchProgress:
    """
    How far a fetch is; sizes are of the jars that were missing when it began.
    """

    done_bytes: int
    total_bytes: int


Report = Callable[[FetchProgress], None]
"""Called from one thread at a time, a few times a second. An exception from it ends the fetch."""


def ignore_progress(_: FetchProgress) -> None:
    """
    Report nothing.
    """


def fetch_jars(
    jars: Sequence[Jar], folder: Path, *, report: Report = ignore_progress, repository: str | None = None
) -> list[Path]:
    """
    Make sure that every jar lies intact in `folder`, and return their paths in the given order.

    Safe to call from several processes at once: one downloads, the others wait for it. What an interrupted fetch got is
    kept: whole jars as they are, the beginning of a jar as a `.part` file that the next fetch continues.

    Args:
        jars: The closure.
        folder: Created when missing.
        report: Progress; see `Report`.
        repository: Root of a Maven repository, instead of the public one: a mirror.

    Raises:
        LocalBrokerError: FETCH_FAILED, JAR_MISMATCH, FETCHER_MISSING or CACHE_UNUSABLE.
    """
    if missing_jars(jars, folder):
        with exclusive(folder, report):
            # Asked again: another process may have fetched them while this one waited for the lock.
            if missing := missing_jars(jars, folder):
                default = public_repository()
                download_all(missing, folder, report, repository or default)
    return [folder / jar.file_name for jar in jars]


def missing_jars(jars: Sequence[Jar], folder: Path) -> list[Jar]:
    """
    Return the jars that are not there, or not intact.
    """
    return [jar for jar in jars if not is_intact(folder / jar.file_name, jar)]


def public_repository() -> str:
    """
    Return the root of the public Maven repository, which is known to `jgo`.
    """
    try:
        from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise LocalBrokerError(
            ErrorCode.FETCHER_MISSING,
            "The broker's jars are not in the cache, and `jgo`, which fetches them, is not installed.",
            next_step="Install the extra: pip install 'news-ingest[local]'.",
        ) from error
    return MAVEN_CENTRAL_URL


@contextmanager
def exclusive(folder: Path, report: Report) -> Iterator[None]:
    """
    Hold the folder's lock; wait while another process holds it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / ".lock").open("wb")
    except OSError as error:
        raise LocalBrokerError(
            ErrorCode.CACHE_UNUSABLE,
            f"The cache folder {folder} cannot be written: {error.strerror}.",
            next_step="Name another folder in NEWS_INGEST_CACHE.",
        ) from error
    with file:
        # Polled rather than waited for, so that `report` can end the wait.
        while not try_lock(file):
            report(FetchProgress(0, 0))
            time.sleep(LOCK_POLL_S)
        yield


class Tally:
    """
    Adds up the bytes of parallel downloads and reports the sum, one caller at a time.
    """

    def __init__(self, jars: Sequence[Jar], report: Report) -> None:
        self._report = report
        self._total = sum(jar.size for jar in jars)
        self._done: dict[str, int] = {}
        self._lock = threading.Lock()

    def set(self, jar: Jar, done_bytes: int) -> None:
        """
        Note how much of one jar is on disk: absolute, so that a retry can go backwards.
        """
        with self._lock:
            self._done[jar.coordinate] = done_bytes
            self._report(FetchProgress(sum(self._done.values()), self._total))


def download_all(jars: Sequence[Jar], folder: Path, report: Report, repository: str) -> None:
    """
    Download in parallel, the biggest first, so that the last one to end is a small one.
    """
    tally = Tally(jars, report)
    one = partial(download, folder=folder, tally=tally, repository=repository)
    with ThreadPoolExecutor(PARALLEL_DOWNLOADS) as pool:
        futures = [pool.submit(one, jar) for jar in sorted(jars, key=lambda jar: -jar.size)]
        try:
            for future in futures:
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def download(jar: Jar, *, folder: Path, tally: Tally, repository: str) -> None:
    """
    Download one jar beside its place, test it, and move it there in one step.
    """
    part = folder / f"{jar.file_name}.part"
    problem = failed(jar, "no attempt was made")
    for attempt in range(ATTEMPTS):
        time.sleep(BACKOFF_S * 2 ** (attempt - 1) if attempt else 0)
        try:
            transfer(jar, part, tally, repository)
        except OSError as error:  # the base of the network library's errors too
            problem = failed(jar, str(error))
            continue
        if is_intact(part, jar):
            part.replace(folder / jar.file_name)
            return
        # Kept, it would be continued for ever.
        part.unlink()
        problem = mismatched(jar)
    raise problem


def transfer(jar: Jar, part: Path, tally: Tally, repository: str) -> None:
    """
    Write the jar to `part`, going on after what is there already if the server can.
    """
    from jgo.util import http  # noqa: PLC0415 - an extra

    begun = part.stat().st_size if part.is_file() else 0
    if begun >= jar.size:
        begun = 0
    headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={begun}-"} if begun else {})}
    url = f"{repository.rstrip('/')}/{jar.repository_path}"
    with http.get(url, stream=True, timeout=REQUEST_TIMEOUT_S, headers=headers) as response:
        response.raise_for_status()
        goes_on = response.status_code == HTTPStatus.PARTIAL_CONTENT
        done = begun if goes_on else 0
        with part.open("ab" if goes_on else "wb") as file:
            for chunk in response.iter_content(CHUNK_BYTES):
                done += file.write(chunk)
                tally.set(jar, done)


def failed(jar: Jar, reason: str) -> LocalBrokerError:
    """
    Return the error of a jar that could not be downloaded.
    """
    return LocalBrokerError(
        ErrorCode.FETCH_FAILED,
        f"{jar.coordinate} could not be downloaded in {ATTEMPTS} attempts: {reason}",
        next_step="Look at the network and start again: what was fetched is kept. "
        "A mirror of the public Maven repository can be named in NEWS_INGEST_MAVEN.",
    )


def mismatched(jar: Jar) -> LocalBrokerError:
    """
    Return the error of a jar that is not the locked one.
    """
    return LocalBrokerError(
        ErrorCode.JAR_MISMATCH,
        f"{jar.coordinate} was downloaded {ATTEMPTS} times and never had the locked SHA-256.",
        next_step="Something on the way answers with other bytes: look at the proxy or the mirror.",
    )
