"""
What drives a dead letter again: the record that goes back in at the stage where it failed.

    the fetcher's, about a request    --> news.fetch.requested    the request anew: the page itself was never an input
    the cleaner's                     --> news.page.replay        the original with its key and headers
    the tagger's                      --> news.article.replay     the same
    about a source                    --> refused                 `news.sources` has one writer, and may say more by now
    cut to its first 64 KiB           --> refused                 what is kept is not what failed
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas import topics
from schemas.dead_letters import ASKED_HEADER, DeadLettered
from schemas.envelope import seal
from schemas.events import FetchRequested
from schemas.ids import request_id
from schemas.topics import Topic
from schemas.trace_context import read
from services.cli.errors import LetterError
from services.runtime.record import Outgoing, Record

RETRIED_HEADER = "retried_from"
"""The key of the letter that a record was driven again from."""

_INTO: Mapping[str, Topic[Any]] = {
    topics.FETCH_REQUESTED.name: topics.FETCH_REQUESTED,
    topics.PAGE_FETCHED.name: topics.PAGE_REPLAY,
    topics.PAGE_REPLAY.name: topics.PAGE_REPLAY,
    topics.ARTICLE_CLEANED.name: topics.ARTICLE_REPLAY,
    topics.ARTICLE_REPLAY.name: topics.ARTICLE_REPLAY,
}

TARGETS = (topics.FETCH_REQUESTED, topics.PAGE_REPLAY, topics.ARTICLE_REPLAY)
"""Every topic that a retry writes to."""


def again(record: Record, count: int) -> Outgoing:
    """
    The record to be written for a letter, with the event id that it had, among `count` partitions.

    Raises:
        LetterError: It cannot be driven again.
        ValueError: It is no letter.
    """
    dead = DeadLettered.from_wire(record.value or b"", record.headers)
    mark = ((RETRIED_HEADER, record.key or b""),)
    request = _request(dead)
    if request is not None:
        event_id = request_id(record.header("ce_id") or str(dead.letter.origin), request.url)
        sealed = seal(topics.FETCH_REQUESTED, request, event_id, "cli", read(record.header("traceparent")))
        partition = topics.FETCH_REQUESTED.partition(request, count)
        return Outgoing(topics.FETCH_REQUESTED.name, partition, sealed.key, sealed.value, sealed.headers + mark)
    into = _INTO.get(dead.letter.origin.topic)
    if into is None:
        raise LetterError(
            f"{dead.letter.origin}: what was said of a source may have changed since",
            "look at it with `news-ingest dlq show`, and add the source anew",
        )
    if dead.letter.is_cut:
        raise LetterError(
            f"{dead.letter.origin}: only the first {len(dead.original)} of {_size(dead)} bytes were kept",
            "it was above the size limit and stays so; fetch the page anew, or purge the letter",
        )
    # A record without an id is named by its place, in all that comes of it.
    headers = {"ce_id": str(dead.letter.origin).encode()} | dead.original_headers
    headers.pop(RETRIED_HEADER, None)
    key = (dead.letter.origin_key or "").encode()
    return Outgoing(into.name, _partition(dead, into, count), key, dead.original, (*headers.items(), *mark))


def _size(dead: DeadLettered) -> int:
    return max(dead.letter.declared_bytes or 0, dead.letter.original_bytes)


def _request(dead: DeadLettered) -> FetchRequested | None:
    """
    The request behind a letter about what came of one: kept in it, or, where it keeps what arrived, made of its URL. A
    watched list is asked for as if by hand: its source alone would say that it is known.
    """
    is_of_a_record = bool(dead.original_headers.keys() - {ASKED_HEADER}) or dead.letter.origin_key is not None
    if dead.letter.stage != "fetcher" or is_of_a_record:
        return None
    try:
        request = FetchRequested.model_validate_json(dead.original_headers.get(ASKED_HEADER, dead.original))
    except ValueError:
        url = dead.letter.subject
        if not url.startswith(("http://", "https://")):
            return None
        request = FetchRequested(url=url, requested_at=dead.letter.origin_timestamp)
    if request.source_url == request.url:
        request = request.model_copy(update={"source_url": None})
    return request


def _partition(dead: DeadLettered, into: Topic[Any], count: int) -> int:
    """
    Where the topic's own rule wants it; what is no event goes where it lay.
    """
    try:
        return into.partition(into.event.from_wire(dead.original, dead.original_headers), count)
    except ValueError:
        return dead.letter.origin.partition % count
