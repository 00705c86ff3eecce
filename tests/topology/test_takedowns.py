"""
What was taken down comes out nowhere any more, at whatever stage it is met.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from schemas import topics
from schemas.ids import article_id
from schemas.takedowns import Takedown
from services.runtime.record import Outgoing
from tests.topology import site
from tests.topology.chain import Chain

NOW = datetime(2026, 4, 1, tzinfo=UTC)
ARTICLE = article_id(site.URL)
OTHER = "https://www.valley-courier.example/news/bridge-opens"


def takedown(*ids: UUID, **fields: Any) -> Takedown:
    """
    A takedown of the site's article, or of others.
    """
    known: dict[str, Any] = {
        "takedown_id": (ids or (ARTICLE,))[0],
        "article_ids": list(ids or (ARTICLE,)),
        "sites": ["valley-courier.example"],
        "reason": "a court's order",
        "by": "ada",
        "began_at": NOW,
        "changed_at": NOW,
    }
    return Takedown(**known | fields)


def deleted(records: tuple[Outgoing, ...]) -> set[tuple[str, str]]:
    """
    The keys that were deleted, by topic.
    """
    return {(record.topic, record.key.decode()) for record in records if record.value is None}


@pytest.fixture
def chain() -> Chain:
    """
    The pipeline behind the fetcher, with nothing remembered.
    """
    return Chain()


def test_what_was_published_is_deleted_in_the_transaction_that_reads_the_takedown(chain: Chain) -> None:
    """
    The article, what the tagger was given, and what it remembers of it.
    """
    chain.pipe(site.html())

    heard = chain.tagger.pipe(takedown(), topics.TAKEDOWNS)

    names = ("news.article.tagged", "news.article.cleaned", "news.article.ledger")
    assert (heard.outcome, heard.reason) == ("emit", "RETRACTED")
    assert deleted(heard.records) == {(name, str(ARTICLE)) for name in names}
    assert list(chain.tagger.tables["news.article.ledger"]) == []


def test_a_page_of_it_is_dropped_by_the_cleaner_and_deleted_where_it_lies(chain: Chain) -> None:
    """
    Without any work on it.
    """
    chain.cleaner.pipe(takedown(), topics.TAKEDOWNS)

    page = site.fetched(site.html())
    end = chain.cleaner.pipe(page)

    assert (end.outcome, end.reason) == ("drop", "TAKEN_DOWN")
    assert deleted(end.records) == {("news.page.fetched", topics.PAGE_FETCHED.key(page))}


def test_a_replayed_page_of_it_is_dropped_too(chain: Chain) -> None:
    """
    The lane deletes by age alone.
    """
    chain.cleaner.pipe(takedown(), topics.TAKEDOWNS)

    end = chain.cleaner.pipe(site.fetched(site.html()), topics.PAGE_REPLAY)

    assert (end.outcome, end.reason, end.records) == ("drop", "TAKEN_DOWN", ())


def test_an_article_that_the_cleaner_let_through_before_is_dropped_and_deleted_by_the_tagger(chain: Chain) -> None:
    """
    It was decided on a moment before the cleaner read of the takedown.
    """
    cleaned = chain.cleaner.pipe(site.fetched(site.html()))
    chain.tagger.pipe(takedown(), topics.TAKEDOWNS)

    [end] = chain.tagger.pipe_outgoing(cleaned.records)

    assert (end.outcome, end.reason) == ("drop", "TAKEN_DOWN")
    assert deleted(end.records) == {("news.article.cleaned", str(ARTICLE))}


def test_a_takedown_that_comes_while_a_record_is_worked_on_stops_it(chain: Chain) -> None:
    """
    What counts is what is known when it is decided.
    """
    driver, page = chain.cleaner, site.fetched(site.html())
    sealed = driver.record(topics.PAGE_FETCHED.name, b"key", page.body, page.to_wire()[1])
    arguments = driver._processor.arguments(sealed)
    assert isinstance(arguments, tuple)
    driver.pipe(takedown(), topics.TAKEDOWNS)

    end = driver._conclude(sealed, driver._work(*arguments))

    assert (end.outcome, end.reason) == ("drop", "TAKEN_DOWN")


def test_a_page_that_cannot_be_read_is_no_dead_letter_when_it_was_taken_down(chain: Chain) -> None:
    """
    A letter would keep its bytes.
    """
    chain.cleaner.pipe(takedown(), topics.TAKEDOWNS)

    end = chain.cleaner.pipe(site.fetched(b"\x00\x01" * 4000, content_type="text/html; charset=utf-16"))

    assert (end.outcome, end.reason) == ("drop", "TAKEN_DOWN")


def test_other_articles_of_the_site_pass(chain: Chain) -> None:
    """
    A takedown is of what it names.
    """
    for driver in (chain.cleaner, chain.tagger):
        driver.pipe(takedown(), topics.TAKEDOWNS)

    chain.pipe(site.html(), url=OTHER, request_url=OTHER, article_id=article_id(OTHER))

    assert [article.article_id for article in chain.articles] == [article_id(OTHER)]


def test_a_page_that_was_asked_for_under_a_url_that_was_taken_down_is_dropped(chain: Chain) -> None:
    """
    Whatever article it says that it is.
    """
    chain.cleaner.pipe(takedown(article_id(OTHER)), topics.TAKEDOWNS)

    end = chain.cleaner.pipe(site.fetched(site.html(), request_url=OTHER))

    assert end.reason == "TAKEN_DOWN"


def test_what_was_lifted_passes_again(chain: Chain) -> None:
    """
    As new: nothing is remembered of it.
    """
    for driver in (chain.cleaner, chain.tagger):
        driver.pipe(takedown(), topics.TAKEDOWNS)
        driver.pipe(takedown(state="lifted"), topics.TAKEDOWNS)

    chain.pipe(site.html())

    assert [(article.article_id, article.version) for article in chain.articles] == [(ARTICLE, 1)]


def test_a_restarted_task_knows_what_was_taken_down_before_its_first_record(chain: Chain) -> None:
    """
    The topic is read as a table is; deletions then follow when the task hears of it.
    """
    chain.cleaner.tables[topics.TAKEDOWNS.name].restore(str(ARTICLE), takedown().to_wire()[0])
    heir = type(chain.cleaner)(chain.cleaner._topology)
    heir.tables[topics.TAKEDOWNS.name].restore(str(ARTICLE), takedown().to_wire()[0])
    heir._processor = type(heir._processor)(heir._topology, chain.cleaner._processor._assignment, heir.tables)

    end = heir.pipe(site.fetched(site.html()))

    assert end.reason == "TAKEN_DOWN"


def test_a_takedown_of_another_partition_changes_nothing_here() -> None:
    """
    Each task deletes its own keys.
    """
    chain = Chain()
    heard = chain.cleaner.pipe(takedown(), topics.TAKEDOWNS)

    assert (heard.outcome, heard.reason, heard.records) == ("drop", "NOT_HERE", ())
