"""
Tells what became of inputs to all who watch: metrics, the log, traces. Only of what has ended; it never waits.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from services.runtime import telemetry
from services.runtime.metrics import Metrics
from services.runtime.settings import RuntimeSettings
from services.runtime.topology import Topology
from services.runtime.tracing.spans import Passage, abort_of, chosen, spans_of


class Witness:
    """
    What one process tells. Traces are told where a collector is named.
    """

    def __init__(
        self, topology: Topology, settings: RuntimeSettings, *, metrics: Metrics, log: structlog.stdlib.BoundLogger
    ) -> None:
        self._service = topology.name
        self._replays = topology.replays
        self._ratio = settings.trace_ratio
        self._metrics = metrics
        self._log = log
        self._traces = None
        if settings.otlp_endpoint:
            from services.runtime.tracing.export import Exporter  # noqa: PLC0415 - most do without

            self._traces = Exporter(topology.name, settings.otlp_endpoint, metrics.spans)

    def committed(self, passages: Sequence[Passage], transaction_s: float) -> None:
        """
        A transaction is committed, with the outcomes of these inputs.
        """
        self._metrics.transaction(transaction_s)
        for passage in passages:
            elapsed_s = (passage.ended - passage.began).total_seconds()
            is_live = passage.conclusion.facts.origin.topic not in self._replays
            self._metrics.committed(passage.conclusion, elapsed_s, passage.ended, is_live=is_live)
            telemetry.committed(self._log, passage.conclusion, elapsed_s)
        if self._traces is not None:
            for passage in chosen(passages, self._ratio):
                self._traces.put(spans_of(self._service, passage))

    def failed(self, passages: Sequence[Passage], error: BaseException) -> None:
        """
        A transaction is not committed, or nobody knows; these inputs will be taken again.
        """
        self._metrics.transaction_failed()
        if self._traces is not None:
            self._traces.put(abort_of(passage, type(error).__name__) for passage in chosen(passages, self._ratio))

    def stop(self) -> None:
        """
        Send what waits. May take seconds.
        """
        if self._traces is not None:
            self._traces.stop()
