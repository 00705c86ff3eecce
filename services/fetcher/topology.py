"""
The fetcher's wiring.
"""

from __future__ import annotations

from importlib.metadata import version

from schemas import topics
from schemas.ids import fingerprint
from services.fetcher.client import Client
from services.fetcher.settings import FetcherSettings
from services.fetcher.stage import fetcher_stage
from services.fetcher.takedowns import BAR
from services.runtime.topology import Lane, Topology

GENERATION = 1
"""Raised by each release that changes outcomes."""

LIBRARIES = ("ada-url", "feedparser", "lxml", "publicsuffixlist", "selectolax")

OUTCOME_SETTINGS = {"max_body_bytes", "max_redirects", "max_attempts", "user_agent", "reserved_pages"}


def fetcher_topology(settings: FetcherSettings, client: Client) -> Topology:
    """
    Requests and sources in; pages, requests for what lists and redirects lead to, and news of the sources' health, out.
    """
    return Topology(
        name="fetcher",
        live=topics.FETCH_REQUESTED,
        lanes=(Lane(topics.SOURCES, is_urgent=True),),
        stage=fetcher_stage(settings, client.fetch, client.close),
        tables=(topics.FRONTIER,),
        bar=BAR,
        sinks=(topics.FETCH_REQUESTED, topics.PAGE_FETCHED, topics.SOURCE_HEALTH),
        fingerprint=fingerprint(
            GENERATION,
            {name: version(name) for name in LIBRARIES},
            (),
            settings.model_dump_json(include=OUTCOME_SETTINGS),
        ),
    )
