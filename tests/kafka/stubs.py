"""
Stub services for tests of the runtime: two stages that copy, so that only the runtime is under test.

    news.fetch.requested --> [first] --> news.page.fetched --> [second, with a ledger] --> news.article.cleaned

A request for `https://site-7.test/42` becomes a page and then an article of that URL. The URL's query makes a stage
misbehave: `?hang`, `?crash`, `?raise`.
"""

from __future__ import annotations

import ctypes
import os
import time
from datetime import datetime

from schemas import topics
from schemas.events import ArticleCleaned, FetchRequested, PageFetched, PageMeta
from schemas.ids import article_id, sha256_hex
from schemas.parts import Timeline
from schemas.state import LedgerEntry
from services.runtime.outcome import Change, Drop, Emission, Emit, Outcome
from services.runtime.stage import Assignment, Cause, Stage, Tables, pure
from services.runtime.table import Table
from services.runtime.topology import Lane, Topology


def misbehave(url: str) -> None:
    """
    Do to the worker what the URL asks for.
    """
    if url.endswith("?hang"):
        time.sleep(3600)
    if url.endswith("?crash"):
        ctypes.string_at(0)
    if url.endswith("?raise"):
        raise RuntimeError("asked to")


def linger(url: str) -> None:
    """
    Take as long as the environment says, so that there is always a record under way when a process is hit.
    """
    misbehave(url)
    time.sleep(float(os.environ.get("STUB_WORK_S", "0")))


def to_page(request: FetchRequested) -> Outcome:
    """
    Make a page of a request, without any web.
    """
    linger(request.url)
    body = f"<p>{request.url}</p>".encode() + b"." * int(os.environ.get("STUB_BODY_BYTES", "0"))
    url = request.url
    meta = PageMeta.of(sha256_hex(body), url=url, article_id=article_id(url), fetched_at=request.requested_at)
    return Emit((Emission(topics.PAGE_FETCHED, PageFetched(meta=meta, body=body), meta.page_id),))


def to_article(page: PageFetched) -> ArticleCleaned:
    """
    Make an article of a page.
    """
    linger(page.meta.url)
    return ArticleCleaned(
        article_id=page.meta.article_id,
        page_id=page.meta.page_id,
        url=page.meta.url,
        site=page.meta.site,
        headline=page.meta.url,
        article_body=page.body.decode(),
        timeline=Timeline(fetched_at=page.meta.fetched_at),
        generation=1,
    )


def once(seen: Table, article: ArticleCleaned, _cause: Cause, _now: datetime) -> Outcome:
    """
    Emit an article the first time it is seen, by the ledger.
    """
    key = str(article.article_id)
    known = seen.get(key)
    if known is not None:
        return Drop("UNCHANGED")
    entry = LedgerEntry(
        article_id=article.article_id,
        url=article.url,
        version=1,
        page_id=article.page_id,
        revised_at=article.timeline.fetched_at,
        generation=1,
        published_page_id=article.page_id,
        field_digests={},
        sketch=[],
    )
    return Emit((Emission(topics.ARTICLE_CLEANED, article),), (Change(topics.LEDGER, key, entry),))


def ledger(_assignment: Assignment, tables: Tables) -> Table:
    """
    The second stage's state, which takes as long to make as the environment says.
    """
    until = time.monotonic() + float(os.environ.get("STUB_OPEN_S", "0"))
    while time.monotonic() < until:
        pass  # not a sleep: the interpreter is busy, as it is with a large table
    return tables[topics.LEDGER.name]


FIRST = Topology(
    name="first",
    live=topics.FETCH_REQUESTED,
    stage=pure(to_page),
    sinks=(topics.PAGE_FETCHED,),
    fingerprint="stub",
)
SECOND = Topology(
    name="second",
    live=topics.PAGE_FETCHED,
    lanes=(Lane(topics.PAGE_REPLAY),),
    tables=(topics.LEDGER,),
    stage=Stage(work=to_article, decide=once, open=ledger),
    sinks=(topics.ARTICLE_CLEANED,),
    fingerprint="stub",
)
STUBS: dict[str, Topology] = {stub.name: stub for stub in (FIRST, SECOND)}
