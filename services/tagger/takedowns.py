"""
What the tagger does about takedowns: it drops such articles, and deletes them: what it was given, what it published,
and what it remembers. Nothing has to stay in the ledger: nothing of the article comes that far any more.
"""

from __future__ import annotations

from schemas import topics
from schemas.takedowns import TAKEN_DOWN, Takedown, names_of
from schemas.topics import partition_of
from services.runtime.bar import Bar
from services.runtime.outcome import Change, Emit
from services.runtime.stage import Assignment
from services.tagger.stage import Ledger

DELETED = (topics.ARTICLE_CLEANED, topics.LEDGER, topics.ARTICLE_TAGGED)


def retract(_ledger: Ledger, takedown: Takedown, assignment: Assignment) -> Emit:
    """
    Delete the articles that are this task's, whether they are known or not: what was forgotten may still stand.
    """
    names = sorted(names_of(takedown))
    own = [name for name in names if partition_of(name, assignment.partitions) == assignment.partition]
    return Emit(changes=tuple(Change(topic, name, None) for name in own for topic in DELETED))


BAR = Bar(topics.TAKEDOWNS, TAKEN_DOWN, names_of, retract, erases=(topics.ARTICLE_CLEANED,))
