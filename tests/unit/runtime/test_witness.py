from __future__ import annotations

from typing import Any

import pytest
import structlog
from structlog.testing import CapturingLogger

from services.runtime.metrics import Metrics
from services.runtime.settings import RuntimeSettings
from services.runtime.witness import Witness
from tests.unit.runtime.stub_stage import STUB
from tests.unit.runtime.tracing.collector import collecting
from tests.unit.runtime.tracing.test_lineage import STATED
from tests.unit.runtime.tracing.test_spans import passage


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def log() -> Any:
    """
    Keeps its lines.
    """
    return CapturingLogger()


def witness(metrics: Metrics, log: Any, **settings: Any) -> Witness:
    logger = structlog.wrap_logger(log, processors=[])
    return Witness(STUB, RuntimeSettings(**settings), metrics=metrics, log=logger)


def test_what_is_committed_is_told_to_all(metrics: Metrics, log: Any) -> None:
    """
    Metrics, the log, and the collector; the line leads to the trace.
    """
    with collecting() as collector:
        told = witness(metrics, log, otlp_endpoint=collector.endpoint)
        told.committed([passage()], transaction_s=0.1)
        told.stop()

    value = metrics.registry.get_sample_value
    assert value("news_transactions_total", {"result": "committed"}) == 1
    assert value("news_records_total", {"outcome": "emit", "reason": "EMITTED"}) == 1
    assert value("news_record_seconds_sum") == 2
    assert value("news_spans_total", {"result": "sent"}) == 2
    assert [span.name for span in collector.spans] == ["process news.fetch.requested", "work"]
    [line] = log.calls
    assert line.kwargs["trace_id"] == STATED.split("-")[1] == collector.spans[0].trace_id


def test_what_is_not_committed_is_no_outcome(metrics: Metrics, log: Any) -> None:
    """
    A failed transaction is counted and traced as such; its records will be taken again.
    """
    with collecting() as collector:
        told = witness(metrics, log, otlp_endpoint=collector.endpoint)
        told.failed([passage()], TimeoutError())
        told.stop()

    assert metrics.registry.get_sample_value("news_transactions_total", {"result": "failed"}) == 1
    assert [(span.name, span.attributes) for span in collector.spans] == [("abort", {"error.type": "TimeoutError"})]
    assert log.calls == []


def test_without_a_collector_nothing_is_sent(metrics: Metrics, log: Any) -> None:
    """
    The line has its trace all the same: somebody else may know it.
    """
    told = witness(metrics, log)
    told.committed([passage()], transaction_s=0.1)
    told.stop()

    assert metrics.registry.get_sample_value("news_spans_total", {"result": "sent"}) is None
    assert log.calls[0].kwargs["trace_id"] == STATED.split("-")[1]


def test_a_share_of_the_traces_is_sent(metrics: Metrics, log: Any) -> None:
    """
    None, where the share is none.
    """
    with collecting() as collector:
        told = witness(metrics, log, otlp_endpoint=collector.endpoint, trace_ratio=0.0)
        told.committed([passage()], transaction_s=0.1)
        told.stop()

    assert collector.spans == []
