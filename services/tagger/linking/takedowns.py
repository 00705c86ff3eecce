"""
What the linker does about takedowns: the article leaves the window, as one that was withdrawn, and its link is deleted.
"""

from __future__ import annotations

from uuid import UUID

from schemas import topics
from schemas.takedowns import TAKEN_DOWN, Takedown, names_of
from services.runtime.bar import Bar
from services.runtime.outcome import Change, Emit
from services.runtime.stage import Assignment
from services.tagger.linking.placing import Step
from services.tagger.linking.stage import Linker


def retract(linker: Linker, takedown: Takedown, _assignment: Assignment) -> Emit:
    """
    Delete what was said of an article, whether it is in the window or not; say what that makes of its stories.
    """
    linker.window.begin()
    step = Step(linker.window, linker.settings, str(takedown.takedown_id), linker.window.newest)
    names = sorted(names_of(takedown))
    known = [entry for name in names if (entry := linker.window.entry(UUID(name))) is not None]
    for entry in known:
        step.leave(entry)
    step.entries |= {entry.article_id: None for entry in known}
    links = (Change(topics.STORY_LINKED, name, None) for name in names)
    window = (Change(topics.STORY_WINDOW, str(key), entry) for key, entry in step.entries.items())
    return Emit(tuple(step.events), (*links, *window))


BAR = Bar(topics.TAKEDOWNS, TAKEN_DOWN, names_of, retract)
