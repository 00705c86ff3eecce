"""
One page through all three stages in this process, with the very code that runs behind Kafka.

    file | standard input --> page --> [cleaner] --> [tagger] --> what a subscriber would read
    URL --> [fetcher] -------^
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from schemas.base import rfc3339
from schemas.events import MAX_BODY_BYTES, PageFetched, PageMeta
from schemas.ids import sha256_hex
from schemas.topics import ARTICLE_CLEANED, ARTICLE_TAGGED
from services.cleaner.explanation import explain
from services.cleaner.settings import CleanerSettings
from services.cleaner.topology import cleaner_topology
from services.cli.errors import InputFileError, OutputFileError
from services.cli.view import to_page
from services.fetcher.head import read_head
from services.fetcher.identity import identify
from services.fetcher.urls import normalise
from services.runtime.processor import Conclusion
from services.runtime.record import Outgoing
from services.runtime.testing import TopologyDriver
from services.tagger.settings import TaggerSettings
from services.tagger.topology import tagger_topology

TRY_ROOT = "https://try.invalid/"
"""The site of a page that came from a file; `.invalid` belongs to nobody (RFC 2606)."""

STDIN = Path("-")
CONTENT_TYPES = {".txt": "text/plain", ".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml"}
SNIFFED_BYTES = 1024


@dataclass(frozen=True)
class Given:
    """
    What is said about a page besides its bytes; what is not said is taken from the file.
    """

    url: str | None = None
    content_type: str | None = None
    fetched_at: datetime | None = None


@dataclass(frozen=True)
class End:
    """
    What one stage made of its input.

    Attributes:
        outcome: emit, drop or deadletter.
    """

    stage: str
    outcome: str
    reason: str
    detail: str


@dataclass(frozen=True)
class Trial:
    """
    What became of the page, stage by stage, and the event at the end where there is one.
    """

    ends: tuple[End, ...]
    page: PageFetched | None = None
    tagged: Outgoing | None = None
    settings: TaggerSettings = field(default_factory=TaggerSettings)


def read_page(source: Path, given: Given) -> PageFetched | End:
    """
    Make a page event of a file, as if it had been fetched when the file was written.

    Raises:
        InputFileError: It cannot be read.
    """
    body, written_at = _read(source)
    if len(body) > MAX_BODY_BYTES:
        return End("fetcher", "deadletter", "BODY_TOO_LARGE", f"{len(body)} bytes, at most {MAX_BODY_BYTES}")
    name = "stdin" if source == STDIN else source.name
    url = normalise(given.url or TRY_ROOT + name)
    at = given.fetched_at or written_at
    content_type = given.content_type or CONTENT_TYPES.get(source.suffix.lower()) or sniff(body)
    identity = identify(url, {}, read_head(body))
    meta = PageMeta.of(
        sha256_hex(body),
        url=url,
        article_id=identity.article_id,
        fetched_at=at,
        content_type=content_type,
        canonical_url=identity.canonical_url,
    )
    return PageFetched(meta=meta, body=body)


def _read(source: Path) -> tuple[bytes, datetime]:
    try:
        if source == STDIN:
            return sys.stdin.buffer.read(), datetime.now(UTC)
        return source.read_bytes(), datetime.fromtimestamp(source.stat().st_mtime, UTC)
    except OSError as error:
        raise InputFileError(f"{source} cannot be read: {error.strerror}", "look at the path and its rights") from None


def sniff(body: bytes) -> str:
    """
    Tell HTML from plain text by its beginning.
    """
    start = body[:SNIFFED_BYTES].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return "text/html" if start.startswith(b"<") or b"<html" in start else "text/plain"


def try_page(page: PageFetched, environ: Mapping[str, str]) -> Trial:
    """
    Take a page through the cleaner and the tagger, serialised in between as on the topics.

    Raises:
        SettingsError: A variable of one of the services does not fit.
    """
    at = page.meta.fetched_at
    cleaner = TopologyDriver(cleaner_topology(CleanerSettings.from_environ(environ)), now=at)
    settings = TaggerSettings.from_environ(environ)
    tagger = TopologyDriver(tagger_topology(settings), now=at)
    ends = [_end("cleaner", cleaner.pipe(page, event_id=page.meta.page_id))]
    ends += [_end("tagger", conclusion) for conclusion in tagger.pipe_outgoing(cleaner.output(ARTICLE_CLEANED))]
    tagged = tagger.output(ARTICLE_TAGGED)
    return Trial(tuple(ends), page, tagged[0] if tagged else None, settings)


def write_view(page: PageFetched, target: Path, environ: Mapping[str, str]) -> None:
    """
    Write an HTML file that shows a page beside what the cleaner makes of it.

    Raises:
        OutputFileError: It cannot be written.
        SettingsError: A variable of the cleaner does not fit.
    """
    explanation = explain(page, CleanerSettings.from_environ(environ))
    try:
        target.write_text(to_page(explanation, page.meta.url), encoding="utf-8")
    except OSError as error:
        raise OutputFileError(f"{target} cannot be written: {error.strerror}", "name another path") from None


def _end(stage: str, conclusion: Conclusion) -> End:
    return End(stage, conclusion.outcome, conclusion.reason, conclusion.detail)


def describe_page(page: PageFetched) -> dict[str, str]:
    """
    What is known of a page before it is read.
    """
    meta = page.meta
    return {
        "page": meta.url,
        "fetched at": rfc3339(meta.fetched_at),
        "content type": meta.content_type or "-",
        "bytes": str(len(page.body)),
        "canonical": meta.canonical_url or "-",
    }
