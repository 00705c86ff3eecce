"""
A list of URLs, each asked for once: they are requests as any other, and the fetcher is polite.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from schemas.base import rfc3339
from schemas.events import FetchRequested
from schemas.ids import request_id
from schemas.topics import FETCH_REQUESTED
from services.cli.addresses import checked_url
from services.cli.backfill.files import unreadable
from services.cli.errors import UrlError
from services.runtime.kafka.access import publish
from services.runtime.settings import KafkaSettings

STDIN = Path("-")
BATCH = 5000
"""Requests in memory at once."""


@dataclass
class Asked:
    """
    What became of a list.
    """

    count: int = 0
    left: Counter[str] = field(default_factory=Counter)


@contextmanager
def lines_of(path: Path) -> Iterator[Iterable[str]]:
    """
    The lines of a file, or of standard input, read as they are needed.

    Raises:
        InputFileError: It cannot be read.
    """
    if path == STDIN:
        yield sys.stdin
        return
    try:
        file = path.open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise unreadable(path, error) from None
    with file:
        yield file


def requests_of(lines: Iterable[str], hosts: list[str], now: datetime, asked: Asked) -> Iterator[FetchRequested]:
    """
    A request for each line that is a URL; what is none is counted, blank lines and those that begin with # are not.
    """
    for line in lines:
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        try:
            url = checked_url(text)
        except UrlError:
            asked.left["NO_URL"] += 1
            continue
        host = urlsplit(url).hostname or ""
        if hosts and not any(host == one or host.endswith(f".{one}") for one in hosts):
            asked.left["--host"] += 1
            continue
        asked.count += 1
        yield FetchRequested(url=url, requested_at=now)


async def ask(kafka: KafkaSettings, requests: Iterator[FetchRequested]) -> None:
    """
    Write requests, some at a time.

    Raises:
        BrokerError: Kafka is away.
        TopicsError: The topic is not there.
    """
    while batch := list(islice(requests, BATCH)):
        events = [(request, request_id(rfc3339(request.requested_at), request.url)) for request in batch]
        await publish(kafka, FETCH_REQUESTED, events, source="cli")
