"""
Cleaner and tagger one behind the other in memory, as the topics join them.

    page --> driver(cleaner) --> driver(tagger) --> tagged articles
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from schemas import topics
from schemas.events import ArticleTagged
from services.cleaner.settings import CleanerSettings
from services.cleaner.topology import cleaner_topology
from services.runtime.processor import Conclusion
from services.runtime.record import Outgoing
from services.runtime.testing import TopologyDriver
from services.tagger.settings import TaggerSettings
from services.tagger.topology import tagger_topology
from tests.topology.site import FIRST_FETCH, fetched


class Chain:
    """
    One partition of the pipeline behind the fetcher.
    """

    def __init__(self, tagger: TaggerSettings | None = None) -> None:
        self.cleaner = TopologyDriver(cleaner_topology(CleanerSettings()))
        self.tagger = TopologyDriver(tagger_topology(tagger or TaggerSettings()))

    def pipe(self, body: bytes, at: datetime = FIRST_FETCH, **fields: Any) -> list[Conclusion]:
        """
        Let one page through; return what became of it, stage by stage. `fields` are of what is known of the page.
        """
        cleaned = self.cleaner.pipe(fetched(body, at, **fields))
        return [cleaned, *self.tagger.pipe_outgoing(cleaned.records)]

    @property
    def records(self) -> list[Outgoing]:
        """
        What a subscriber of the public topic reads.
        """
        return self.tagger.output(topics.ARTICLE_TAGGED)

    @property
    def articles(self) -> list[ArticleTagged]:
        """
        The same, as events.
        """
        return self.tagger.events(topics.ARTICLE_TAGGED)
