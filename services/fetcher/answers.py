"""
The fetcher's own values: what is to be done, and what came of it. All of them travel between processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from schemas.parts import ListRules
from services.runtime.stage import RecordFacts

Kind = Literal["page", "feed", "robots", "rights"]


@dataclass(frozen=True)
class Fetch:
    """
    An action: ask for a URL.

    Attributes:
        subject: The URL, normalised; the key of its frontier entry.
        facts: Of the record that brought the entry.
        kind: What is expected there.
        etag: Validator of the last answer, for a conditional request.
        last_modified: Likewise.
        robots: The host's robots.txt, against which redirects on the same host are checked; it stays in its process.
        delay_s: Pause between two requests to the host; redirects on it keep it too.
        chain: URLs that led here across hosts.
        rules: How a list is to be read; its headers are for this origin.
        agent: Our product token, in lower case, by which a page may name us.
        sitemaps: What the host's robots.txt names, where its front page is watched.
        at: Where it is asked for, if not there: a robots.txt may be another host's.
    """

    subject: str
    facts: RecordFacts
    kind: Kind
    etag: str | None = None
    last_modified: str | None = None
    robots: str = ""
    delay_s: float = 0.0
    chain: tuple[str, ...] = ()
    rules: ListRules = field(default_factory=ListRules)
    sitemaps: tuple[str, ...] = ()
    agent: str = ""
    at: str = ""

    @property
    def url(self) -> str:
        """
        What is asked for first.
        """
        return self.at or self.subject

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "robots": ""}


@dataclass(frozen=True)
class Refuse:
    """
    An action without I/O: this URL is not asked for, and why.
    """

    subject: str
    facts: RecordFacts
    reason: str
    detail: str


@dataclass(frozen=True)
class Forget:
    """
    An action without I/O: these entries are over for so long that they need not be known any more.
    """

    subject: str
    facts: RecordFacts
    urls: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """
    A complete answer.

    Attributes:
        url: The last one asked, after redirects on the same host.
        chain: The URLs asked before it.
        headers: By lower-case name; several of one name are joined by a comma.
        body: After content decoding.
        fetched_at: When the answer began.
    """

    url: str
    chain: tuple[str, ...]
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime


@dataclass(frozen=True)
class TooLarge:
    """
    A body that was not read to its end, for it passed the limit.
    """

    is_bomb: bool
    head: bytes
    read_bytes: int
    read_sha256: str
    declared_bytes: int | None


@dataclass(frozen=True)
class Oversized:
    """
    An answer whose body is too large.
    """

    url: str
    status: int
    fetched_at: datetime
    body: TooLarge


@dataclass(frozen=True)
class Redirected:
    """
    The answer leads to a place that this request does not go to: another host, or a host that wants a long pause.
    """

    url: str
    location: str
    chain: tuple[str, ...]
    status: int
    fetched_at: datetime


@dataclass(frozen=True)
class Failure:
    """
    No usable answer.

    Attributes:
        reason: A stable code, e.g. `TIMED_OUT`.
        is_final: Trying again would not help.
    """

    url: str
    reason: str
    detail: str
    is_final: bool = False
    chain: tuple[str, ...] = field(default=())


Result = Answer | Oversized | Redirected | Failure | Refuse
