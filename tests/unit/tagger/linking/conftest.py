"""
Fingerprints by hand, and a linker in memory that gets them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from schemas import topics
from schemas.stories import ArticleFingerprint, StoryLinked
from services.runtime.processor import Conclusion
from services.runtime.record import Outgoing
from services.runtime.testing import TopologyDriver
from services.tagger.linking.settings import LinkerSettings
from services.tagger.linking.sketches import encoded, sketch
from services.tagger.linking.topology import linker_topology

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
NOW = START + timedelta(days=30)


def fingerprint(
    number: int, *, about: str = "", text: Sequence[str] = (), hours: float = 0.0, **fields: object
) -> ArticleFingerprint:
    """
    Article `number`, fetched so long after the start. `about` holds features: names with a capital, words without.
    """
    features = {f"person:{word.lower()}" if word[0].isupper() else f"word:en:{word}": 60 for word in about.split()}
    facts = {
        "article_id": UUID(int=number),
        "page_id": UUID(int=1000 + number),
        "url": f"https://paper.example/{number}",
        "site": "paper.example",
        "in_language": "en",
        "version": 1,
        "revised_at": START + timedelta(hours=hours),
        "word_count": len(text),
        "sketch": encoded(sketch(text)) if text else "",
        "features": features,
    }
    return ArticleFingerprint.model_validate({**facts, **fields})


class Desk:
    """
    A linker, and what it said.
    """

    def __init__(self, **settings: object) -> None:
        self.driver = TopologyDriver(linker_topology(LinkerSettings.model_validate(settings)), now=NOW)

    def give(self, *told: ArticleFingerprint) -> Conclusion:
        """
        Hand over fingerprints; return what became of the last.
        """
        return [self.driver.pipe(each) for each in told][-1]

    def delete(self, number: int) -> Conclusion:
        """
        Hand over a tombstone.
        """
        key = str(UUID(int=number)).encode()
        return self.driver.pipe_record(self.driver.record(topics.ARTICLE_FINGERPRINTS.name, key, None, {}))

    @property
    def links(self) -> list[StoryLinked]:
        """
        All links, in order.
        """
        return self.driver.events(topics.STORY_LINKED)

    @property
    def last(self) -> StoryLinked:
        """
        The link that was told last.
        """
        return self.links[-1]

    def link(self, number: int) -> StoryLinked:
        """
        What was told last of an article.
        """
        return [link for link in self.links if link.article_id == UUID(int=number)][-1]

    @property
    def window(self) -> list[int]:
        """
        The numbers of the articles that are remembered.
        """
        return sorted(UUID(key).int for key in self.driver.tables[topics.STORY_WINDOW.name])

    def again(self, **settings: object) -> Desk:
        """
        Another linker that has read this one's table.
        """
        heir = Desk(**settings)
        table = heir.driver.tables[topics.STORY_WINDOW.name]
        for record in self.driver.output(topics.STORY_WINDOW):
            table.restore(record.key.decode(), record.value)
        table.forget()
        heir.driver = _reopened(heir.driver)
        return heir


def _reopened(driver: TopologyDriver) -> TopologyDriver:
    driver._processor = type(driver._processor)(driver._topology, driver._processor._assignment, driver.tables)
    return driver


def said(records: Sequence[Outgoing]) -> list[tuple[bytes, bytes | None]]:
    """
    Keys and values of records.
    """
    return [(record.key, record.value) for record in records]
