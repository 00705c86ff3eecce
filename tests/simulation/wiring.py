"""
The three services as they are wired, with a stand-in for the CPU work of the cleaner and the tagger.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, cast

from schemas import topics
from schemas.events import ArticleCleaned, PageFetched
from schemas.parts import Timeline
from services.cleaner.settings import CleanerSettings
from services.cleaner.sites.learning import Cleaned
from services.cleaner.stage import withdrawn
from services.cleaner.topology import cleaner_topology
from services.fetcher.client import Client
from services.fetcher.settings import FetcherSettings
from services.fetcher.topology import fetcher_topology
from services.runtime.outcome import DeadLetter, Emission, Emit, Outcome
from services.runtime.topology import Topology
from services.tagger.facets import Found
from services.tagger.ledger import page_facts
from services.tagger.settings import TaggerSettings
from services.tagger.stage import Annotated
from services.tagger.topology import tagger_topology
from tests.simulation.web import POISON

SETTINGS = FetcherSettings(
    retry_base_s=2.0, retry_cap_s=60.0, breaker_base_s=20.0, breaker_cap_s=120.0, robots_ttl_s=600.0, max_attempts=8
)


class _NoClient:
    """
    Actions are carried out by the simulated web.
    """

    async def fetch(self, _action: Any) -> Any: ...

    async def close(self) -> None: ...


def clean(page: PageFetched, _lines: Any = None) -> Cleaned:
    """
    The text between the paragraph's tags is the article.
    """
    return Cleaned(_cleaned(page))


def _cleaned(page: PageFetched) -> Outcome:
    meta = page.meta
    if meta.pub_status == "withdrawn":
        return withdrawn(meta)
    text = page.body.decode().partition("<p>")[2].partition("</p>")[0]
    if POISON in text:
        return DeadLetter("UNDECODABLE", text)
    article = ArticleCleaned(
        article_id=meta.article_id,
        page_id=meta.page_id,
        url=meta.url,
        site=meta.site,
        headline=text.partition(".")[0],
        article_body=text,
        timeline=Timeline(discovered_at=meta.discovered_at, fetched_at=meta.fetched_at),
        generation=1,
    )
    return Emit((Emission(topics.ARTICLE_CLEANED, article),))


def annotate(article: ArticleCleaned) -> Annotated:
    """
    Nothing is said of an article but which it is.
    """
    return Annotated(article, page_facts(article, article.generation), Found(), {})


@cache
def services() -> dict[str, Topology]:
    """
    By name, in the order of the stream.
    """
    fetcher = fetcher_topology(SETTINGS, cast("Client", _NoClient()))
    cleaner, tagger = cleaner_topology(CleanerSettings()), tagger_topology(TaggerSettings())
    cleaner = replace(cleaner, stage=replace(cleaner.stage, work=clean))
    tagger = replace(tagger, stage=replace(tagger.stage, work=annotate))
    return {topology.name: topology for topology in (fetcher, cleaner, tagger)}
