from __future__ import annotations

import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from schemas.trace_context import TraceContext
from services.runtime.tracing import export
from services.runtime.tracing.export import Exporter
from services.runtime.tracing.spans import Span
from tests.unit.runtime.tracing.collector import Collector, Seen, collecting

BEGAN = datetime(2026, 1, 1, 12, 0, 0, 250, UTC)
OWN = TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")
SPAN = Span("GET", OWN, "aaaaaaaaaaaaaaaa", BEGAN, BEGAN + timedelta(seconds=1), "client", {"n": 1, "t": "x"}, "503")
NANOSECONDS = int(BEGAN.timestamp()) * 10**9 + 250_000


@pytest.fixture
def collector() -> Iterator[Collector]:
    """
    One that takes everything.
    """
    with collecting() as collector:
        yield collector


@pytest.fixture
def counts() -> Counter[str]:
    """
    What is told to the metrics.
    """
    return Counter()


def exporter_to(endpoint: str, counts: Counter[str]) -> Exporter:
    return Exporter("cleaner", endpoint, lambda result, count: counts.update({result: count}))


def test_a_span_arrives_as_it_was_told(collector: Collector, counts: Counter[str]) -> None:
    """
    Ids, times to the microsecond, kind, attributes and error; whatever waits is sent at the end.
    """
    exporter = exporter_to(collector.endpoint, counts)
    exporter.put([SPAN])
    exporter.stop()

    attributes = {"n": 1, "t": "x", "error.type": "503"}
    ids = (OWN.trace_id, OWN.span_id, "aaaaaaaaaaaaaaaa")
    expected = Seen("news-cleaner", "GET", 3, *ids, NANOSECONDS, NANOSECONDS + 10**9, attributes, (), is_error=True)
    assert collector.spans == [expected]
    assert collector.paths == {"/v1/traces"}
    assert counts == {"sent": 1}


def test_a_root_has_no_parent_and_a_link_is_kept(collector: Collector, counts: Counter[str]) -> None:
    """
    An address may end in a slash.
    """
    exporter = exporter_to(f"{collector.endpoint}/", counts)
    exporter.put([replace(SPAN, parent=None, error="", link=replace(OWN, span_id="b" * 16))])
    exporter.stop()

    [seen] = collector.spans
    assert (seen.parent_id, seen.links, seen.is_error) == ("", ("b" * 16,), False)


def test_nobody_waits_for_a_collector_that_is_away(counts: Counter[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """
    There is room for so many spans and no more; what does not fit, or does not arrive, is counted.
    """
    monkeypatch.setattr(export, "GOODBYE_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        exporter = exporter_to(f"http://127.0.0.1:{silent.getsockname()[1]}", counts)
        began = time.monotonic()
        exporter.put([SPAN] * (export.MAX_WAITING + 2 * export.BATCH))
        took_s = time.monotonic() - began
        exporter.stop()
        ended_s = time.monotonic() - began

    assert took_s < 1
    assert ended_s < 2
    assert counts["sent"] == 0
    assert counts["dropped"] >= export.BATCH


def test_a_collector_that_is_busy_is_asked_again(
    collector: Collector, counts: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    What OTLP lets be sent again is, a few times.
    """
    monkeypatch.setattr(export, "AGAIN_AFTER_S", (0.05,) * 100)
    collector.status = 503
    exporter = exporter_to(collector.endpoint, counts)
    exporter.put([SPAN] * export.BATCH)
    time.sleep(0.1)
    collector.status = 200
    while not counts:
        time.sleep(0.01)
    exporter.stop()

    assert counts == {"sent": export.BATCH}


def test_what_the_collector_refuses_is_counted(collector: Collector, counts: Counter[str]) -> None:
    """
    And the next spans are sent all the same.
    """
    collector.status = 400
    exporter = exporter_to(collector.endpoint, counts)
    exporter.put([SPAN] * export.BATCH)
    while not counts["dropped"]:
        time.sleep(0.01)
    collector.status = 200
    exporter.put([SPAN])
    exporter.stop()

    assert counts == {"dropped": export.BATCH, "sent": 1}
