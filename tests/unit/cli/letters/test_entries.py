from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.dead_letters import DeadLettered, Letter
from schemas.parts import Origin
from services.cli.letters.entries import Entry, Index, Wanted, entry_of
from services.runtime.record import Record

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def buried(offset: int, *, hours: int = 0, **fields: Any) -> Record:
    """
    A letter on its topic.
    """
    known: dict[str, Any] = {"reason": "WORK_TIMEOUT", "stage": "cleaner", "subject": "https://news.example.org/1"}
    origin = Origin(topic="news.page.fetched", partition=0, offset=fields.pop("about", offset))
    facts = {"origin_timestamp": NOW, "original_bytes": 4, "original_sha256": "00"}
    value, headers = DeadLettered(letter=Letter(origin=origin, **facts, **known | fields), original=b"page").to_wire()
    return Record("news.dead-letters", 3, offset, NOW + timedelta(hours=hours), str(origin).encode(), value, headers)


def tombstone(offset: int, about: int) -> Record:
    return Record("news.dead-letters", 3, offset, NOW, f"news.page.fetched/0/{about}".encode(), None)


def index_of(*records: Record, **wanted: Any) -> Index:
    index = Index(Wanted(**wanted))
    for record in records:
        index.take(record)
    return index


def offsets(index: Index) -> list[int]:
    return [entry.offset for entry in index.chosen()]


def test_a_letter_stands_until_it_is_settled_or_followed_by_another() -> None:
    """
    The last word on a key wins; the mark of a taken-over transaction says nothing.
    """
    mark = Record("news.dead-letters", 3, 9, NOW, b"", None)
    index = index_of(buried(1), buried(2), buried(3, about=1), tombstone(4, about=2), mark)

    assert offsets(index) == [3]


def test_a_letter_that_was_settled_may_be_buried_again() -> None:
    """
    It is about the same record, and stands again.
    """
    index = index_of(buried(1), tombstone(2, about=1), buried(3, about=1))

    assert offsets(index) == [3]
    assert index.settled == set()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [1, 2, 3]),
        ({"keys": frozenset({"news.page.fetched/0/2"})}, [2]),
        ({"reasons": frozenset({"STAGE_FAILED"})}, [2]),
        ({"stages": frozenset({"tagger"})}, [3]),
        ({"hosts": frozenset({"example.org"})}, [1, 2]),
        ({"hosts": frozenset({"ample.org"})}, []),
        ({"since": NOW + timedelta(hours=1)}, [2, 3]),
        ({"until": NOW + timedelta(hours=1)}, [1]),
        ({"since": NOW + timedelta(hours=1), "hosts": frozenset({"example.org"})}, [2]),
    ],
    ids=["all", "key", "reason", "stage", "host", "part-of-host", "since", "until", "both"],
)
def test_letters_are_chosen(wanted: dict[str, Any], found: list[int]) -> None:
    """
    By everything that an operator may name; several narrow it further.
    """
    second = buried(2, hours=1, reason="STAGE_FAILED", subject="https://example.org/2")
    third = buried(3, hours=2, stage="tagger", subject="news.article.cleaned/0/7")

    assert offsets(index_of(buried(1), second, third, **wanted)) == found


def test_a_later_letter_that_is_not_wanted_takes_the_earlier_one_along() -> None:
    """
    What does not stand any more is not found, whatever it said.
    """
    index = index_of(buried(1), buried(2, about=1, reason="STAGE_FAILED"), reasons=frozenset({"WORK_TIMEOUT"}))

    assert offsets(index) == []


def test_nothing_found_says_what_was_seen_and_what_refused_it() -> None:
    """
    Zero letters is an answer that explains itself.
    """
    records = [buried(n) for n in range(1, 13)], buried(20, stage="tagger")
    index = index_of(*records[0], records[1], reasons=frozenset({"NONE"}), stages=frozenset({"cleaner"}))

    assert index.why_nothing() == (
        "13 letters read, 12 refused by --reason, 1 refused by --stage. "
        "There are: cleaner WORK_TIMEOUT 12, tagger WORK_TIMEOUT 1."
    )


def test_an_empty_topic_says_so() -> None:
    """
    Also how many stood once.
    """
    assert index_of().why_nothing() == "No dead letter stands."
    assert index_of(buried(1), tombstone(2, about=1)).why_nothing() == (
        "No dead letter stands; 1 letter retried or purged."
    )


def test_a_letter_that_was_settled_is_not_looked_for_in_vain() -> None:
    """
    Who names it is told.
    """
    index = index_of(buried(1), tombstone(2, about=1), keys=frozenset({"news.page.fetched/0/1"}))

    assert index.why_nothing() == "It was retried or purged already: nothing is left to do."


def test_what_is_no_letter_is_counted_and_left() -> None:
    """
    Somebody may have written to the topic by hand.
    """
    index = index_of(Record("news.dead-letters", 0, 1, NOW, b"x", b"{}"), buried(2))

    assert (offsets(index), index.strange) == ([2], 1)


def test_a_letter_is_told_to_programs_by_its_own_names() -> None:
    """
    The header's fields, and where the letter is.
    """
    told = entry_of(buried(1)).as_json()

    assert told["key"] == "news.page.fetched/0/1"
    assert told["buriedAt"] == "2026-11-22T12:00:00.000Z"
    assert (told["reason"], told["keptBytes"], told["originalBytes"]) == ("WORK_TIMEOUT", 4, 4)


@pytest.mark.parametrize("subject", ["news.page.fetched/0/1", "https://[bad"])
def test_a_letter_about_no_url_has_no_host(subject: str) -> None:
    """
    It is refused by any host, and breaks nothing.
    """
    entry: Entry = entry_of(buried(1, subject=subject))

    assert entry.host == ""


def test_a_name_that_no_letter_has_is_said_to_be_one() -> None:
    """
    Rather than how many other letters lie beside it.
    """
    assert index_of(buried(1), keys=frozenset({"news.page.fetched/0/9"})).why_nothing() == (
        "No letter of that name stands: `news-ingest dlq list` shows those that do."
    )


def test_kinds_are_counted_in_one_order_whatever_order_they_are_read_in() -> None:
    """
    Partitions are read side by side.
    """
    records = [buried(1), buried(2, stage="tagger"), buried(3, stage="fetcher")]

    assert index_of(*records).counts() == index_of(*reversed(records)).counts()
