"""
A web in memory: hosts that note who asks when, with articles that change, go away, or are guarded by a bad host.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from services.fetcher.answers import Answer, Failure, Fetch
from services.fetcher.responses import Fetched
from services.fetcher.urls import host_of
from tests.simulation.kernel import Kernel

Mood = Literal["well", "slow", "busy", "broken", "silent"]
"""Of a host: busy answers 429 with Retry-After, broken 503, silent nothing at all."""

RETRY_AFTER_S = 25
POISON = "poison"
"""A page with this in its text breaks the work on it."""


@dataclass
class Sent:
    """
    One request, as its host saw it. `heard_at`: when its owner learned what came of it, if it lived to.
    """

    url: str
    at: float
    delay_s: float
    takes_s: float
    owner: object
    is_zombie: bool
    heard_at: float | None = None
    retry_after_s: float = 0.0


@dataclass
class Host:
    """
    What a host has, and how it is.
    """

    name: str
    crawl_delay_s: int
    mood: Mood = "well"
    texts: dict[str, str | None] = field(default_factory=dict)
    log: list[Sent] = field(default_factory=list)


class Web:
    """
    All hosts.
    """

    def __init__(self, kernel: Kernel, clock: Callable[[], datetime]) -> None:
        self._kernel, self._clock = kernel, clock
        self.hosts: dict[str, Host] = {}
        self.served: defaultdict[str, list[str | None]] = defaultdict(list)

    def add(self, host: Host) -> None:
        """
        A host begins to exist.
        """
        self.hosts[host.name] = host

    def ask(self, fetch: Fetch, owner: object, *, is_zombie: bool) -> Sent:
        """
        A request comes in.
        """
        host = self.hosts[host_of(fetch.url)]
        slow_s = {"slow": 20.0, "silent": 15.0}.get(host.mood, 0.0)
        takes_s = self._kernel.random.uniform(0.05, 1.0) + slow_s
        sent = Sent(fetch.url, self._kernel.now, fetch.delay_s, takes_s, owner, is_zombie)
        host.log.append(sent)
        return sent

    def answer(self, fetch: Fetch, sent: Sent) -> Fetched:
        """
        What comes back, by how the host is then.
        """
        host = self.hosts[host_of(fetch.url)]
        if host.mood == "silent":
            return Fetched(fetch, Failure(fetch.url, "TIMED_OUT", ""))
        status, headers, body = self._content(host, fetch.url.partition(host.name)[2])
        if status == 429:
            sent.retry_after_s = RETRY_AFTER_S
        return Fetched(fetch, Answer(fetch.url, (), status, headers, body, self._clock()))

    def _content(self, host: Host, path: str) -> tuple[int, dict[str, str], bytes]:
        if host.mood == "busy":
            return 429, {"retry-after": str(RETRY_AFTER_S)}, b""
        if host.mood == "broken":
            return 503, {}, b""
        if path == "/robots.txt":
            return 200, {}, f"User-agent: *\nCrawl-delay: {host.crawl_delay_s}".encode()
        text = host.texts.get(path)
        self.served[f"https://{host.name}{path}"].append(text)
        if text is None:
            return 404, {}, b""
        page = f"<!doctype html><html><head><title>T</title></head><body><p>{text}</p></body></html>"
        return 200, {"content-type": "text/html"}, page.encode()
