from __future__ import annotations

import pickle
from typing import Any

import pytest

from schemas import topics
from schemas.sites import site_of
from schemas.topics import DAY_MS, Topic, partition_of
from tests.unit.schemas import samples
from tests.unit.tagger.linking.conftest import fingerprint


def named(topic: Topic[Any]) -> str:
    return topic.name


def test_topic_names_are_unique() -> None:
    """
    A name leads to one topic.
    """
    names = [topic.name for topic in topics.ALL]

    assert len(set(names)) == len(names)
    assert [topics.by_name(name) for name in names] == list(topics.ALL)


def test_an_unknown_name_is_a_key_error() -> None:
    """
    The contract has no topic that it does not name.
    """
    with pytest.raises(KeyError):
        topics.by_name("news.unknown")


@pytest.mark.parametrize(
    ("place", "partition"),
    [
        ("example.org", 6),
        ("example.co.uk", 10),
        ("", 4),
        ("süd.example", 3),
        ("7c1d2a5e-0000-5000-8000-000000000000", 5),
    ],
)
def test_partition_numbers_never_change(place: str, partition: int) -> None:
    """
    The memory of a site lies in its partition: another function here loses it.
    """
    assert partition_of(place, 12) == partition


@pytest.mark.parametrize("count", [1, 2, 12, 100])
def test_a_partition_is_one_of_those_there_are(count: int) -> None:
    """
    Any place falls on a partition, and many places on each.
    """
    found = {partition_of(f"site-{number}.test", count) for number in range(2000)}

    assert found == set(range(count))


@pytest.mark.parametrize("count", [1, 12])
def test_a_topic_with_one_partition_has_one_however_many_others_have(count: int) -> None:
    """
    What one task has to see as a whole.
    """
    own = [topic for topic in topics.ALL if topic.partitions is not None]

    assert {topic.name: 1 for topic in own} == topics.OWN_COUNTS
    assert topics.ARTICLE_FINGERPRINTS.partition(fingerprint(7), count) == 0
    assert topics.STORY_LINKED not in own


def test_a_request_and_a_page_of_a_site_share_a_partition_number() -> None:
    """
    Politeness needs no lock between tasks, as all of a site is in one of them.
    """
    request = samples.request(url="https://www.example.co.uk/a")
    page = samples.page(site=site_of("http://news.example.co.uk:8080/b"))

    assert topics.FETCH_REQUESTED.partition(request, 12) == topics.PAGE_FETCHED.partition(page, 12) == 10


@pytest.mark.parametrize(
    ("live", "replay"),
    [(topics.PAGE_FETCHED, topics.PAGE_REPLAY), (topics.ARTICLE_CLEANED, topics.ARTICLE_REPLAY)],
)
def test_a_replay_topic_carries_its_live_topic(live: Topic[Any], replay: Topic[Any]) -> None:
    """
    A replayed record has the event, key and partition that it had when it was live.
    """
    assert (live.event, live.keyed_by, live.placed_by) == (replay.event, replay.keyed_by, replay.placed_by)


@pytest.mark.parametrize("topic", [t for t in topics.ALL if t.cleanup == "compact,delete"], ids=named)
def test_a_topic_that_keeps_history_keeps_a_week_of_it(topic: Topic[Any]) -> None:
    """
    Compaction waits for seven days, and no longer than eight, so that a tombstone still takes effect.
    """
    settings = topic.settings()

    assert settings["min.compaction.lag.ms"] == str(7 * DAY_MS)
    assert settings["max.compaction.lag.ms"] == str(8 * DAY_MS)
    assert settings["segment.ms"] == str(DAY_MS)


@pytest.mark.parametrize("topic", topics.ALL, ids=named)
def test_a_topic_says_how_long_it_keeps_what(topic: Topic[Any]) -> None:
    """
    What is deleted has a retention, what is only compacted has none; times are the broker's; pages fit.
    """
    settings = topic.settings()

    assert settings["cleanup.policy"] == topic.cleanup
    assert ("retention.ms" in settings) == ("delete" in topic.cleanup)
    assert settings["message.timestamp.type"] == "LogAppendTime"
    assert int(settings["max.message.bytes"]) == topics.MAX_RECORD_BYTES == 8 * 1024 * 1024


@pytest.mark.parametrize("topic", topics.ALL, ids=named)
def test_a_topic_says_who_writes_and_reads_it(topic: Topic[Any]) -> None:
    """
    Access lists and documentation are made from the table.
    """
    assert topic.writers
    assert topic.readers
    assert topic.keyed_by
    assert topic.placed_by


@pytest.mark.parametrize("topic", topics.ALL, ids=named)
def test_a_topic_travels_by_name(topic: Topic[Any]) -> None:
    """
    A worker process gets the very topic that it was sent, though functions cannot be pickled.
    """
    assert pickle.loads(pickle.dumps(topic)) is topic
