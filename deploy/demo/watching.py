"""
What the demo can see from outside: tagged articles, dead letters, and what the services say.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from deploy.demo.staging import Staging
from deploy.demo.verdict import Seen
from schemas.dead_letters import DeadLettered
from schemas.events import ArticleTagged
from schemas.topics import ARTICLE_TAGGED, DEAD_LETTERS
from services.cli.following import following
from services.cli.lines import ArticleLine, article_line
from services.cli.outcomes import OutcomeReader
from services.cli.output import printable, say, shorten

POLL_S = 0.2
HEADLINE_CHARS = 58


@dataclass
class Watch:
    """
    Notes everything as it comes, and says the articles aloud.

    Attributes:
        seen: All of it so far.
        moved: Set at everything new.
    """

    seen: Seen = field(default_factory=Seen)
    lines: list[ArticleLine] = field(default_factory=list)
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def articles(self, staging: Staging) -> None:
        """
        Follow the tagged articles without end.
        """
        async with following(staging.kafka, ARTICLE_TAGGED, from_start=True) as records:
            async for record in records:
                if record.value is not None:
                    article = ArticleTagged.from_wire(record.value, record.headers)
                    self.seen.articles.append(article)
                    self.lines.append(article_line(article, record.timestamp))
                    say(_line(self.lines[-1]))
                    self.moved.set()

    async def letters(self, staging: Staging) -> None:
        """
        Follow the dead letters without end.
        """
        async with following(staging.kafka, DEAD_LETTERS, from_start=True) as records:
            async for record in records:
                if record.value is not None:
                    letter = DeadLettered.from_wire(record.value, record.headers).letter
                    self.seen.letters.append(letter)
                    say(f"  dead letter: {letter.reason}  {printable(letter.subject)}")
                    self.moved.set()

    async def outcomes(self, staging: Staging) -> None:
        """
        Follow what the services say, without end.
        """
        reader = OutcomeReader(staging.logs, from_start=True)
        while True:
            for committed in reader.poll():
                self.seen.outcomes.append(committed)
                self.moved.set()
            await asyncio.sleep(POLL_S)


def _line(line: ArticleLine) -> str:
    headline = shorten(line.headline, HEADLINE_CHARS)
    subject = shorten(line.subject, 24)
    return f"  {line.seconds:4.1f} s  {line.language:<3} {headline}  [{subject}]  {line.entities}".rstrip()
