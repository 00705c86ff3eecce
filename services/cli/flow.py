"""
What each service reads and remembers, for tools that look at all of it; a test holds it against the topologies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from schemas import topics
from schemas.topics import Topic


@dataclass(frozen=True)
class Input:
    """
    A topic that a consumer group works off.
    """

    group: str
    topic: Topic[Any]
    is_replay: bool = False


INPUTS = (
    Input("fetcher", topics.SOURCES),
    Input("fetcher", topics.FETCH_REQUESTED),
    Input("cleaner", topics.PAGE_FETCHED),
    Input("cleaner", topics.PAGE_REPLAY, is_replay=True),
    Input("tagger", topics.ARTICLE_CLEANED),
    Input("tagger", topics.ARTICLE_REPLAY, is_replay=True),
    Input("linker", topics.ARTICLE_FINGERPRINTS),
)

GROUPS = tuple(dict.fromkeys(given.group for given in INPUTS))
"""The services, by the groups in which they read."""

TABLES = (topics.FRONTIER, topics.SITE_LINES, topics.SOURCE_HEALTH, topics.LEDGER, topics.STORY_WINDOW)
"""What the services remember; nobody else could tell them again."""

KEPT = (topics.TAKEDOWNS, topics.SOURCES, *TABLES)
"""Topics of which the last value of each key is needed for ever: what was taken down, is watched, and is remembered."""
