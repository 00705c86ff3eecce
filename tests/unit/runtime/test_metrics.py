"""
What a service measures of itself.
"""

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.parts import Origin
from services.runtime.metrics import Metrics
from services.runtime.processor import Conclusion
from services.runtime.stage import RecordFacts

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
DOCUMENT = Path(__file__).parents[3] / "docs" / "metrics.md"


@dataclass
class Seen:
    partition: int = 3
    behind: int = 7
    is_open: bool = True
    oldest: datetime | None = NOW - timedelta(seconds=40)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def conclusion(outcome: str = "emit", reason: str = "EMITTED") -> Conclusion:
    facts = RecordFacts(Origin(topic="t", partition=0, offset=1), "id", None)
    return Conclusion("s", facts, outcome, reason, "", (), {"fetched": NOW - timedelta(seconds=3)})


def test_ends_of_inputs_are_counted_by_their_reason(metrics: Metrics) -> None:
    """
    And how long they took, and how old the news is by then.
    """
    metrics.committed(conclusion(), 0.2, NOW)
    metrics.committed(conclusion("drop", "TOO_SHORT"), 0.1, NOW)

    value = metrics.registry.get_sample_value
    assert value("news_records_total", {"outcome": "drop", "reason": "TOO_SHORT"}) == 1
    assert value("news_record_seconds_sum") == pytest.approx(0.3)
    assert value("news_age_seconds_sum", {"since": "fetched"}) == 6


def test_lag_is_told_of_the_partitions_that_are_served_now(metrics: Metrics) -> None:
    """
    A partition that was lost is another process's to tell of.
    """
    metrics.watch_tasks([Seen()], partitions=12, unconfirmed_s=0.5, now=NOW)
    metrics.watch_tasks([Seen(partition=4)], partitions=12, unconfirmed_s=0.5, now=NOW)

    value = metrics.registry.get_sample_value
    assert value("news_lag_records", {"partition": "3"}) is None
    assert value("news_lag_records", {"partition": "4"}) == 7
    assert value("news_oldest_input_seconds", {"partition": "4"}) == 40


def test_a_partition_that_is_restored_is_not_served(metrics: Metrics) -> None:
    """
    How far behind it is nobody knows before its committed offset was asked for; that it is missing shows.
    """
    metrics.watch_tasks([Seen(), Seen(partition=4, is_open=False)], partitions=12, unconfirmed_s=0.5, now=NOW)

    value = metrics.registry.get_sample_value
    assert (value("news_tasks"), value("news_partitions")) == (1, 12)
    assert value("news_lag_records", {"partition": "4"}) is None


def test_old_news_of_a_replay_are_not_late(metrics: Metrics) -> None:
    """
    They count as records, and not as latency.
    """
    metrics.committed(conclusion(), 0.2, NOW, is_live=False)

    value = metrics.registry.get_sample_value
    assert value("news_records_total", {"outcome": "emit", "reason": "EMITTED"}) == 1
    assert value("news_age_seconds_count", {"since": "fetched"}) is None


def test_workers_are_measured(metrics: Metrics) -> None:
    """
    How many there are, how many are at work, and what they hold.
    """
    metrics.watch_memory([os.getpid()], busy=1)

    value = metrics.registry.get_sample_value
    assert (value("news_workers"), value("news_workers_busy")) == (1, 1)
    assert value("news_memory_limit_bytes") is not None
    if sys.platform == "linux":
        assert (value("news_worker_resident_bytes") or 0) > 1_000_000


@pytest.mark.parametrize(("written", "bytes_"), [("1073741824\n", 1 << 30), ("max\n", 0), (str(1 << 63), 0)])
def test_the_limit_of_a_container_is_told(
    metrics: Metrics, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, bytes_: int
) -> None:
    """
    As cgroup v2 and v1 write it; the word "max", or a number beyond all machines, is none.
    """
    file = tmp_path / "memory.max"
    file.write_text(written)
    monkeypatch.setattr("services.runtime.metrics.MEMORY_LIMITS", (tmp_path / "away", file))
    metrics.watch_memory([], busy=0)

    assert metrics.registry.get_sample_value("news_memory_limit_bytes") == bytes_


def test_a_clock_that_is_behind_gives_no_negative_age(metrics: Metrics) -> None:
    """
    Publishers' clocks, above all.
    """
    metrics.committed(conclusion(), 0.2, NOW - timedelta(days=1))

    assert metrics.registry.get_sample_value("news_age_seconds_sum", {"since": "fetched"}) == 0


def test_every_metric_is_documented(metrics: Metrics) -> None:
    """
    By name, kind, labels and meaning, and none that is not there.
    """
    rows = [
        f"| `{name}` | {kind} | {', '.join(f'`{label}`' for label in labels) or '-'} | {meaning} |"
        for name, kind, labels, meaning in metrics.table()
    ]

    written = [line for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("| `news_")]
    assert written == rows
