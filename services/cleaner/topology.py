"""
The cleaner's wiring: pages from the live and the replay topic, articles out.
"""

from __future__ import annotations

from functools import partial
from importlib import metadata

from schemas import topics
from schemas.ids import fingerprint
from services.cleaner.boilerplate import rule_digests
from services.cleaner.classifier import weights_digest
from services.cleaner.settings import CleanerSettings
from services.cleaner.stage import GENERATION, clean, warm
from services.runtime.stage import pure
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
        stage=pure(partial(clean, settings=settings), warm=warm),
        sinks=(topics.ARTICLE_CLEANED,),
        fingerprint=_fingerprint(settings),
        lanes=(Lane(topics.PAGE_REPLAY),),
    )


def _fingerprint(settings: CleanerSettings) -> str:
    versions = {name: metadata.version(name) for name in LIBRARIES}
    return fingerprint(GENERATION, versions, (*rule_digests(), weights_digest()), settings.model_dump_json())
