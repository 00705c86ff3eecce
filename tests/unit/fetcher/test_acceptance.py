"""
Taking requests and sources into the frontier.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas import topics
from schemas.events import FetchRequested
from schemas.ids import request_id
from schemas.parts import Hints, Origin
from schemas.state import FrontierEntry, Source
from services.fetcher.acceptance import accept
from services.fetcher.frontier import Frontier
from services.fetcher.settings import FetcherSettings
from services.runtime.outcome import Drop, Emit, Outcome
from services.runtime.stage import Assignment, RecordFacts, Tombstone
from services.runtime.table import Table

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
URL = "https://a.example/story"
FACTS = RecordFacts(Origin(topic="news.fetch.requested", partition=0, offset=3), "event-3", "00-aa-bb-01")


class Desk:
    """
    A frontier that keeps what is accepted.
    """

    def __init__(self, partition: int = 0, partitions: int = 1) -> None:
        self.table = Table(FrontierEntry)
        assignment = Assignment(partition, partitions, NOW, handover_s=0)
        self.frontier = Frontier(assignment, self.table, FetcherSettings(max_redirects=3))

    def give(self, given: Any, now: datetime = NOW) -> Outcome:
        outcome = accept(self.frontier, given, FACTS, now)
        for change in outcome.changes:
            self.table.put(change.key, change.value)
        self.table.commit()
        return outcome

    def request(self, url: str = URL, now: datetime = NOW, **fields: Any) -> Outcome:
        return self.give(FetchRequested(url=url, requested_at=NOW, **fields), now)

    def watch(self, url: str = "https://a.example/feed", **fields: Any) -> Outcome:
        return self.give(Source(url=url, changed_at=NOW, **fields))

    def settle(self, url: str = URL, **fields: Any) -> None:
        entry = self.entry(url)
        self.table.put(url, entry.model_copy(update={"state": "done", "due_at": None} | fields))
        self.table.commit()

    def entry(self, url: str = URL) -> FrontierEntry:
        entry = self.table.get(url)
        assert isinstance(entry, FrontierEntry)
        return entry


def test_a_request_becomes_a_waiting_entry() -> None:
    """
    Due at once, under its normal URL, with all that is needed to fetch it and to account for it.
    """
    desk = Desk()
    hints = Hints(title="T", labels={"desk": "world"})
    outcome = desk.request("HTTPS://A.example/story?utm_source=x", source_url="https://a.example/feed", hints=hints)
    entry = desk.entry()

    assert outcome.reason == "ACCEPTED"
    assert (entry.state, entry.due_at, entry.kind) == ("waiting", NOW, "page")
    assert (entry.origin, entry.request_id, entry.traceparent) == (FACTS.origin, "event-3", "00-aa-bb-01")
    assert (entry.hints, entry.source_url, entry.discovered_at) == (hints, "https://a.example/feed", NOW)


def test_a_watched_entry_belongs_to_no_trace() -> None:
    """
    It is polled for ever: the trace of the source's record would never end.
    """
    desk = Desk()
    desk.watch("https://a.example/feed")

    assert desk.entry("https://a.example/feed").traceparent is None


@pytest.mark.parametrize(
    ("url", "reason"),
    [("ftp://a.example/x", "UNSUPPORTED_SCHEME"), ("a.example/x", "INVALID_URL"), ("https://", "INVALID_URL")],
)
def test_what_cannot_be_fetched_is_a_dead_letter(url: str, reason: str) -> None:
    """
    It changes nothing.
    """
    outcome = Desk().request(url)

    assert (type(outcome).__name__, outcome.reason, outcome.changes) == ("DeadLetter", reason, ())


def test_a_long_chain_of_redirects_ends() -> None:
    """
    The chain travels with the request across hosts.
    """
    assert Desk().request(chain=["https://x.example/"] * 3).reason == "ACCEPTED"
    assert Desk().request(chain=["https://x.example/"] * 4).reason == "TOO_MANY_REDIRECTS"


def test_a_request_in_the_wrong_partition_is_sent_to_the_right_one() -> None:
    """
    Once: there it is at home, for it is placed by its normal URL.
    """
    event = FetchRequested(url=URL, requested_at=NOW)
    home = topics.FETCH_REQUESTED.partition(event, 12)
    outcome = Desk(partition=(home + 1) % 12, partitions=12).request("https://A.example/story#top")

    assert isinstance(outcome, Emit)
    assert (outcome.reason, outcome.changes) == ("REROUTED", ())
    assert outcome.events[0].event == event
    assert outcome.events[0].event_id == request_id("event-3", URL)
    assert Desk(partition=home, partitions=12).give(outcome.events[0].event).reason == "ACCEPTED"


def test_what_is_waiting_or_done_is_not_taken_again_for_a_source() -> None:
    """
    Feeds list the same page many times.
    """
    desk = Desk()
    desk.request()
    waiting = desk.request(source_url="https://a.example/feed")
    desk.settle()
    done = desk.request(source_url="https://a.example/feed")

    assert isinstance(waiting, Drop)
    assert (waiting.reason, done.reason) == ("ALREADY_KNOWN", "ALREADY_KNOWN")


FEED = "https://a.example/feed"


def listed(desk: Desk, title: str | None, source_url: str = FEED) -> str:
    """
    A feed lists the page; the page is fetched where that leads to it.
    """
    outcome = desk.request(source_url=source_url, hints=Hints(title=title, guid=title))
    if desk.entry().state == "waiting":
        desk.settle(hints=Hints(title=desk.entry().hints.title))
    return outcome.reason


def test_a_page_that_its_source_lists_under_another_title_is_taken_again() -> None:
    """
    It was edited. The same title once more is nothing new; back to the former one is an edit again.
    """
    desk = Desk()
    reasons = [listed(desk, title) for title in ("A", "A", "B", "B", "A")]

    assert reasons == ["ACCEPTED", "ALREADY_KNOWN", "ACCEPTED", "ALREADY_KNOWN", "ACCEPTED"]


def test_two_sources_with_titles_of_their_own_do_not_take_a_page_in_turns() -> None:
    """
    Only the page's own source tells its edits.
    """
    desk = Desk()
    reasons = [listed(desk, "A"), *(listed(desk, title, "https://b.example/feed") for title in "BC"), listed(desk, "A")]

    assert reasons == ["ACCEPTED"] + ["ALREADY_KNOWN"] * 3


def test_an_item_without_a_title_is_no_edit() -> None:
    """
    Neither before nor after.
    """
    desk = Desk()

    assert [listed(desk, title) for title in (None, "A", None)] == ["ACCEPTED", "ALREADY_KNOWN", "ALREADY_KNOWN"]
    assert listed(desk, "B") == "ACCEPTED"


def test_a_page_that_waits_gets_the_latest_title_and_keeps_its_time() -> None:
    """
    One fetch shows the edit as well as two.
    """
    desk = Desk()
    desk.request(source_url=FEED, hints=Hints(title="A"))
    later = NOW + timedelta(minutes=5)
    outcome = desk.request(now=later, source_url=FEED, hints=Hints(title="B", summary="S"))
    entry = desk.entry()

    assert outcome.reason == "ALREADY_KNOWN"
    assert (entry.hints, entry.due_at, entry.changed_at) == (Hints(title="B", summary="S"), NOW, later)


def test_a_page_that_a_person_asked_for_belongs_to_the_first_source_that_lists_it() -> None:
    """
    It is not taken again for that, but at the next title.
    """
    desk = Desk()
    desk.request()
    desk.settle()

    assert [listed(desk, title) for title in "ABB"] == ["ALREADY_KNOWN", "ACCEPTED", "ALREADY_KNOWN"]


def test_a_person_who_asks_for_a_listed_page_does_not_make_its_source_forgotten() -> None:
    """
    The title stays, and an edit is still seen.
    """
    desk = Desk()
    listed(desk, "A")
    desk.request(hints=Hints(labels={"desk": "world"}))
    entry = desk.entry()
    desk.settle()

    assert (entry.source_url, entry.hints) == (FEED, Hints(title="A", labels={"desk": "world"}))
    assert [listed(desk, title) for title in "AB"] == ["ALREADY_KNOWN", "ACCEPTED"]


def test_a_person_who_asks_again_gets_it_again() -> None:
    """
    Conditionally: the validators are kept.
    """
    desk = Desk()
    desk.request()
    desk.settle(etag='"e"', reason="X")
    later = NOW + timedelta(hours=1)
    outcome = desk.request(now=later)
    entry = desk.entry()

    assert outcome.reason == "ACCEPTED"
    assert (entry.state, entry.due_at, entry.etag, entry.reason) == ("waiting", later, '"e"', None)


@pytest.mark.parametrize("state", ["failed", "refused"])
def test_what_failed_may_be_tried_again_by_anyone(state: str) -> None:
    """
    Redriving a dead letter is asking again.
    """
    desk = Desk()
    desk.request()
    desk.settle(state=state)

    assert desk.request(source_url="https://a.example/feed").reason == "ACCEPTED"


def test_a_source_becomes_a_feed_that_is_due() -> None:
    """
    With its interval; its labels and language are for its items.
    """
    desk = Desk()
    outcome = desk.watch(min_interval_s=60, max_interval_s=600, language="fr", labels={"desk": "world"})
    entry = desk.entry("https://a.example/feed")

    assert outcome.reason == "WATCHED"
    assert (entry.kind, entry.due_at, entry.min_interval_s, entry.max_interval_s) == ("feed", NOW, 60, 600)
    assert entry.hints == Hints(language="fr", labels={"desk": "world"})
    assert entry.source_url == "https://a.example/feed"


def test_a_changed_source_keeps_what_is_known_of_its_feed() -> None:
    """
    Items, validators and the next time, so that a new label does not fetch anything again.
    """
    desk = Desk()
    desk.watch()
    later = NOW + timedelta(minutes=5)
    desk.settle("https://a.example/feed", state="waiting", due_at=later, items=["a" * 16], etag='"e"')
    desk.watch(labels={"desk": "world"})
    entry = desk.entry("https://a.example/feed")

    assert (entry.due_at, entry.items, entry.etag) == (later, ["a" * 16], '"e"')
    assert entry.hints.labels == {"desk": "world"}


@pytest.mark.parametrize("given", [Tombstone("https://a.example/feed"), "paused"])
def test_a_removed_or_paused_source_is_forgotten(given: Any) -> None:
    """
    The source is the truth; the frontier follows.
    """
    desk = Desk()
    desk.watch()
    outcome = desk.watch(paused=True) if given == "paused" else desk.give(given)

    assert outcome.reason == "UNWATCHED"
    assert desk.table.get("https://a.example/feed") is None


def test_removing_what_is_not_watched_changes_nothing() -> None:
    """
    A page of the same URL stays what it is.
    """
    desk = Desk()
    desk.request()

    assert desk.give(Tombstone(URL)).reason == "NOT_WATCHED"
    assert desk.give(Tombstone("https://b.example/")).reason == "NOT_WATCHED"
    assert desk.entry().state == "waiting"


def test_a_watched_feed_is_asked_at_once_only_by_a_person() -> None:
    """
    What lists it is no reason to ask it again; its interval and its origin stay.
    """
    desk = Desk()
    desk.watch(min_interval_s=60)
    later = NOW + timedelta(hours=1)
    desk.settle("https://a.example/feed", state="waiting", due_at=later)
    listed = desk.request("https://a.example/feed", source_url="https://x.example/")
    asked = desk.request("https://a.example/feed")
    entry = desk.entry("https://a.example/feed")

    assert (listed.reason, asked.reason) == ("ALREADY_KNOWN", "ACCEPTED")
    assert (entry.due_at, entry.kind, entry.min_interval_s) == (NOW, "feed", 60)


def test_the_target_of_a_feeds_redirect_is_asked_each_time() -> None:
    """
    The watched feed sets the pace; the target has none of its own.
    """
    desk = Desk()
    target = "https://a.example/moved"
    fields: dict[str, Any] = {"kind": "feed", "source_url": "https://b.example/feed"}
    first = desk.request(target, **fields)
    meanwhile = desk.request(target, **fields)
    desk.settle(target, items=["a" * 16])
    again = desk.request(target, **fields)

    assert [o.reason for o in (first, meanwhile, again)] == ["ACCEPTED", "ALREADY_KNOWN", "ACCEPTED"]
    assert desk.entry(target).items == ["a" * 16]


def test_a_source_in_the_wrong_partition_is_a_dead_letter() -> None:
    """
    Two tasks would ask the same host.
    """
    home = topics.partition_of("a.example", 12)

    assert Desk(partition=home, partitions=12).watch().reason == "WATCHED"
    assert Desk(partition=(home + 1) % 12, partitions=12).watch().reason == "MISPLACED_SOURCE"


def test_a_robots_txt_is_not_a_page() -> None:
    """
    Its entry is the host's rules, which nobody may replace.
    """
    desk = Desk()

    assert desk.request("https://a.example/robots.txt#x").reason == "ROBOTS_FILE"
    assert desk.watch("https://a.example/robots.txt").reason == "ROBOTS_FILE"
