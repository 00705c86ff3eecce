"""
The cleaner's wiring: pages, live and replayed, in; articles out; beside, what sites repeat and how they are.
"""

from __future__ import annotations

from functools import partial
from importlib import metadata

from schemas import topics
from schemas.ids import fingerprint
from services.cleaner.body.classifier import weights_digest
from services.cleaner.boilerplate.rules import rule_digests
from services.cleaner.settings import CleanerSettings
from services.cleaner.sites.learning import decide, figures, lines_for, open_memory, work
from services.cleaner.stage import GENERATION, warm
from services.cleaner.takedowns import BAR
from services.runtime.stage import Stage
from services.runtime.topology import Lane, Topology

LIBRARIES = ("beautifulsoup4", "charset-normalizer", "htmldate", "justext", "lxml", "lxml_html_clean", "trafilatura")
"""Whose versions change outcomes."""


def cleaner_topology(settings: CleanerSettings) -> Topology:
    """
    What the cleaner reads, does and writes.
    """
    return Topology(
        name="cleaner",
        live=topics.PAGE_FETCHED,
        tables=(topics.SITE_LINES, topics.SOURCE_HEALTH),
        stage=Stage(
            work=partial(work, settings=settings),
            decide=decide,
            open=open_memory,
            warm=warm,
            snapshot=partial(lines_for, settings=settings),
            figures=figures,
        ),
        sinks=(topics.ARTICLE_CLEANED,),
        fingerprint=_fingerprint(settings),
        lanes=(Lane(topics.PAGE_REPLAY),),
        bar=BAR,
    )


def _fingerprint(settings: CleanerSettings) -> str:
    versions = {name: metadata.version(name) for name in LIBRARIES}
    return fingerprint(GENERATION, versions, (*rule_digests(), weights_digest()), settings.model_dump_json())
