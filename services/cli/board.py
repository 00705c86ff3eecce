"""
What `up` shows: the services, what came of their work, and the latest articles.
"""

# ruff: noqa: PLC0415 - rich is imported only where something is drawn

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from services.cli.lines import ArticleLine
from services.cli.outcomes import Committed
from services.cli.processes import Child

if TYPE_CHECKING:
    from rich.console import Group

LATEST = 12
REASONS = 3


@dataclass
class Board:
    """
    The state behind the picture.
    """

    servers: str
    children: Sequence[Child] = ()
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    latest: deque[ArticleLine] = field(default_factory=lambda: deque(maxlen=LATEST))
    articles: int = 0
    news: deque[str] = field(default_factory=lambda: deque(maxlen=3))

    def count(self, committed: Committed) -> None:
        """
        Take one outcome into account.
        """
        self.counts[committed.service, committed.outcome] += 1
        if committed.outcome != "emit":
            self.reasons[committed.service, committed.reason] += 1

    def add(self, line: ArticleLine) -> None:
        """
        Take one article into account.
        """
        self.articles += 1
        self.latest.append(line)

    def row(self, child: Child) -> tuple[str, ...]:
        """
        The line of one service.
        """
        counts = [str(self.counts[child.name, outcome]) for outcome in ("emit", "drop", "deadletter")]
        common = Counter({reason: n for (name, reason), n in self.reasons.items() if name == child.name})
        why = ", ".join(f"{reason} {n}" for reason, n in common.most_common(REASONS))
        return child.name, child.state, str(child.restarts), *counts, why

    def as_json(self) -> dict[str, Any]:
        """
        The same for a program.
        """
        return {
            "bootstrapServers": self.servers,
            "articles": self.articles,
            "services": {
                child.name: {
                    "state": child.state,
                    "restarts": child.restarts,
                    **{outcome: self.counts[child.name, outcome] for outcome in ("emit", "drop", "deadletter")},
                }
                for child in self.children
            },
        }


HEADINGS = ("service", "state", "restarts", "done", "dropped", "dead", "why")


def picture(board: Board) -> Group:
    """
    Draw the board.
    """
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    services = Table(*HEADINGS, box=None, header_style="bold", pad_edge=False)
    for child in board.children:
        services.add_row(*(Text(cell) for cell in board.row(child)))
    articles = Table("time", "lang", "subject", "headline", "entities", box=None, header_style="bold", expand=True)
    for column, ratio in zip(articles.columns[2:], (2, 5, 3), strict=True):
        column.ratio, column.no_wrap, column.overflow = ratio, True, "ellipsis"
    for line in board.latest:
        clock = f"{line.arrived_at.astimezone():%H:%M:%S}"
        articles.add_row(*(Text(cell) for cell in (clock, line.language, line.subject, line.headline, line.entities)))
    head = Text(f"news-ingest on Kafka at {board.servers}: {board.articles} articles. Ctrl-C ends it.", style="bold")
    hint = Text("" if board.articles else "No article yet. In another terminal: news-ingest sources add URL")
    return Group(head, Text(), services, Text(), articles, hint, *(Text(line, style="yellow") for line in board.news))
