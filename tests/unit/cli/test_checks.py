from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from schemas import topics as table
from services.cli import checks
from services.runtime.kafka.admin import TopicState


def states(partitions: int = 4) -> list[TopicState]:
    return [TopicState(topic, topic.partitions or partitions, 1, 0) for topic in table.ALL]


def test_an_old_python_is_told_with_its_remedy() -> None:
    """
    Nothing else would work.
    """
    found = checks.python((3, 10))

    assert (found.verdict, found.found) == ("fail", "3.10")
    assert "3.11" in found.remedy


def test_a_missing_extra_is_a_warning_that_names_it() -> None:
    """
    The tagger's machine needs no httpx.
    """
    found = checks.packages({"no_such_module_anywhere": "fetcher", "json": "cleaner"})

    assert found.verdict == "warn"
    assert "news-ingest[fetcher]" in found.remedy


def test_a_mistyped_setting_is_a_failure() -> None:
    """
    A service would not start with it.
    """
    assert checks.settings({"NEWS_TAGGER_MAX_SUBJECT": "3"}).verdict == "fail"


def test_a_missing_java_matters_only_where_kafka_is_to_run_here() -> None:
    """
    With a Kafka elsewhere it is a warning.
    """
    nowhere = {"NEWS_INGEST_JAVA": "/no/such/java"}

    assert checks.java(nowhere).verdict == "fail"
    assert checks.java(nowhere | {"KAFKA_BOOTSTRAP_SERVERS": "far:9092"}).verdict == "warn"


def test_a_clock_behind_the_installation_is_a_failure() -> None:
    """
    Time does not go backwards.
    """
    assert checks.clock(datetime(2020, 1, 1, tzinfo=UTC)).verdict == "fail"


def test_the_disk_of_a_folder_that_is_not_there_yet_is_looked_at(tmp_path: Path) -> None:
    """
    Its nearest parent counts.
    """
    assert "GiB free" in checks.disk(tmp_path / "not" / "yet").found


def test_topics_as_the_contract_says_are_well() -> None:
    """
    Partition counts are equal.
    """
    assert checks.topics(states()).verdict == "ok"


def test_a_missing_topic_is_created_by_the_remedy() -> None:
    """
    The command is there to be copied.
    """
    found = checks.topics([*states()[1:], TopicState(table.ALL[0], 0, 0, 0)])

    assert (found.verdict, found.remedy) == ("fail", "news-ingest topics create")


def test_uneven_partition_counts_are_a_failure() -> None:
    """
    A task reads the same number of every topic.
    """
    found = checks.topics([*states()[1:], *states(8)[:1]])

    assert "4, 8" in found.found


async def test_a_kafka_that_is_named_and_away_is_a_failure_else_a_warning(tmp_path: Path) -> None:
    """
    Without a name, none is expected yet.
    """
    away = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}
    [named] = await checks.kafka(away)

    assert named.verdict == "fail"
    assert "127.0.0.1:1" in named.found
