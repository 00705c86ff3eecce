"""
A stub in the tagger's group, for tools that look at the real groups: it publishes each article once, by the ledger, and
keeps to the contract's partitions. `python -m tests.kafka.stub_tagger`.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime

from schemas import topics
from schemas.events import ArticleCleaned, ArticleTagged
from services.runtime.app import serve
from services.runtime.outcome import Emission, Emit, Outcome
from services.runtime.stage import Cause, Stage
from services.runtime.table import Table
from services.runtime.topology import Lane, Topology
from services.tagger.takedowns import BAR
from tests.kafka.stubs import ledger, once


def same(article: ArticleCleaned) -> ArticleCleaned:
    """
    Nothing is to be worked on.
    """
    return article


def publish_once(seen: Table, article: ArticleCleaned, cause: Cause, now: datetime) -> Outcome:
    """
    Publish an article the first time it is seen.
    """
    outcome = once(seen, article, cause, now)
    if not isinstance(outcome, Emit):
        return outcome
    told = {"version": 1, "revised_at": article.timeline.fetched_at, "word_count": 1, "reading_time_s": 1}
    tagged = ArticleTagged.model_validate(article.model_dump(exclude={"generation", "pub_status"}) | told)
    return Emit((Emission(topics.ARTICLE_TAGGED, tagged),), outcome.changes)


TAGGER = Topology(
    name="tagger",
    live=topics.ARTICLE_CLEANED,
    lanes=(Lane(topics.ARTICLE_REPLAY),),
    tables=(topics.LEDGER,),
    bar=BAR,
    stage=Stage(work=same, decide=publish_once, open=ledger),
    sinks=(topics.ARTICLE_TAGGED,),
    fingerprint="stub",
)

if __name__ == "__main__":
    from tests.kafka import stub_tagger  # workers cannot import what lies in __main__

    sys.exit(serve(stub_tagger.TAGGER, os.environ))
