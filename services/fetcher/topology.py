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
from services.runtime.topology import Lane, Topology

GENERATION = 1
"""Raised by each release that changes outcomes."""

LIBRARIES = ("ada-url", "feedparser", "publicsuffixlist", "selectolax")

OUTCOME_SETTINGS = {"max_body_bytes", "max_redirects", "max_attempts", "user_agent"}


def fetcher_topology(settings: FetcherSettings, client: Client) -> Topology:
    """
    Requests and sources in; pages, and requests for what feeds and redirects lead to, out.
    """
    return Topology(
        name="fetcher",
        live=topics.FETCH_REQUESTED,
        lanes=(Lane(topics.SOURCES, is_urgent=True),),
        stage=fetcher_stage(settings, client.fetch, client.close),
        tables=(topics.FRONTIER,),
        sinks=(topics.FETCH_REQUESTED, topics.PAGE_FETCHED),
        fingerprint=fingerprint(
            GENERATION,
            {name: version(name) for name in LIBRARIES},
            (),
            settings.model_dump_json(include=OUTCOME_SETTINGS),
        ),
    )
