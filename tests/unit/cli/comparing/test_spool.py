from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from schemas import topics
from schemas.dead_letters import DeadLettered, Letter, measure
from schemas.parts import Origin
from services.cli.comparing.published import take
from services.cli.comparing.spool import Spool
from services.runtime.record import Record
from tests.unit.cli.comparing.given import NOW, article, entry

FIRST = entry(0, was_cleaned=None, was_tagged=None)


def place(offset: int, topic: str = "news.page.fetched") -> Origin:
    """
    A place in the first partition.
    """
    return Origin(topic=topic, partition=0, offset=offset)


def written(topic: topics.Topic[Any], key: str, value: bytes | None, at: datetime = NOW) -> Record:
    """
    A record that was published.
    """
    return Record(topic.name, 0, 5, at, key.encode(), value)


def buried(origin: Origin) -> Record:
    """
    The letter about a record.
    """
    _, facts = measure(b"x")
    letter = Letter(reason="WORK_TIMEOUT", stage="cleaner", subject="s", origin=origin, origin_timestamp=NOW, **facts)
    value, headers = DeadLettered(letter=letter, original=b"x").to_wire()
    return Record(topics.DEAD_LETTERS.name, 0, 1, NOW, str(origin).encode(), value, headers)


def test_what_was_put_in_comes_out_in_the_order_of_its_places() -> None:
    """
    Whichever was worked off first.
    """
    later = replace(FIRST, id="p1", article_id="a1")
    with Spool() as spool:
        spool.put(later, place(8))
        spool.put(FIRST, place(3))
        found = list(spool.entries())

    assert found == [FIRST, later]


def test_of_equal_inputs_the_last_place_counts() -> None:
    """
    A page that was driven again has the same id.
    """
    again = replace(FIRST, end="dropped: TOO_SHORT", cleaned=None)
    with Spool() as spool:
        spool.put(again, place(8))
        spool.put(FIRST, place(3))
        found = list(spool.entries())

    assert found == [again]


def test_the_last_publication_of_a_page_counts_and_others_pass_by() -> None:
    """
    Also that of the same article from another page.
    """
    old, new, others = (article(text, pageId=page) for text, page in (("a", "p0"), ("b", "p0"), ("c", "p9")))
    with Spool() as spool:
        spool.put(FIRST, place(3))
        for value in (old, new, others):
            take(spool, written(topics.ARTICLE_CLEANED, "a0", value))
            take(spool, written(topics.ARTICLE_TAGGED, "a0", value))
        take(spool, written(topics.ARTICLE_CLEANED, "a7", article(pageId="p7")))
        found = spool.entry("p0")

    assert (found.was_cleaned, found.was_tagged) == (new, new)
    assert found.is_followed


def test_a_page_is_followed_by_what_came_later_only() -> None:
    """
    What an earlier page published takes no place.
    """
    with Spool() as spool:
        spool.put(FIRST, place(3))
        early = FIRST.arrived - timedelta(minutes=1)
        take(spool, written(topics.ARTICLE_CLEANED, "a0", article(pageId="p9"), early))
        found = spool.entry("p0")

    assert not found.is_followed


def test_a_letter_is_found_by_the_place_of_the_page_and_by_that_of_its_article() -> None:
    """
    The tagger buries what was cleaned.
    """
    with Spool() as spool:
        spool.put(FIRST, place(3))
        spool.put(replace(FIRST, id="p1", article_id="a1"), place(4))
        spool.put(replace(FIRST, id="p2", article_id="a2"), place(6))
        take(spool, written(topics.ARTICLE_CLEANED, "a1", article(pageId="p1")))
        for origin in (place(3), place(5, topics.ARTICLE_CLEANED.name), place(6)):
            take(spool, buried(origin))
        take(spool, replace(buried(place(6)), value=None))
        found = [each.letter for each in spool.entries()]

    assert found == ["WORK_TIMEOUT", "WORK_TIMEOUT", None]


def test_what_was_taken_down_is_gone() -> None:
    """
    Nothing of it may be shown.
    """
    with Spool() as spool:
        spool.put(FIRST, place(3))
        spool.put(replace(FIRST, id="p1"), place(4))
        gone = take(spool, written(topics.ARTICLE_TAGGED, "a0", None))
        left = list(spool.entries())

    assert (gone, left) == (2, [])
