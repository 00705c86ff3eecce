"""
The linker's stage: `work` reads a fingerprint, `decide` says which articles say the same.

    fingerprint --> same text? --> which story? --> its link, and those of articles that it moves
                                                --> the window: the article enters, the oldest leave
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from schemas import topics
from schemas.ids import sha256_hex
from schemas.stories import ArticleFingerprint, WindowEntry
from services.runtime.outcome import Change, Drop, Emit, Outcome
from services.runtime.stage import Assignment, Cause, Tables, Tombstone
from services.tagger.linking import likeness, sketches
from services.tagger.linking.placing import Step, Told
from services.tagger.linking.settings import LinkerSettings
from services.tagger.linking.window import Window

LEAVE_AT_ONCE = 16
"""Old articles that leave with each that comes: more than one, so that the window gets down to its size again."""


@dataclass(frozen=True)
class Linker:
    """
    The state of the task.
    """

    window: Window
    settings: LinkerSettings

    def horizon(self, at: datetime) -> datetime:
        """
        What was seen before it is not compared with an article that is seen `at` a time.
        """
        return max(self.window.newest, at) - timedelta(hours=self.settings.window_hours)


def open_linker(assignment: Assignment, tables: Tables, settings: LinkerSettings) -> Linker:  # noqa: ARG001 - a stage's
    """
    Make the task's state from its restored table.
    """
    return Linker(Window(tables[topics.STORY_WINDOW.name]), settings)


def figures(linker: Linker) -> Mapping[str, float]:
    """
    What is to be seen of it in metrics.
    """
    return {"articles": len(linker.window)}


def work(given: ArticleFingerprint | Tombstone) -> Told | Tombstone:
    """
    Read a fingerprint.

    Raises:
        ValueError: Its sketch is none.
    """
    if isinstance(given, Tombstone):
        return given
    said = given.model_dump_json(include={"in_language", "pub_status", "sketch", "features"})
    sample = sketches.decoded(given.sketch)
    return Told(given, sample, likeness.features_of(given.features), sha256_hex(said.encode())[:16])


def decide(linker: Linker, given: Told | Tombstone, cause: Cause, now: datetime) -> Outcome:
    """
    Say which articles say what an article says.

    Returns:
        Emit: the article's link, and those of articles that are in another story now; or only these.
        Drop: WITHDRAWN or DELETED, and nothing else moves; UNCHANGED, as in a replay; SUPERSEDED by a later version;
            TOO_OLD for the window. Expected; never retried.
    """
    assert cause.record is not None
    linker.window.begin()
    step = Step(linker.window, linker.settings, cause.record.event_id, min(linker.window.newest, now))
    if isinstance(given, Tombstone):
        return _without(linker, _known(linker, given.key), step, "DELETED")
    told = given.fingerprint
    step.at, known = min(told.revised_at, now), linker.window.entry(told.article_id)
    if told.pub_status == "withdrawn":
        return _without(linker, known, step, "WITHDRAWN")
    if known is not None and told.version < known.version:
        return Drop("SUPERSEDED", "a later version is known")
    if known is not None and (told.version, given.digest) == (known.version, known.digest):
        return Drop("UNCHANGED", "its link stands")
    if step.at < linker.horizon(step.at):
        return Drop("TOO_OLD", "fetched before what is compared")
    step.place(given, known)
    return Emit(tuple(step.events), _changes(linker, step))


def _known(linker: Linker, key: str) -> WindowEntry | None:
    try:
        return linker.window.entry(UUID(key))
    except ValueError:
        return None


def _without(linker: Linker, known: WindowEntry | None, step: Step, reason: str) -> Outcome:
    if known is None:
        return Drop(reason, "not in the window")
    step.leave(known)
    step.entries[known.article_id] = None
    changes = _changes(linker, step)
    return Emit(tuple(step.events), changes, reason) if step.events else Drop(reason, "out of the window", changes)


def _changes(linker: Linker, step: Step) -> tuple[Change, ...]:
    """
    What was decided, and that the oldest articles leave.
    """
    coming = sum(entry is not None and linker.window.entry(key) is None for key, entry in step.entries.items())
    most = linker.settings.max_articles - coming
    for entry in linker.window.leaving(linker.horizon(step.at), most, LEAVE_AT_ONCE):
        step.entries.setdefault(entry.article_id, None)
    return tuple(Change(topics.STORY_WINDOW, str(article_id), entry) for article_id, entry in step.entries.items())
