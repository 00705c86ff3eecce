"""
One URL, once, without Kafka: the same topology, driven in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schemas import topics
from schemas.events import FetchRequested, PageFetched
from schemas.ids import request_id
from services.fetcher.client import Client
from services.fetcher.rights import tdm_url
from services.fetcher.settings import FetcherSettings
from services.fetcher.topology import fetcher_topology
from services.fetcher.urls import robots_url
from services.runtime.processor import Conclusion
from services.runtime.testing import TopologyDriver

MAX_PAUSE_S = 60.0
"""A host that wants a longer pause is left alone: a person is waiting."""


@dataclass(frozen=True)
class Refusal:
    """
    Why there is no page: the reason and detail that the service would have counted, or kept as a dead letter.
    """

    reason: str
    detail: str
    is_dead_letter: bool = False


async def fetch_once(url: str, settings: FetcherSettings, client: Client) -> PageFetched | Refusal:
    """
    Fetch one page as the service would: rules first, redirects followed, politely. The first failure ends it.
    """
    patience = settings.model_copy(update={"max_attempts": 1})
    driver = TopologyDriver(fetcher_topology(patience, client), clock=client.now)
    try:
        request = FetchRequested(url=url, requested_at=driver.now)
    except ValueError as error:
        return Refusal("INVALID_URL", str(error))
    conclusions: Sequence[Conclusion] = [driver.pipe(request, event_id=request_id("once", url))]
    while (end := _end(driver, conclusions)) is None:
        conclusions = await driver.run_due()
        if not conclusions:
            pause_s = (driver.due_at - client.now()).total_seconds() if driver.due_at else MAX_PAUSE_S + 1
            if pause_s > MAX_PAUSE_S:
                return Refusal("TRY_LATER", f"the host wants to be left alone until {driver.due_at}")
            await client.pause(pause_s)
    return end


def _end(driver: TopologyDriver, conclusions: Sequence[Conclusion]) -> PageFetched | Refusal | None:
    """
    How it ends with these conclusions: None while it goes on. A redirect's request is taken in here.
    """
    for conclusion in conclusions:
        if conclusion.reason == "REDIRECTED":
            return _end(driver, driver.pipe_outgoing(conclusion.records))
        if conclusion.reason == "PAGE_FETCHED":
            [page] = driver.events(topics.PAGE_FETCHED)
            assert isinstance(page, PageFetched)
            return page
        if conclusion.reason != "ACCEPTED" and not _is_of_host(conclusion.subject):
            return _refusal(conclusion)
    return None


def _is_of_host(url: str) -> bool:
    return url in {robots_url(url), tdm_url(url)}


def _refusal(conclusion: Conclusion) -> Refusal:
    items = sum(record.topic == topics.FETCH_REQUESTED.name for record in conclusion.records)
    detail = conclusion.detail or f"a feed of {items} items"
    return Refusal(conclusion.reason, detail, conclusion.outcome == "deadletter")
