from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from schemas import topics
from schemas.events import ArticleTagged
from schemas.parts import Removal
from services.runtime.outcome import Drop, Emit, Outcome
from services.runtime.stage import Assignment, Cause
from services.runtime.table import Table
from services.tagger.stage import Annotated, Ledger, decide, open_ledger, work
from tests.unit.tagger.conftest import SETTINGS, START, make_article

NOW = datetime(2030, 1, 1, tzinfo=UTC)
BODY = "Margaret Quill opened the mill in Norway. Reuters was there."


def ledger() -> tuple[Ledger, Table]:
    table = Table(topics.LEDGER.event)
    return open_ledger(Assignment(0, 1, START, 0.0), {topics.LEDGER.name: table}, SETTINGS), table


def settle(state: Ledger, table: Table, annotated: Annotated, now: datetime = NOW) -> Outcome:
    """
    Decide, and keep the changes as the runtime does.
    """
    outcome = decide(state, annotated, Cause(), now)
    for change in outcome.changes:
        table.put(change.key, change.value)
    table.commit()
    return outcome


def event_of(outcome: Outcome) -> ArticleTagged:
    assert isinstance(outcome, Emit)
    [emission, _fingerprint] = outcome.events
    assert isinstance(emission.event, ArticleTagged)
    return emission.event


def test_an_article_is_published_with_all_that_is_said_of_it(tag: Callable[..., Any]) -> None:
    """
    The event has the article's own fields, its version and its annotations.
    """
    removed = [Removal(rule="share", text="Share this")]
    event = event_of(settle(*ledger(), tag(BODY, description="A mill.", removed=removed)))

    assert (event.version, event.pub_status, event.revised_at) == (1, "usable", START.replace(hour=10))
    assert (event.headline, event.description, event.article_body) == ("A headline", "A mill.", BODY)
    assert event.removed == removed
    assert (event.word_count, event.reading_time_s) == (10, 3)
    assert [entity.name for entity in event.entities or ()] == ["Margaret Quill", "Reuters"]
    assert [place.name for place in event.places or ()] == ["Norway"]


def test_an_uncovered_language_is_silence_not_emptiness(tag: Callable[..., Any]) -> None:
    """
    Where a facet does not know the language its field is absent on the wire, and its status says why.
    """
    event = event_of(settle(*ledger(), tag("Η παλιά γέφυρα είναι κλειστή.", headline="Η γέφυρα", in_language="el")))

    assert (event.subjects, event.entities, event.places, event.keywords) == (None, None, None, None)
    assert {status.status for name, status in event.facets.items() if name != "language"} == {"unsupported-language"}
    assert b'"entities":{"status"' in event.to_wire()[0]
    assert b'"subjects":[' not in event.to_wire()[0]


def test_a_second_version_names_what_changed(tag: Callable[..., Any]) -> None:
    """
    A new headline is version 2 of the same key.
    """
    state, table = ledger()
    settle(state, table, tag(BODY))
    event = event_of(settle(state, table, tag(BODY, headline="The mill is open", page=2)))

    assert (event.version, event.changed_fields, event.change_ratio) == (2, ["headline"], 0.0)


def test_an_unchanged_page_is_dropped_and_remembered(tag: Callable[..., Any]) -> None:
    """
    The drop carries the entry's move to the new page.
    """
    state, table = ledger()
    settle(state, table, tag(BODY))
    outcome = settle(state, table, tag(BODY, page=2))

    assert isinstance(outcome, Drop)
    assert outcome.reason == "UNCHANGED"
    assert len(outcome.changes) == 1


def test_an_older_page_is_dropped_as_superseded(tag: Callable[..., Any]) -> None:
    """
    A back-fill never overwrites a newer revision.
    """
    state, table = ledger()
    settle(state, table, tag(BODY, page=2))
    outcome = settle(state, table, tag(BODY + " It rained.", page=1))

    assert isinstance(outcome, Drop)
    assert (outcome.reason, outcome.changes) == ("SUPERSEDED", ())


def test_a_replay_gives_the_same_bytes_whatever_the_time(tag: Callable[..., Any]) -> None:
    """
    The newest page again is published again byte for byte; on another day the ledger notes that it was.
    """
    state, table = ledger()
    first = settle(state, table, tag(BODY))
    again = settle(state, table, tag(BODY))
    later = settle(state, table, tag(BODY), NOW.replace(year=2040))

    assert event_of(later).to_wire() == event_of(again).to_wire() == event_of(first).to_wire()
    assert again.changes == ()
    assert len(later.changes) == 1


def test_what_work_returns_travels_between_processes() -> None:
    """
    The function and its result can be pickled.
    """
    function = pickle.loads(pickle.dumps(partial(work, settings=SETTINGS)))
    annotated = function(make_article(BODY))

    assert pickle.loads(pickle.dumps(annotated)) == annotated
