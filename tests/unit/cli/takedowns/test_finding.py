from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from schemas import topics
from schemas.base import Event
from schemas.dead_letters import DeadLettered, Letter, measure
from schemas.ids import article_id
from schemas.parts import Origin
from schemas.state import FrontierEntry, LedgerEntry, Source
from schemas.topics import Topic, partition_of
from services.cli.errors import UrlError
from services.cli.takedowns.finding import (
    BY_ARTICLE,
    BY_CHANCE,
    BY_SITE,
    ERASED,
    LOOKED_AT,
    Findings,
    Trail,
    added,
    is_of,
    names_of_letter,
    numbers_of,
    trail_of,
)
from services.runtime.record import Record
from tests.unit.schemas import samples

NOW = datetime(2026, 4, 1, tzinfo=UTC)
URL = "https://example.org/news/1"
NAME = str(article_id(URL))
ALIAS = "https://www.example.org/print/1"
CLAIMING = samples.page(article_id=article_id(ALIAS), url=ALIAS, request_url=ALIAS, canonical_url=URL)


def record(topic: Topic[Any], event: Event | None, key: str = "", offset: int = 0) -> Record:
    value, headers = event.to_wire() if event else (None, {})
    return Record(topic.name, 2, offset, NOW, (key or topic.key(event)).encode(), value, headers)


def entry(url: str, leads_to: str | None = None, kind: str = "page") -> FrontierEntry:
    known = {"url": url, "kind": kind, "changed_at": NOW, "request_id": "r"}
    return FrontierEntry.model_validate(known | {"article_id": article_id(leads_to) if leads_to else None})


def letter(origin: Origin, original: bytes, headers: dict[str, bytes], **fields: Any) -> DeadLettered:
    kept, facts = measure(original)
    known: dict[str, Any] = {"reason": "R", "stage": "cleaner", "subject": str(origin), "origin_timestamp": NOW}
    told = Letter(origin=origin, **{**facts, **known, **fields})
    return DeadLettered(letter=told, original=kept, original_headers=headers)


@pytest.mark.parametrize("written", [URL, "http://example.org/news/1?utm_source=x#top", f" {NAME} "])
def test_an_article_is_named_by_any_spelling_of_its_url_or_by_its_id(written: str) -> None:
    """
    All lead to the same takedown.
    """
    trail = trail_of(written)

    assert (str(trail.takedown_id), trail.names) == (NAME, {NAME})


def test_a_url_says_where_its_pages_are_and_an_id_does_not() -> None:
    """
    The ledger or the frontier may.
    """
    assert (trail_of(URL).sites, trail_of(NAME).sites) == ({"example.org"}, set())


@pytest.mark.parametrize("written", ["story", "ftp://example.org/a", "https://", "https://user:secret@example.org/a"])
def test_what_is_neither_a_url_nor_an_id_is_refused(written: str) -> None:
    """
    Nothing is taken down by a slip.
    """
    with pytest.raises(UrlError):
        trail_of(written)


def test_a_url_leads_to_the_article_that_was_found_there_and_to_its_other_urls() -> None:
    """
    Its page named another canonical URL, to which a third led as well.
    """
    trail, canonical = trail_of(ALIAS), "https://example.org/canonical"
    found = [entry(ALIAS, canonical), entry("https://example.org/amp/1", canonical), entry("https://example.org/other")]

    for take in (trail.take_url, trail.take_alias):
        for each in found:
            take(record(topics.FRONTIER, each))

    assert trail.names == {str(article_id(url)) for url in (ALIAS, canonical, "https://example.org/amp/1")}
    assert trail.sites == {"example.org"}


def test_the_ledger_says_where_an_article_is() -> None:
    """
    Nobody has to know its URL.
    """
    named = article_id(ALIAS)
    trail = trail_of(str(named))
    known = {"article_id": named, "url": URL, "version": 1, "page_id": UUID(int=1), "revised_at": NOW}
    kept = {"generation": 1, "published_page_id": UUID(int=1), "field_digests": {}, "sketch": []}

    trail.take_ledger(record(topics.LEDGER, LedgerEntry.model_validate(known | kept)))

    assert (trail.sites, trail.names) == ({"example.org"}, {NAME, str(named)})


def test_partitions_are_those_where_it_may_lie() -> None:
    """
    By article, by site where one is known; letters and sources anywhere.
    """
    trail, nowhere = trail_of(URL), Trail(UUID(NAME), {NAME})

    assert numbers_of(topics.ARTICLE_TAGGED, trail, 12) == {partition_of(NAME, 12)}
    assert numbers_of(topics.PAGE_FETCHED, trail, 12) == {partition_of("example.org", 12)}
    assert numbers_of(topics.PAGE_FETCHED, nowhere, 12) == set(range(12))
    assert numbers_of(topics.DEAD_LETTERS, trail, 12) == set(range(12))


@pytest.mark.parametrize(
    ("topic", "event"),
    [
        (topics.FETCH_REQUESTED, samples.request(url=f"{URL}?utm_medium=rss")),
        (topics.FRONTIER, entry(URL)),
        (topics.FRONTIER, entry(ALIAS, URL)),
        (topics.PAGE_FETCHED, samples.page(article_id=article_id(URL), url=ALIAS, request_url=ALIAS)),
        (topics.PAGE_FETCHED, samples.page(article_id=article_id(ALIAS), url=ALIAS, request_url=URL)),
        (topics.SOURCES, Source(url=URL, kind="page", changed_at=NOW)),
    ],
    ids=["request", "entry", "alias", "page", "redirected", "watched"],
)
def test_what_belongs_to_it_is_known(topic: Topic[Any], event: Event) -> None:
    """
    By its article, or by a URL that it was asked for or found at.
    """
    assert is_of(topic, record(topic, event), frozenset({NAME}))


@pytest.mark.parametrize(
    ("topic", "event"),
    [
        (
            topics.PAGE_FETCHED,
            samples.page(article_id=article_id(ALIAS), url=ALIAS, request_url=ALIAS, canonical_url=URL),
        ),
        (topics.FRONTIER, entry(URL, kind="feed")),
        (topics.SOURCES, Source(url=URL, changed_at=NOW)),
        (topics.FETCH_REQUESTED, samples.request(url=ALIAS, chain=[URL])),
    ],
    ids=["claims", "list", "source", "target"],
)
def test_what_only_speaks_of_it_does_not_belong_to_it(topic: Topic[Any], event: Event) -> None:
    """
    Nobody takes down another publisher's article by naming its URL as canonical.
    """
    assert not is_of(topic, record(topic, event), frozenset({NAME}))


def test_a_letter_goes_by_its_url_and_by_what_its_original_says() -> None:
    """
    A page's letter may know its article only by the page's header.
    """
    page = samples.page(article_id=article_id(URL), url=ALIAS, request_url=ALIAS)
    value, headers = page.to_wire()
    of_page = letter(Origin(topic=topics.PAGE_FETCHED.name, partition=0, offset=7), value, headers)
    of_fetch = letter(Origin(topic=topics.FETCH_REQUESTED.name, partition=0, offset=7), b"<html>", {}, subject=URL)
    of_article = letter(Origin(topic=topics.ARTICLE_CLEANED.name, partition=0, offset=7), b"{", {}, origin_key=NAME)

    assert all(NAME in names_of_letter(each) for each in (of_page, of_fetch, of_article))
    assert NAME not in names_of_letter(letter(Origin(topic="news.gone", partition=0, offset=1), b"", {}))


def test_only_what_stands_is_counted_and_deleted() -> None:
    """
    A page that was deleted already is not; where only age deletes, each record counts.
    """
    findings = Findings(frozenset({NAME}))
    page = samples.page(article_id=article_id(URL))
    gone = record(topics.PAGE_FETCHED, None, key="gone")
    for each in (record(topics.PAGE_FETCHED, page, key="gone"), gone, record(topics.PAGE_FETCHED, page, key="here")):
        findings.take(topics.PAGE_FETCHED, each)
    for offset in (1, 2):
        findings.take(topics.PAGE_REPLAY, record(topics.PAGE_REPLAY, page, key="here", offset=offset))

    assert findings.counts() == {"news.page.fetched": 1, "news.page.replay": 2}
    assert [(t.topic, t.partition, t.key, t.value) for t in findings.tombstones()] == [
        ("news.page.fetched", 2, b"here", None)
    ]


def test_counts_of_several_looks_add_up() -> None:
    """
    In the order of the topics.
    """
    assert list(added({"news.page.fetched": 1}, [("news.sources", 1), ("news.page.fetched", 2)]).items()) == [
        ("news.sources", 1),
        ("news.page.fetched", 3),
    ]


def test_every_topic_that_may_hold_something_of_an_article_is_looked_at() -> None:
    """
    A new one is looked at too, or is named here as one that holds nothing.
    """
    holds_nothing = (topics.TAKEDOWNS, topics.SOURCE_HEALTH, topics.SITE_LINES, topics.REPLAYS)

    assert [topic for topic in topics.ALL if topic not in LOOKED_AT] == [t for t in topics.ALL if t in holds_nothing]
    assert {topic.name for topic in LOOKED_AT} == {t.name for t in (*BY_SITE, *BY_ARTICLE, *BY_CHANCE)}
    assert all("compact" in topic.cleanup for topic in ERASED)
