"""
What a service measures of itself.
"""

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
    metrics.watch([Seen()], unconfirmed_s=0.5, workers=[], now=NOW)
    metrics.watch([Seen(partition=4)], unconfirmed_s=0.5, workers=[], now=NOW)

    value = metrics.registry.get_sample_value
    assert value("news_lag_records", {"partition": "3"}) is None
    assert value("news_lag_records", {"partition": "4"}) == 7
    assert value("news_oldest_input_seconds", {"partition": "4"}) == 40


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
