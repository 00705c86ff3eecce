"""
One trace from a request to the tagged event, through three processes, as a collector sees it.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from schemas import topics
from schemas.events import FetchRequested
from schemas.ids import request_id
from services.runtime.kafka import access
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings
from tests.kafka.fleet import Fleet
from tests.kafka.site import Site, served
from tests.kafka.test_pipeline import web_environ
from tests.kafka.watching import Subscriber
from tests.unit.runtime.tracing.collector import Collector, Seen, collecting

STEPS = {  # of an article; the first of a host also asks for its robots.txt: a fetch of its own, with two below it
    ("news-fetcher", "process news.fetch.requested", None),
    ("news-fetcher", "fetch", "process news.fetch.requested"),
    ("news-fetcher", "GET", "fetch"),
    ("news-fetcher", "work", "fetch"),
    ("news-fetcher", "work", "process news.fetch.requested"),
    ("news-cleaner", "process news.page.fetched", "fetch"),
    ("news-cleaner", "work", "process news.page.fetched"),
    ("news-tagger", "process news.article.cleaned", "process news.page.fetched"),
    ("news-tagger", "work", "process news.article.cleaned"),
}


def start(fleet: Fleet, site: Site, endpoint: str) -> None:
    """
    Start the three services with traces switched on.
    """
    own = {"NEWS_RUNTIME_OTLP_ENDPOINT": endpoint, "NEWS_FETCHER_RESERVED_PAGES": "fetch"}
    environ = {**web_environ(site), **own}  # no tdmrep.json is asked for
    for name in ("fetcher", "cleaner", "tagger"):
        fleet.start(name, [f"services.{name}"], environ=environ)


async def ask(kafka: KafkaSettings, url: str) -> str:
    """
    Ask for a page, without a trace of our own; return the one that begins.
    """
    event_id = request_id("traces", url)
    request = FetchRequested(url=url, requested_at=datetime.now(UTC))
    await access.publish(kafka, topics.FETCH_REQUESTED, [(request, event_id)], "test")
    return event_id.hex


async def told_of(collector: Collector, trace_id: str, steps: int) -> list[Seen]:
    """
    The spans of a trace, when so many different ones are there or the time is over.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(10):
            while len({s.span_id for s in collector.spans if s.trace_id == trace_id}) < steps:
                await asyncio.sleep(0.1)
    return [span for span in collector.spans if span.trace_id == trace_id]


@pytest.mark.e2e
async def test_one_trace_leads_from_the_request_to_the_tagged_event(kafka: KafkaSettings, fleet: Fleet) -> None:
    """
    Every step is there with its parent, in every service; the event's own header and the log lines lead to it. When the
    collector goes away, the next articles come all the same, and all processes end in order.
    """
    async with served() as site:
        seen = Subscriber(kafka, topics.ARTICLE_TAGGED)
        with collecting() as collector:
            start(fleet, site, collector.endpoint)
            trace_id = await ask(kafka, site.url(0))
            await seen.wait_for(1, 60)
            spans = await told_of(collector, trace_id, len(STEPS) + 3)
        await ask(kafka, site.url(1))
        await seen.wait_for(2, 30)
        await seen.stop()
        statuses = await fleet.stop()

    check_steps(spans)
    check_header(seen.records[0], trace_id, spans)
    check_log(fleet.logs(), trace_id)
    assert list(seen.seen) == [site.url(0), site.url(1)]
    assert statuses == [0, 0, 0]


def check_steps(spans: list[Seen]) -> None:
    """
    What was told, and in what order.
    """
    by_id = {span.span_id: span for span in spans}
    assert len(by_id) == len(spans)
    parents = {span.span_id: by_id[span.parent_id] if span.parent_id else None for span in spans}
    named = {(span.service, span.name, parent and parent.name) for span in spans for parent in [parents[span.span_id]]}
    assert named == STEPS
    assert not [span for span in spans if span.is_error and span.name != "GET"]  # the site has no robots.txt
    assert all(parent.began <= span.began for span in spans if (parent := parents[span.span_id]))
    answers = {s.attributes["url.full"]: s.attributes["http.response.status_code"] for s in spans if s.name == "GET"}
    assert sorted(answers.values()) == [200, 404]


def check_header(record: Record, trace_id: str, spans: list[Seen]) -> None:
    """
    The tagged event names the step that it came from.
    """
    version, of_trace, span_id, flags = (record.header("traceparent") or "").split("-")
    [last] = [span for span in spans if span.span_id == span_id]
    assert (version, of_trace, flags) == ("00", trace_id, "01")
    assert last.name == "process news.article.cleaned"


def check_log(logs: str, trace_id: str) -> None:
    """
    Whoever has a trace finds its lines.
    """
    lines = [json.loads(line) for line in logs.splitlines() if '"event": "committed"' in line]
    assert {line["service"] for line in lines if line["trace_id"] == trace_id} == {"fetcher", "cleaner", "tagger"}
