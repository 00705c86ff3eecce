"""
A tagged article in a line, the same in `tail`, in `up` and in the demo.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from schemas.events import ArticleTagged
from services.cli.output import printable

SHOWN_ENTITIES = 3


@dataclass(frozen=True)
class ArticleLine:
    """
    What a person wants to see of an article at a glance; all of it safe for a terminal.

    Attributes:
        arrived_at: When Kafka took it.
        seconds: From the fetch of its page to then.
    """

    arrived_at: datetime
    seconds: float
    headline: str
    language: str
    subject: str
    entities: str
    url: str
    version: int
    status: str

    def text(self) -> str:
        """
        The line.
        """
        mark = "" if self.version == 1 and self.status == "usable" else f" [v{self.version} {self.status}]"
        named = f"  ({self.entities})" if self.entities else ""
        clock = self.arrived_at.astimezone().strftime("%H:%M:%S")
        return f"{clock}  {self.language:<3}  {self.subject:<28}  {self.headline}{mark}{named}  {self.url}"


def article_line(article: ArticleTagged, arrived_at: datetime) -> ArticleLine:
    """
    Reduce an article to its line.
    """
    return ArticleLine(
        arrived_at=arrived_at,
        seconds=max((arrived_at - article.timeline.fetched_at).total_seconds(), 0.0),
        headline=printable(article.headline) or "(no headline)",
        language=printable(article.in_language or "und"),
        subject=printable(article.subjects[0].name) if article.subjects else "-",
        entities=", ".join(_entities(article)),
        url=printable(article.url),
        version=article.version,
        status=article.pub_status,
    )


def _entities(article: ArticleTagged) -> list[str]:
    ranked = sorted(article.entities or [], key=lambda entity: (-entity.salience, entity.name))
    names = [entity.name for entity in ranked] or [place.name for place in article.places or []]
    return [printable(name) for name in dict.fromkeys(names)][:SHOWN_ENTITIES]
