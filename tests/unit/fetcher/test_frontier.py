"""
What is handed out when, and to whom.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from schemas import topics
from schemas.parts import Origin
from schemas.state import FrontierEntry
from services.fetcher.answers import Fetch, Refuse
from services.fetcher.choice import due
from services.fetcher.frontier import Frontier
from services.fetcher.settings import FetcherSettings
from services.runtime.stage import Assignment
from services.runtime.table import Table

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
ORIGIN = Origin(topic=topics.FETCH_REQUESTED.name, partition=0, offset=7)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def entry(url: str, **fields: Any) -> FrontierEntry:
    known = {"url": url, "kind": "page", "changed_at": NOW, "due_at": NOW, "request_id": "r-1", "origin": ORIGIN}
    return FrontierEntry.model_validate(known | fields)


def rules(origin: str, text: str = "", **fields: Any) -> FrontierEntry:
    known = {"kind": "robots", "state": "done", "robots": text, "robots_access": "rules", "due_at": after(86400)}
    return entry(f"{origin}/robots.txt", **(known | {"changed_at": after(0.001)} | fields))


class Bench:
    """
    A frontier over a table, with what was there before it was opened.
    """

    def __init__(self, *before: FrontierEntry, handover_s: float = 10, **settings: Any) -> None:
        self.table = Table(FrontierEntry)
        self.put(*before)
        assignment = Assignment(partition=0, partitions=1, since=NOW, handover_s=handover_s)
        self.frontier = Frontier(assignment, self.table, FetcherSettings(**{"reserved_pages": "fetch"} | settings))

    def put(self, *entries: FrontierEntry) -> None:
        for each in entries:
            self.table.put(each.url, each)
        self.table.commit()

    def remove(self, url: str) -> None:
        self.table.put(url, None)
        self.table.commit()

    def due(self, seconds: float) -> list[Any]:
        return list(due(self.frontier, after(seconds)).actions)

    def next_s(self, seconds: float) -> float | None:
        moment = due(self.frontier, after(seconds)).next_at
        return None if moment is None else (moment - NOW).total_seconds()

    def subjects(self, seconds: float) -> list[str]:
        return [action.subject for action in self.due(seconds)]


def test_the_rules_of_a_host_are_asked_for_first() -> None:
    """
    On behalf of the entry that needs them.
    """
    bench = Bench()
    bench.put(entry("https://a.example/1"))
    [action] = bench.due(0)

    assert isinstance(action, Fetch)
    assert (action.subject, action.kind) == ("https://a.example/robots.txt", "robots")
    assert action.facts.origin == ORIGIN


def test_known_rules_are_not_asked_for_again_until_they_are_stale() -> None:
    """
    They are good until their own due time.
    """
    bench = Bench()
    bench.put(rules("https://a.example", due_at=after(60)), entry("https://a.example/1", etag='"e"'))
    [fetch] = bench.due(1)
    bench.frontier.ended(fetch, after(2))

    assert (fetch.kind, fetch.etag) == ("page", '"e"')
    assert bench.subjects(61) == ["https://a.example/robots.txt"]


def test_one_request_a_host_is_under_way_whatever_the_scheme() -> None:
    """
    Other hosts are not held up.
    """
    bench = Bench()
    for origin in ("http://a.example", "https://a.example", "https://b.example"):
        bench.put(rules(origin), entry(f"{origin}/1"), entry(f"{origin}/2"))

    assert sorted(bench.subjects(0)) == ["http://a.example/1", "https://b.example/1"]
    assert bench.subjects(100) == []


def test_the_pause_begins_at_the_end_of_a_request() -> None:
    """
    And due tells when it is over.
    """
    bench = Bench(delay_s=2)
    bench.put(rules("https://a.example"), entry("https://a.example/1"), entry("https://a.example/2"))
    [first] = bench.due(0)
    bench.frontier.ended(first, after(5))
    bench.put(entry(first.subject, state="done", due_at=None))

    assert bench.subjects(6.9) == []
    assert bench.next_s(6.9) == 7
    assert bench.subjects(7) == ["https://a.example/2"]


def test_crawl_delay_is_the_pause_where_it_is_longer() -> None:
    """
    The action carries it, for the redirects that it may follow.
    """
    bench = Bench(delay_s=1)
    robots = rules("https://a.example", "User-agent: *\nCrawl-delay: 9")
    bench.put(robots, entry("https://a.example/1"), entry("https://a.example/2"))
    [first] = bench.due(0)
    bench.frontier.ended(first, after(0))
    bench.put(entry(first.subject, state="done", due_at=None))

    assert first.delay_s == 9
    assert bench.next_s(1) == 9


def test_entries_are_handed_out_in_the_order_in_which_they_are_due() -> None:
    """
    Not in the order in which they came.
    """
    bench = Bench(delay_s=0)
    bench.put(rules("https://a.example"))
    bench.put(entry("https://a.example/late", due_at=after(5)), entry("https://a.example/soon", due_at=after(3)))

    assert bench.next_s(0) == 3
    assert bench.subjects(10) == ["https://a.example/soon"]


def test_what_was_changed_or_removed_meanwhile_is_not_handed_out() -> None:
    """
    The table is the truth.
    """
    bench = Bench()
    bench.put(rules("https://a.example"), entry("https://a.example/1"), entry("https://a.example/2"))
    bench.remove("https://a.example/1")
    bench.put(entry("https://a.example/2", due_at=after(50)))

    assert bench.subjects(10) == []
    assert bench.next_s(10) == 50


def test_what_is_disallowed_is_refused_without_asking() -> None:
    """
    And costs the host no pause.
    """
    bench = Bench()
    robots = rules("https://a.example", "User-agent: *\nDisallow: /no")
    bench.put(robots, entry("https://a.example/no"), entry("https://a.example/yes", due_at=after(0.001)))
    [refused] = bench.due(1)
    bench.frontier.ended(refused, after(1))
    bench.put(entry(refused.subject, state="refused", due_at=None))

    assert isinstance(refused, Refuse)
    assert refused.reason == "ROBOTS_DISALLOWED"
    assert bench.subjects(1) == ["https://a.example/yes"]


def test_nothing_is_fetched_while_the_rules_cannot_be_had() -> None:
    """
    Until it is time to ask for them again.
    """
    bench = Bench()
    held = rules("https://a.example", robots_access="wait", state="waiting", attempts=1, due_at=after(30))
    bench.put(entry("https://a.example/1"), held)

    assert bench.subjects(10) == []
    assert bench.next_s(10) == 30
    assert bench.subjects(30) == ["https://a.example/robots.txt"]


def test_pages_of_a_host_whose_rules_stay_away_are_refused_in_the_end() -> None:
    """
    Nothing waits for ever in silence.
    """
    bench = Bench(max_attempts=3)
    held = rules("https://a.example", robots_access="wait", state="waiting", attempts=3, due_at=after(30))
    bench.put(held, entry("https://a.example/1"))
    [action] = bench.due(1)

    assert isinstance(action, Refuse)
    assert action.reason == "ROBOTS_UNREACHABLE"


def test_a_host_that_asked_to_be_left_alone_is() -> None:
    """
    Retry-After is kept in its robots entry, and so survives a restart.
    """
    held = rules("https://a.example", host_not_before=after(3600))
    bench = Bench(held, entry("https://a.example/1"))

    assert bench.next_s(60) == 3600


def test_a_new_owner_waits_until_the_former_one_is_surely_silent() -> None:
    """
    Session timeout and pause after the assignment; a host that nobody knew is free at once.
    """
    robots = rules("https://a.example", "User-agent: *\nCrawl-delay: 20", changed_at=NOW)
    bench = Bench(robots, entry("https://a.example/1"), entry("https://c.example/1"), handover_s=10, delay_s=2)
    bench.put(rules("https://b.example"), entry("https://b.example/1"))

    assert bench.subjects(0) == ["https://b.example/1"]
    assert bench.subjects(11.9) == []
    assert bench.subjects(12) == ["https://c.example/robots.txt"]
    assert bench.subjects(29.9) == []
    assert bench.subjects(30) == ["https://a.example/1"]


def test_a_host_known_only_by_its_rules_waits_too() -> None:
    """
    A former owner may just have fetched the last page that waited there.
    """
    bench = Bench(rules("https://a.example", changed_at=NOW), handover_s=10, delay_s=2)
    bench.put(entry("https://a.example/1"))

    assert bench.subjects(11) == []
    assert bench.subjects(12) == ["https://a.example/1"]


def test_no_more_than_the_set_number_is_under_way() -> None:
    """
    The next one starts when one ends.
    """
    bench = Bench(max_in_flight=2)
    for name in "abc":
        bench.put(rules(f"https://{name}.example"), entry(f"https://{name}.example/1"))
    started = bench.due(0)

    assert len(started) == 2
    assert bench.next_s(0) == 30.5 * 86_400  # when what is over is forgotten
    bench.frontier.ended(started[0], after(1))
    bench.put(entry(started[0].subject, state="done", due_at=None))
    assert bench.subjects(1) == ["https://c.example/1"]


def test_many_entries_of_one_host_wake_nobody_up_many_times() -> None:
    """
    One appointment a host, however much waits there.
    """
    bench = Bench()
    bench.put(*(entry(f"https://a.example/{number}") for number in range(100)))

    assert [len(ready) for ready in bench.frontier._ready] == [1, 0]


def look(url: str, **fields: Any) -> FrontierEntry:
    """
    A page that was published, and is to be looked at again.
    """
    return entry(url, **({"state": "done"} | fields))


def test_a_flood_of_looks_delays_no_news_of_its_host() -> None:
    """
    However long the looks are overdue; a look comes when no news is due.
    """
    bench = Bench(delay_s=1)
    bench.put(rules("https://a.example"), *(look(f"https://a.example/old/{number}") for number in range(100)))
    bench.put(entry("https://a.example/new", due_at=after(50)), look("https://a.example/old/0", due_at=after(-90)))
    [first] = bench.due(49)
    bench.frontier.ended(first, after(49))
    bench.put(look(first.subject, due_at=None))
    [second] = bench.due(50)
    bench.frontier.ended(second, after(50))
    bench.put(look(second.subject, due_at=None))

    assert (first.subject, second.subject) == ("https://a.example/old/0", "https://a.example/new")
    assert [subject.split("/")[3] for subject in bench.subjects(51)] == ["old"]


def test_looks_leave_half_of_the_places_to_news() -> None:
    """
    A hundred slow hosts that are looked at again keep no list waiting; news of other hosts goes first.
    """
    bench = Bench(max_in_flight=4)
    for number in range(9):
        bench.put(rules(f"https://h{number}.example"), look(f"https://h{number}.example/1", due_at=after(-60)))
    under_way = bench.subjects(0)
    bench.put(*(rules(f"https://n{number}.example") for number in range(3)))
    bench.put(*(entry(f"https://n{number}.example/feed", kind="feed", min_interval_s=60) for number in range(3)))

    assert len(under_way) == 2
    assert bench.subjects(1) == ["https://n0.example/feed", "https://n1.example/feed"]


def test_a_look_that_becomes_news_is_asked_for_once() -> None:
    """
    Somebody asked for the page anew, at the very moment at which it was to be looked at.
    """
    bench = Bench(delay_s=0)
    bench.put(rules("https://a.example"), look("https://a.example/1"))
    bench.put(entry("https://a.example/1"))
    [action] = bench.due(1)
    bench.frontier.ended(action, after(1))
    bench.put(look(action.subject, due_at=None))

    assert bench.due(2) == []


def elsewhere(bench: Bench, seconds: float) -> list[str]:
    """
    What is asked for where, once the rules of one host turn out to be another's.
    """
    led = ["https://a.example/robots.txt", "https://b.example/rules"]
    bench.put(rules("https://a.example", due_at=after(seconds), chain=led))
    return [action.url for action in bench.due(seconds)]


def test_rules_on_another_host_wait_for_that_host() -> None:
    """
    For the end of what it is being asked, and for the pause behind it.
    """
    bench = Bench(delay_s=2)
    bench.put(rules("https://b.example"), entry("https://b.example/1"))
    [page] = bench.due(0)
    bench.put(entry("https://a.example/1", due_at=after(1)))
    while_busy = elsewhere(bench, 1)
    bench.frontier.ended(page, after(3))
    bench.put(entry("https://b.example/1", state="done", due_at=None))
    while_pausing = elsewhere(bench, 4)

    assert (while_busy, while_pausing) == ([], [])
    assert elsewhere(bench, 5) == ["https://b.example/rules"]


def test_rules_on_another_host_are_charged_to_that_host() -> None:
    """
    With its own Crawl-delay, if that is longer; and only one of both is asked at once.
    """
    bench = Bench(delay_s=2)
    bench.put(
        rules("https://b.example", "User-agent: *\nCrawl-delay: 7"), entry("https://b.example/1", due_at=after(1))
    )
    bench.put(entry("https://a.example/1"), rules("https://a.example", due_at=NOW, chain=["https://b.example/rules"]))
    [asked] = bench.due(0)
    under_way = bench.due(1)
    bench.frontier.ended(asked, after(2))
    bench.put(rules("https://a.example", due_at=after(86400)))

    assert (asked.subject, asked.url) == ("https://a.example/robots.txt", "https://b.example/rules")
    assert under_way == []
    assert "https://b.example/1" not in bench.subjects(8.9)
    assert "https://b.example/1" in bench.subjects(9)
