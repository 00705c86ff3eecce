"""
What the cleaner does about takedowns: it drops pages of such articles, deletes those that it meets, and names none of
them as the example of a site that is degraded.
"""

from __future__ import annotations

from schemas import topics
from schemas.takedowns import TAKEN_DOWN, Takedown, name_of_url, names_of
from services.cleaner.sites.learning import Memory
from services.runtime.bar import Bar
from services.runtime.outcome import Change, Emit
from services.runtime.stage import Assignment


def retract(memory: Memory, takedown: Takedown, _assignment: Assignment) -> Emit:
    """
    Tell of sites without naming a page of the article.
    """
    barred = names_of(takedown)
    told = [health for site in takedown.sites if (health := memory.drift.told(site)) is not None]
    changes = (
        Change(topics.SOURCE_HEALTH, topics.SOURCE_HEALTH.key(health), health.model_copy(update={"page_url": None}))
        for health in told
        if health.page_url is not None and name_of_url(health.page_url) in barred
    )
    return Emit(changes=tuple(changes))


BAR = Bar(topics.TAKEDOWNS, TAKEN_DOWN, names_of, retract, erases=(topics.PAGE_FETCHED,))
